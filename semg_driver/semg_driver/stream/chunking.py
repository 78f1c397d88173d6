# SPDX-License-Identifier: Apache-2.0
"""Blocks of any size into chunks of one size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semg_driver.devices.device import SampleBlock, Truth
from semg_driver.stream.cutting import cut

FRESH = 0.1
"""Stretch in s after a start or a gap in which filters settle."""


@dataclass(frozen=True)
class Chunk:
    """What the driver publishes as one message.

    Attributes
    ----------
    first_sample : int
        Index of the first sample. A jump means lost samples.
    emg : ndarray of float32, shape (samples, channels)
        In the device's unit.
    monotonic_time : float
        ``time.monotonic()`` at which the first sample was taken, in s. When `stamp_ns` is
        given it is only reckoned back from the arrival.
    stamp_ns : int or None
        ROS time of the first sample in ns, where the device gave one: to be used as it is.
    new_stream : bool
        Nothing before this chunk belongs to it; it needs a new stream id.
    fresh : bool
        Within `FRESH` after the beginning of a stream or a jump of the index.
    truth : Truth or None
        Only from a simulation.
    received : float
        ``time.monotonic()`` at which the device handed over the last sample, in s.
    """

    first_sample: int
    emg: NDArray[np.float32]
    monotonic_time: float
    stamp_ns: int | None
    new_stream: bool
    fresh: bool
    truth: Truth | None
    received: float


def samples_per_chunk(sample_rate: float, chunk_ms: float) -> int:
    """Return how many samples make a chunk, at least one."""
    return max(round(sample_rate * chunk_ms / 1000.0), 1)


class Chunking:
    """Joins and cuts blocks into chunks, never across a jump of the index or a new stream.

    Parameters
    ----------
    sample_rate : float
        Hz.
    chunk_samples : int
        Samples of every chunk, but the last one before a jump or an end, which may be shorter.
    """

    def __init__(self, sample_rate: float, chunk_samples: int) -> None:
        self._rate = sample_rate
        self._size = chunk_samples
        self._parts: list[SampleBlock] = []
        self._samples = 0
        self._next: int | None = None
        self._began = 0

    def push(self, block: SampleBlock) -> list[Chunk]:
        """Take a block, return the chunks that are complete with it.

        Its `device_time` is taken for ``time.monotonic()`` of its first sample.
        """
        chunks: list[Chunk] = []
        if block.starts_stream or block.first_sample != self._next:
            chunks += self.flush()
            self._began = block.first_sample
        self._next = block.first_sample + len(block.emg)
        start, samples = 0, len(block.emg)
        while start < samples:
            stop = min(start + self._size - self._samples, samples)
            self._parts.append(cut(block, start, stop, self._rate))
            self._samples += stop - start
            start = stop
            if self._samples == self._size:
                chunks += self.flush()
        return chunks

    def flush(self) -> list[Chunk]:
        """Return what is left as a chunk that may be shorter, if there is anything."""
        if not self._parts:
            return []
        parts, self._parts, self._samples = self._parts, [], 0
        first = parts[0]
        emg = first.emg if len(parts) == 1 else np.concatenate([part.emg for part in parts])
        return [
            Chunk(
                first_sample=first.first_sample,
                emg=emg,
                monotonic_time=first.device_time,
                stamp_ns=first.stamp_ns,
                new_stream=first.starts_stream,
                fresh=first.first_sample - self._began < FRESH * self._rate,
                truth=_join_truth(parts),
                received=parts[-1].received,
            )
        ]


def _join_truth(parts: list[SampleBlock]) -> Truth | None:
    truths = [part.truth for part in parts if part.truth is not None]
    if len(truths) < len(parts):
        return None
    if len(truths) == 1:
        return truths[0]
    return Truth(
        np.concatenate([truth.wrist_angle for truth in truths]),
        np.concatenate([truth.wrist_velocity for truth in truths]),
        tuple(label for truth in truths for label in truth.gestures),
    )
