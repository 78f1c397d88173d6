# SPDX-License-Identifier: Apache-2.0
"""From the steady clock to ROS time."""

from __future__ import annotations

import time
from typing import Any

_SECOND = 1_000_000_000
_REMEASURE_S = 1.0
_ADOPT_NS = 200_000
_TRIES = 3


class SteadyToRos:
    """Adds the offset between ``time.monotonic()`` and a ROS clock, in ns.

    The offset is measured once a second, by the tightest of three readings, and taken over
    only when the ROS clock was set: stamps stay even otherwise. Simulated time has no fixed
    offset, so there it is measured every time.
    """

    def __init__(self, clock: Any) -> None:
        self._clock = clock
        self._offset = self._measure()
        self._measured = time.monotonic()

    def __call__(self, steady: float) -> int:
        """Return the ROS time in ns of the steady time `steady` in s."""
        now = time.monotonic()
        if self._clock.ros_time_is_active:
            self._offset = self._measure()
        elif now - self._measured > _REMEASURE_S:
            self._measured = now
            offset = self._measure()
            if abs(offset - self._offset) > _ADOPT_NS:
                self._offset = offset
        return max(0, round(steady * _SECOND) + self._offset)

    def _measure(self) -> int:
        best: tuple[int, int] | None = None
        for _ in range(_TRIES):
            before = time.monotonic_ns()
            ros = self._clock.now().nanoseconds
            after = time.monotonic_ns()
            reading = (after - before, ros - (before + after) // 2)
            best = reading if best is None else min(best, reading)
        assert best is not None
        return best[1]
