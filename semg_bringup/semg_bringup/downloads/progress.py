# SPDX-License-Identifier: Apache-2.0
"""What a long fetch says while it is at work."""

from __future__ import annotations

import sys
from typing import Any, Protocol


class Progress(Protocol):
    """Is told how far a download or an unpacking has come."""

    def begin(self, what: str, done: int, total: int | None) -> None:
        """Bytes that were there before, and in all; None if that is not known."""

    def advance(self, count: int) -> None:
        """So many bytes more."""

    def note(self, line: str) -> None:
        """Something the user should know, in one line."""

    def end(self) -> None:
        """What was begun is over, well or not."""


class Silence:
    """Says nothing."""

    def begin(self, what: str, done: int, total: int | None) -> None:
        """Say nothing."""

    def advance(self, count: int) -> None:
        """Say nothing."""

    def note(self, line: str) -> None:
        """Say nothing."""

    def end(self) -> None:
        """Say nothing."""


class Bar:
    """A progress bar on a terminal; anywhere else only the notes.

    Parameters
    ----------
    prefix : str
        Before every note.
    """

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._bar: Any = None

    def begin(self, what: str, done: int, total: int | None) -> None:
        """Show a new bar."""
        from tqdm import tqdm

        self.end()
        self._bar = tqdm(
            desc=what,
            initial=done,
            total=total,
            unit="B",
            unit_scale=True,
            unit_divisor=1024,
            disable=not sys.stderr.isatty(),
            leave=False,
            file=sys.stderr,
        )

    def advance(self, count: int) -> None:
        """Move it on."""
        if self._bar is not None:
            self._bar.update(count)

    def note(self, line: str) -> None:
        """Print a line on standard error."""
        self.end()
        print(f"{self._prefix}: {line}", file=sys.stderr)

    def end(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def in_words(count: int) -> str:
    """Return a number of bytes as people say it, such as ``1.5 GB``."""
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"
