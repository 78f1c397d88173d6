# SPDX-License-Identifier: Apache-2.0
"""From the steady clock to ROS time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

_SECOND = 1_000_000_000
_REMEASURE_S = 0.05
_ADOPT_NS = 200_000
_TRIES = 3


class SteadyToRos:
    """Adds the offset between ``time.monotonic()`` and a ROS clock, in ns.

    The offset is measured 20 times a second, by the tightest of three readings, and taken over
    only when the ROS clock was set: stamps stay even otherwise. Until it is, those who judge a
    sample by its age are misled, so that this must not take long. Simulated time has no fixed
    offset and stands still between two messages on ``/clock``: there the offset is measured
    whenever it has moved on. Until it has begun, stamps are of system time.

    Parameters
    ----------
    clock : rclpy Clock
        Of the node.
    warn : callable
        Takes one line for the user.
    """

    def __init__(self, clock: Any, warn: Callable[[str], None]) -> None:
        self._clock = clock
        self._warn = warn
        self._warned = False
        self._simulated: int | None = None
        self._offset = self._measure()
        self._measured = time.monotonic()

    def __call__(self, steady: float) -> int:
        """Return the ROS time in ns of the steady time `steady` in s."""
        if self._clock.ros_time_is_active:
            self._follow_simulated_time()
        else:
            self._follow_system_time()
        return max(0, round(steady * _SECOND) + self._offset)

    def _follow_system_time(self) -> None:
        now = time.monotonic()
        if now - self._measured > _REMEASURE_S:
            self._measured = now
            offset = self._measure()
            if abs(offset - self._offset) > _ADOPT_NS:
                self._offset = offset

    def _follow_simulated_time(self) -> None:
        ros = self._clock.now().nanoseconds
        if ros == self._simulated:
            return
        self._simulated = ros
        if ros > 0:
            self._offset = ros - time.monotonic_ns()
            return
        self._offset = time.time_ns() - time.monotonic_ns()
        if not self._warned:
            self._warned = True
            self._warn("use_sim_time is set, but nothing came on /clock: stamps are of system time")

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
