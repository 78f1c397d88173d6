# SPDX-License-Identifier: Apache-2.0
"""From what a device hands over to what the driver publishes."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from semg_driver.devices.device import SampleBlock
from semg_driver.stream.chunking import Chunk, Chunking, samples_per_chunk
from semg_driver.stream.clock import ClockFit
from semg_driver.stream.reordering import Reordering
from semg_driver.stream.restarts import Restarts
from semg_driver.stream.statistics import StreamStatistics
from semg_node.settings import setting

SLOWEST_STAMPS = 0.1
"""Least advance of the stamps per time sampled, while the clock fit moves them back."""


@dataclass(frozen=True)
class AssemblerSettings:
    """How a device's samples become a stream."""

    chunk_ms: float = setting(
        10.0, "length of one published chunk", unit="ms", minimum=1.0, maximum=200.0,
        read_only=True,
    )  # fmt: skip
    reorder_ms: float = setting(
        50.0, "longest wait for a block that others have overtaken", unit="ms",
        minimum=0.0, maximum=1000.0, read_only=True,
    )  # fmt: skip


class StreamAssembler:
    """Puts blocks in order, tells the time of their samples and cuts them into chunks.

    Parameters
    ----------
    sample_rate : float
        Hz.
    settings : AssemblerSettings
        Chunk length and patience.

    Attributes
    ----------
    statistics : StreamStatistics
        What happened so far, counted on through resets.
    clock : ClockFit
        The fit of the device's clock, with `residual`, `drift` and `jumps`.
    """

    def __init__(self, sample_rate: float, settings: AssemblerSettings | None = None) -> None:
        self._settings = AssemblerSettings() if settings is None else settings
        self.statistics = StreamStatistics()
        self.clock = ClockFit()
        self._channels: int | None = None
        self._last: Chunk | None = None
        self._set_up(sample_rate)

    def push(self, block: SampleBlock) -> list[Chunk]:
        """Take a block as the device handed it over, return the chunks that are complete."""
        self.statistics.blocks += 1
        samples, channels = block.emg.shape
        if samples == 0:
            return []
        anew = self._restarts.seen_in(block) or channels != self._channels
        if anew and not block.starts_stream:
            block = replace(block, starts_stream=True)
        self._channels = channels
        return self._chunks(self._reordering.push(self._on_steady_clock(block)))

    def idle(self, now: float) -> list[Chunk]:
        """Give up samples that are overdue at ``time.monotonic()`` `now`.

        To be called when the device had nothing to read, so that held samples do not wait for
        the next block.
        """
        return self._chunks(self._reordering.poll(now))

    @property
    def clock_residual(self) -> float:
        """How well the device's clock is fitted, in s; nan while nothing is."""
        return self.clock.residual

    def flush(self) -> list[Chunk]:
        """Return all that is left; the next block begins a new stream on a new link."""
        chunks = self._chunks(self._reordering.flush()) + self._in_order(self._chunking.flush())
        self._restarts.reset()
        self.clock.reset()
        return chunks

    def change_rate(self, sample_rate: float) -> list[Chunk]:
        """Go on at another sample rate, in Hz; returns what is left of the old."""
        chunks = self.flush()
        self._set_up(sample_rate)
        return chunks

    def _set_up(self, sample_rate: float) -> None:
        size = samples_per_chunk(sample_rate, self._settings.chunk_ms)
        patience = self._settings.reorder_ms / 1000.0
        self._rate = sample_rate
        self._restarts = Restarts(sample_rate)
        self._reordering = Reordering(sample_rate, patience, self.statistics)
        self._chunking = Chunking(sample_rate, size)

    def _on_steady_clock(self, block: SampleBlock) -> SampleBlock:
        """Return the block with ``time.monotonic()`` at its first sample for device time."""
        duration = (len(block.emg) - 1) / self._rate
        if block.stamp_ns is not None:
            return replace(block, device_time=block.received - duration)
        if block.starts_stream:
            self.clock.start_stream()
        sample_time = block.first_sample / self._rate + duration
        self.clock.update(block.device_time + duration, block.received, sample_time)
        return replace(block, device_time=self.clock.to_monotonic(block.device_time))

    def _chunks(self, blocks: list[SampleBlock]) -> list[Chunk]:
        chunks = [chunk for block in blocks for chunk in self._chunking.push(block)]
        return self._in_order(chunks)

    def _in_order(self, chunks: list[Chunk]) -> list[Chunk]:
        """Keep the stamps of a stream rising when an earlier arrival moves the fit back."""
        ordered: list[Chunk] = []
        for chunk in chunks:
            earliest = -math.inf
            if self._last is not None and not chunk.new_stream:
                sampled = (chunk.first_sample - self._last.first_sample) / self._rate
                earliest = self._last.monotonic_time + SLOWEST_STAMPS * sampled
            self._last = replace(chunk, monotonic_time=max(chunk.monotonic_time, earliest))
            ordered.append(self._last)
        return ordered
