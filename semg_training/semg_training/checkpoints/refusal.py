# SPDX-License-Identifier: Apache-2.0
"""The one error of an import, and how text from a file is shown in it."""

from __future__ import annotations

_LONGEST = 120


class CheckpointRefused(ValueError):
    """A checkpoint cannot be imported. One line says which file, what, and what would fit."""


def shown(text: object) -> str:
    """Return text from a file such that it can neither fill nor command a terminal."""
    line = " ".join(str(text).split())
    plain = "".join(c if c.isprintable() else "?" for c in line)
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + "…"
