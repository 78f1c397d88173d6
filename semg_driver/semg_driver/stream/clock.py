# SPDX-License-Identifier: Apache-2.0
"""Device time to this machine's steady clock.

A block can only arrive late, never early. So of all (device time, arrival) pairs those count
that lie lowest: the fit is the line that no arrival lies below and that is closest to all of
them, the edge of the lower convex hull at the middle of the window. Scheduling jitter, radio
retries and bursts after a stall all lie above it and do not move it.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from itertools import pairwise
from statistics import median

BIN = 0.5
"""Stretch of device time in s of which only the earliest arrival is kept."""

WINDOW = 60.0
"""Device time in s that the line is fitted to."""

STEEPEST = 1000e-6
"""Largest drift that a clock is believed to have."""

SHORTEST_DRIFT_SPAN = 5.0
"""Device time in s that has to be seen before drift is told from jitter."""

SPAN_WITHOUT_DRIFT = 2.0
"""Device time in s that the line is fitted to until then, so that drift does not matter."""

CLOCK_JUMP = 0.02
"""Disagreement in s of device clock and sample count that is taken for a jump."""

LONGEST_STALL = 1.0
"""Lateness in s that is rather explained by a stall than by a sample count that was set."""

IMPOSSIBLY_EARLY = 0.1
"""Arrival in s before the line after which the past is dropped."""

LATE = 0.1
"""Lateness in s that, once it has lasted for `LATE_FOR`, is no delay but a new offset."""

LATE_FOR = 0.5
"""Device time and arrival time in s."""


class ClockFit:
    """Fits device time to ``time.monotonic()``.

    The constant part of the delay, which every arrival has, cannot be told from an offset
    between the clocks, and stays in.

    Attributes
    ----------
    jumps : int
        How often the device's clock was found to be set, or its delay to have changed for good.
    drift : float
        Seconds that the steady clock gains on the device's per second of the device's.
    """

    def __init__(self) -> None:
        self.jumps = 0
        self.reset()

    def reset(self) -> None:
        """Forget all arrivals, as for a link made anew."""
        self._bins: deque[tuple[float, float]] = deque()
        self._offset = math.nan
        self.drift = 0.0
        self._origin = 0.0
        self._last: tuple[float, float] | None = None
        self._late_since: tuple[float, float] | None = None
        self._least_excess = math.inf

    def start_stream(self) -> None:
        """Forget the sample count; the fit stays for as long as the next arrival agrees."""
        self._last = None

    def update(self, device_time: float, received: float, sample_time: float) -> None:
        """Take one arrival.

        Parameters
        ----------
        device_time : float
            Device clock at the last sample that arrived, in s.
        received : float
            ``time.monotonic()`` at its arrival, in s.
        sample_time : float
            Its sample index divided by the sample rate, in s: what the device clock would say
            had it never been set.
        """
        delay = received - device_time
        if self._last is not None:
            self._look_for_jump(device_time, delay, sample_time)
        elif not -IMPOSSIBLY_EARLY < delay - self._line(device_time) < LATE:  # also if nan
            self._restart(device_time, delay)
        self._last = (device_time, sample_time)
        excess = delay - self._line(device_time)
        if excess < -IMPOSSIBLY_EARLY or self._late_for_good(device_time, received, excess):
            self.jumps += 1
            self._restart(device_time, delay)
            excess = 0.0
        if excess < 0:
            self._offset += excess
        self._keep(device_time, delay)

    def to_monotonic(self, device_time: float) -> float:
        """Return ``time.monotonic()`` at a device time; nan before the first arrival."""
        return device_time + self._line(device_time)

    @property
    def residual(self) -> float:
        """How far the earliest arrivals of each stretch lie above the line, median in s."""
        # A copy: arrivals may come on another thread meanwhile.
        bins = tuple(self._bins)
        return median(y - self._line(x) for x, y in bins) if bins else math.nan

    def _line(self, device_time: float) -> float:
        return self._offset + self.drift * (device_time - self._origin)

    def _restart(self, device_time: float, delay: float) -> None:
        self._bins.clear()
        self._origin = device_time
        self._offset = delay
        self.drift = 0.0
        self._forget_lateness()

    def _look_for_jump(self, device_time: float, delay: float, sample_time: float) -> None:
        assert self._last is not None
        jump = (device_time - self._last[0]) - (sample_time - self._last[1])
        if abs(jump) < CLOCK_JUMP:
            return
        # Either the clock was set or the count was. The clock it was if the block then came at
        # a possible time, and not much later than if it had not been.
        excess = delay - self._line(device_time)
        possible = delay + jump - self._line(device_time - jump) >= -CLOCK_JUMP
        if possible and (excess < -CLOCK_JUMP or jump < LONGEST_STALL):
            self.jumps += 1
            self._bins = deque((x + jump, y - jump) for x, y in self._bins)
            self._origin += jump
            self._offset -= jump

    def _late_for_good(self, device_time: float, received: float, excess: float) -> bool:
        """Tell a lasting shift from a stall: blocks that were held up come in faster than time."""
        if excess < LATE:
            self._forget_lateness()
            return False
        if self._late_since is None or excess < self._least_excess - LATE / 2:
            self._late_since = (device_time, received)
        self._least_excess = min(excess, self._least_excess)
        since_device, since_received = self._late_since
        return device_time - since_device > LATE_FOR and received - since_received > LATE_FOR

    def _forget_lateness(self) -> None:
        self._late_since = None
        self._least_excess = math.inf

    def _keep(self, device_time: float, delay: float) -> None:
        if self._bins and device_time // BIN == self._bins[-1][0] // BIN:
            if delay < self._bins[-1][1]:
                self._bins[-1] = (device_time, delay)
            return
        self._bins.append((device_time, delay))
        while self._bins[0][0] < device_time - WINDOW:
            self._bins.popleft()
        self._fit()

    def _fit(self) -> None:
        """Lay the line along the hull edge at the middle of all stretches but the running one."""
        newest = self._bins[-1][0]
        complete = [point for point in self._bins if point[0] < newest]
        points: Iterable[tuple[float, float]] = self._bins
        if complete and newest - complete[0][0] > SHORTEST_DRIFT_SPAN:
            self.drift = min(max(_hull_slope(complete), -STEEPEST), STEEPEST)
        else:
            points = [point for point in self._bins if point[0] > newest - SPAN_WITHOUT_DRIFT]
        self._offset = min(y - self.drift * (x - self._origin) for x, y in points)


def _hull_slope(points: list[tuple[float, float]]) -> float:
    """Return the slope of the lower convex hull at the mean (Andrew's monotone chain)."""
    middle = sum(x for x, _ in points) / len(points)
    hull: list[tuple[float, float]] = []
    for x, y in sorted(points):
        while len(hull) > 1:
            (x1, y1), (x2, y2) = hull[-2:]
            if (x2 - x1) * (y - y1) > (y2 - y1) * (x - x1):
                break
            hull.pop()
        if hull and hull[-1][0] == x:
            continue
        hull.append((x, y))
    for (x1, y1), (x2, y2) in pairwise(hull):
        if x2 >= middle:
            return (y2 - y1) / (x2 - x1)
    return 0.0
