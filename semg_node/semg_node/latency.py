# SPDX-License-Identifier: Apache-2.0
"""Latencies and rates of the last seconds, for diagnostics."""

from __future__ import annotations

from collections import deque

import numpy as np


class LatencyMeter:
    """Percentiles of the last `size` latencies."""

    def __init__(self, size: int = 1000) -> None:
        self._seconds: deque[float] = deque(maxlen=size)

    def add(self, seconds: float) -> None:
        """Take in one latency in s."""
        self._seconds.append(seconds)

    def percentiles_ms(self) -> dict[str, float]:
        """Return p50, p95, p99 and the largest in ms; empty when nothing was measured."""
        if not self._seconds:
            return {}
        values = 1000.0 * np.asarray(self._seconds)
        p50, p95, p99 = np.percentile(values, (50, 95, 99))
        return {"p50": float(p50), "p95": float(p95), "p99": float(p99), "max": float(values.max())}


class RateMeter:
    """Events per second since it was last read.

    Parameters
    ----------
    now : float
        Steady time in s at which counting begins.
    """

    def __init__(self, now: float) -> None:
        self._count = 0
        self._since = now

    def add(self, count: int = 1) -> None:
        """Count `count` more events."""
        self._count += count

    def read(self, now: float) -> float:
        """Return the rate in Hz since the last reading, at the steady time `now` in s."""
        since, self._since = self._since, now
        count, self._count = self._count, 0
        return count / (now - since) if now > since else 0.0
