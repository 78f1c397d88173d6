# SPDX-License-Identifier: Apache-2.0
"""How text from a file is shown in an error."""

from __future__ import annotations

_LONGEST = 120


def shown(text: object) -> str:
    """Return text from a file such that it can neither fill nor command a terminal."""
    line = " ".join(str(text).split())
    plain = "".join(c if c.isprintable() else "?" for c in line)
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + "…"
