# SPDX-License-Identifier: Apache-2.0
"""What every recording offers, whatever file it lies in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from semg_driver.devices.device import DeviceInfo


class RecordingError(Exception):
    """A recording cannot be read or written. The message is one line for the user."""


@dataclass(frozen=True)
class RecordedBlock:
    """Consecutive samples of a recording; never across a break or a loss.

    Attributes
    ----------
    first_sample : int
        Index of the first sample: its row in an HDF5 file, the recorded index in a bag.
    emg : ndarray of float32, shape (samples, channels)
        In `info.unit`.
    info : DeviceInfo
        What was recorded here; another object only after a break.
    time : float
        Time of the first sample since the recording's beginning, in s.
    starts_stream : bool
        A true break lies before this block. False for the very first one.
    stamp_ns : int or None
        Recorded ROS time of the first sample in ns, where there is one.
    """

    first_sample: int
    emg: NDArray[np.float32]
    info: DeviceInfo
    time: float
    starts_stream: bool = False
    stamp_ns: int | None = None


@dataclass(frozen=True)
class Segment:
    """Part of a recording without a true break.

    Attributes
    ----------
    first_sample : int
        Index of its first sample.
    samples : int
        Samples that are there.
    lost_samples, gaps : int
        Samples that are missing within it, and in how many places.
    start, end : float
        From its first sample to just after its last, in s since the recording's beginning.
    info : DeviceInfo
        What was recorded.
    """

    first_sample: int
    samples: int
    lost_samples: int
    gaps: int
    start: float
    end: float
    info: DeviceInfo


class Recording(Protocol):
    """A file or folder with recorded EMG. Samples are read only when they are asked for.

    Attributes
    ----------
    path : Path
        Where it lies.
    kind : str
        ``"hdf5"`` or ``"bag"``.
    info : DeviceInfo
        What was recorded at its beginning.
    notes : tuple of str
        What a user should know of it, such as that it was cut off.
    """

    path: Path
    kind: str
    info: DeviceInfo
    notes: tuple[str, ...]

    def blocks(
        self, block_duration: float = 0.0, start: float = 0.0, end: float = 0.0
    ) -> Iterator[RecordedBlock]:
        """Read the samples in the order in which they were recorded.

        Parameters
        ----------
        block_duration : float
            Longest block, in s; 0 leaves it to the recording.
        start, end : float
            Part to read, in s since the beginning; an end of 0 is the recording's own.

        Raises
        ------
        RecordingError
            If the file turns out to be damaged.
        """

    def close(self) -> None:
        """Close the file. May be called more than once."""


def segments(recording: Recording) -> tuple[Segment, ...]:
    """Read a whole recording once and tell its segments.

    Raises
    ------
    RecordingError
        If the file turns out to be damaged.
    """
    found: list[Segment] = []
    expected = 0
    for block in recording.blocks():
        samples = len(block.emg)
        end = block.time + samples / block.info.sample_rate
        if block.starts_stream or not found:
            found.append(Segment(block.first_sample, samples, 0, 0, block.time, end, block.info))
        else:
            lost = max(block.first_sample - expected, 0)
            last = found[-1]
            found[-1] = replace(
                last,
                samples=last.samples + samples,
                lost_samples=last.lost_samples + lost,
                gaps=last.gaps + (lost > 0),
                end=end,
            )
        expected = block.first_sample + samples
    return tuple(found)
