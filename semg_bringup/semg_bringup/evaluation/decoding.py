# SPDX-License-Identifier: Apache-2.0
"""Parts of recordings through the engines of the nodes."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from semg_bringup.command.offline_decoding import Arrays, OfflineDecoder
from semg_decoders.inference.session import Model
from semg_decoders.signal.conditioning import SAMPLE_RATE
from semg_driver.recordings.recording import RecordedBlock
from semg_driver.recordings.released_hdf5 import Hdf5Recording


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


def blocks_of(recording: Hdf5Recording, first: int, stop: int) -> Iterable[RecordedBlock]:
    """Read rows [first, stop) of a recording."""
    rate = recording.info.sample_rate
    return recording.blocks(0.0, first / rate, stop / rate)


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
