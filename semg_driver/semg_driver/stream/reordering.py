# SPDX-License-Identifier: Apache-2.0
"""Blocks back into the order of their samples."""

from __future__ import annotations

from dataclasses import replace

from semg_driver.devices.device import SampleBlock
from semg_driver.stream.cutting import cut
from semg_driver.stream.statistics import StreamStatistics


class Reordering:
    """Holds blocks that are ahead until the missing ones come, for a bounded time.

    Parameters
    ----------
    sample_rate : float
        Hz.
    patience : float
        How much may be held, in s of samples, and for how long, in s since it arrived. After
        that the missing samples are given up, and the index jumps.
    statistics : StreamStatistics
        Counted up.
    """

    def __init__(self, sample_rate: float, patience: float, statistics: StreamStatistics) -> None:
        self._rate = sample_rate
        self._patience = patience
        self._statistics = statistics
        self._held: list[SampleBlock] = []
        self._next: int | None = None

    def push(self, block: SampleBlock) -> list[SampleBlock]:
        """Take one block, return those that are in order now.

        The first block of every stream says `starts_stream`.
        """
        released: list[SampleBlock] = []
        if len(block.emg) == 0:
            return released
        if self._next is None or block.starts_stream:
            released = self.flush()
            self._statistics.streams += 1
            self._next = block.first_sample
            self._pass_on(replace(block, starts_stream=True), released)
        elif block.first_sample > self._next:
            self._held.append(block)
            self._held.sort(key=lambda held: held.first_sample)
            self._give_up_excess(block.received, released)
        else:
            fills = block.first_sample + len(block.emg) > self._next
            self._statistics.reordered_blocks += fills and bool(self._held)
            self._pass_on(block, released)
            self._pass_on_held(released)
        return released

    def poll(self, now: float) -> list[SampleBlock]:
        """Give up what has been waited for too long, at ``time.monotonic()`` `now`."""
        released: list[SampleBlock] = []
        self._give_up_excess(now, released)
        return released

    def flush(self) -> list[SampleBlock]:
        """Let go of all that is held; the next block begins a new stream."""
        released: list[SampleBlock] = []
        while self._held:
            self._give_up(released)
        self._next = None
        return released

    def _give_up_excess(self, now: float, released: list[SampleBlock]) -> None:
        while self._held:
            last = self._held[-1]
            samples = last.first_sample + len(last.emg) - self._held[0].first_sample
            waited = now - min(block.received for block in self._held)
            if samples <= self._patience * self._rate and waited <= self._patience:
                return
            self._give_up(released)

    def _give_up(self, released: list[SampleBlock]) -> None:
        assert self._next is not None
        self._statistics.gaps += 1
        self._statistics.lost_samples += self._held[0].first_sample - self._next
        self._next = self._held[0].first_sample
        self._pass_on_held(released)

    def _pass_on_held(self, released: list[SampleBlock]) -> None:
        while self._held and self._next is not None and self._held[0].first_sample <= self._next:
            self._pass_on(self._held.pop(0), released)

    def _pass_on(self, block: SampleBlock, released: list[SampleBlock]) -> None:
        """Pass on the part of a block that is new; its first sample is not beyond the next one."""
        assert self._next is not None
        known = min(self._next - block.first_sample, len(block.emg))
        self._statistics.repeated_samples += known
        if known == len(block.emg):
            return
        block = cut(block, known, len(block.emg), self._rate)
        self._next = block.first_sample + len(block.emg)
        self._statistics.samples += len(block.emg)
        released.append(block)
