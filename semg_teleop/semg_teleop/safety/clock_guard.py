# SPDX-License-Identifier: Apache-2.0
"""Whether the system clock goes on as time does."""

from __future__ import annotations

LONGEST_READING_S = 0.005
"""A reading that took longer than this, on a busy machine, says too little."""
LARGEST_JUMP_S = 0.02
"""Between two readings; as far as stamps may lie in the future. Slewing is far below it."""


class ClockGuard:
    """Notices when the system clock is set, which no age of a message need show.

    Where sender and receiver go by the same clock, ages are wrong only for what is under way at
    that moment.
    """

    def __init__(self) -> None:
        self._offset: float | None = None
        self._wrong: list[str] = []

    def hear(self, before: float, clock: int, after: float) -> None:
        """Take in a reading of the clock.

        Parameters
        ----------
        before, after : float
            Steady times in s around it.
        clock : int
            System time in ns.
        """
        if after - before > LONGEST_READING_S:
            return
        offset = clock / 1e9 - (before + after) / 2
        last, self._offset = self._offset, offset
        if last is not None and abs(offset - last) > LARGEST_JUMP_S:
            way = "forward" if offset > last else "back"
            self._wrong = [f"the system clock was set {way} by {abs(offset - last):.2f} s"]

    def faults(self) -> list[str]:
        """Return what went wrong since this was last asked."""
        wrong, self._wrong = self._wrong, []
        return wrong
