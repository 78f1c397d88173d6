# SPDX-License-Identifier: Apache-2.0
"""Parts of recordings through the engines of the nodes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from semg_bringup.command.decoded_frames import Arrays
from semg_bringup.command.offline_decoding import OfflineDecoder
from semg_decoders.inference.session import Model
from semg_decoders.signal.conditioning import SAMPLE_RATE
from semg_driver.recordings.recording import RecordedBlock
from semg_driver.recordings.released_hdf5 import PAGE_SAMPLES, Hdf5Recording


def decode(model: Model, blocks: Iterable[RecordedBlock]) -> Arrays:
    """Decode a stream from a fresh start; raises BundleError if the model cannot.

    Returns
    -------
    dict of str to array
        What ``semg decode`` saves: `output` and `sample` among it.
    """
    decoder = OfflineDecoder(model)
    for block in blocks:
        decoder.push(block)
    return decoder.arrays()


def blocks_of(recording: Hdf5Recording, first: int, stop: int) -> Iterator[RecordedBlock]:
    """Read rows [first, stop) of a recording.

    A break is where the recording says that a segment begins, and nowhere else: published
    figures take a part as one stream, however irregular its time stamps are.
    """
    info = recording.info
    edges = [edge for edge in recording.segment_starts if first < edge < stop]
    for begin, end in pairwise([first, *edges, stop]):
        for row in range(begin, end, PAGE_SAMPLES):
            emg = recording.read(row, min(row + PAGE_SAMPLES, end))
            starts = row == begin != first
            yield RecordedBlock(row, emg, info, row / info.sample_rate, starts)


def padded_block(recording: Hdf5Recording, first: int, stop: int) -> RecordedBlock:
    """Read rows [first, stop), where rows outside of the recording are zeros, as a stream."""
    inside = recording.read(max(first, 0), min(stop, recording.samples))
    outside = (max(-first, 0), max(stop - recording.samples, 0))
    return RecordedBlock(0, np.pad(inside, (outside, (0, 0))), recording.info, 0.0)


def at_decoded(
    values: NDArray[np.floating], samples: NDArray[np.integer], device_rate: float
) -> NDArray[np.float64]:
    """Return what a device's column holds at indices of the decoders' 2 kHz.

    Parameters
    ----------
    values : array, (rows,)
        One for each row of the recording.
    samples : array of int
        Indices at 2 kHz; row 0 has index 0.
    device_rate : float
        Hz. At 2 kHz the values are taken as they are, else from between two rows.
    """
    rows = np.asarray(samples, np.float64) * (device_rate / SAMPLE_RATE)
    return np.interp(rows, np.arange(len(values)), values)
