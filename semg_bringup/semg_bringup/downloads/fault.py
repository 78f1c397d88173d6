# SPDX-License-Identifier: Apache-2.0
"""Why something could not be fetched."""

from __future__ import annotations

_LONGEST = 120


class FetchError(Exception):
    """Something cannot be fetched. The message is one line for the user."""


class DiskError(FetchError):
    """The disk is full or cannot be written to; what was fetched is as it should be."""


def shown(text: object) -> str:
    """Return what a server said such that it can neither fill nor command a terminal."""
    line = " ".join(str(text).split())
    plain = "".join(c if c.isprintable() else "?" for c in line)
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + "…"
