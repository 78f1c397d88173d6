# SPDX-License-Identifier: Apache-2.0
"""Notice that a device began to count anew without saying so."""

from __future__ import annotations

from semg_driver.devices.device import SampleBlock

FARTHEST_REPEAT = 1.0
"""A sample index that falls back by more s than this was set back, whatever the clock says."""

CLOCK_AGREES = 0.02
"""A block that comes again bears its old device time, within this many s."""


class Restarts:
    """Tells a sample count that was set back from blocks that come late or again.

    Parameters
    ----------
    sample_rate : float
        Hz.
    """

    def __init__(self, sample_rate: float) -> None:
        self._rate = sample_rate
        self._next: int | None = None
        self._clock = 0.0

    def seen_in(self, block: SampleBlock) -> bool:
        """Say whether the count was set back before this block; blocks in order of arrival."""
        clock = block.device_time - block.first_sample / self._rate
        end = block.first_sample + len(block.emg)
        if self._next is None or block.starts_stream:
            self._next, self._clock = end, clock
            return False
        back = (self._next - block.first_sample) / self._rate
        if back > 0:
            set_back = back > FARTHEST_REPEAT or abs(clock - self._clock) > CLOCK_AGREES + back / 2
            if not set_back:
                self._next = max(self._next, end)
                return False
            self._next, self._clock = end, clock
            return True
        self._next, self._clock = end, clock
        return False

    def reset(self) -> None:
        """Forget the count, as for a link made anew."""
        self._next = None
