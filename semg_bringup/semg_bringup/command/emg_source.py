# SPDX-License-Identifier: Apache-2.0
"""EMG to be decoded offline, from a recording or from an array in a file."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semg_driver.devices.device import DeviceInfo, Hand, Source
from semg_driver.recordings.opening import open_recording
from semg_driver.recordings.recording import RecordedBlock, Recording, RecordingError

_DECODING_RATE = 2000.0


@dataclass(frozen=True)
class EmgSource:
    """Something that can be read block by block.

    Attributes
    ----------
    path : Path
        Where it lies.
    kind : str
        ``hdf5``, ``bag`` or ``npz``.
    samples : int or None
        How many there are, where that is known beforehand.
    notes : tuple of str
        What a user should know of it.
    """

    path: Path
    kind: str
    samples: int | None
    notes: tuple[str, ...]
    _content: Recording | NDArray[np.float32]

    def blocks(self, longest: int) -> Iterator[RecordedBlock]:
        """Read it in blocks of at most `longest` samples; raises RecordingError."""
        for block in self._whole_blocks():
            for at in range(0, len(block.emg), longest):
                yield replace(
                    block,
                    first_sample=block.first_sample + at,
                    emg=block.emg[at : at + longest],
                    starts_stream=block.starts_stream and at == 0,
                )

    @property
    def recording(self) -> Recording | None:
        """The open recording; None for an array."""
        return None if isinstance(self._content, np.ndarray) else self._content

    def close(self) -> None:
        """Close the file."""
        if self.recording is not None:
            self.recording.close()

    def _whole_blocks(self) -> Iterator[RecordedBlock]:
        if isinstance(self._content, np.ndarray):
            yield RecordedBlock(0, self._content, _array_info(self._content.shape[1]), 0.0)
        else:
            yield from self._content.blocks()


def open_source(path: Path, topic: str = "") -> EmgSource:
    """Open a recording, or an ``.npz`` file with an array `emg`.

    The array has shape (samples, channels), and is taken to be at 2 kHz, in noise s.d. and
    conditioned.

    Raises
    ------
    RecordingError
        If there is nothing that can be read.
    """
    if path.suffix == ".npz" and path.is_file():
        emg = read_array(path)
        return EmgSource(path, "npz", len(emg), (), emg)
    recording = open_recording(path, topic)
    return EmgSource(
        path, recording.kind, getattr(recording, "samples", None), recording.notes, recording
    )


def read_array(path: Path) -> NDArray[np.float32]:
    """Return the array `emg` of an ``.npz`` file, (samples, channels).

    Raises
    ------
    RecordingError
        If there is no such array.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            if "emg" not in file:
                names = ", ".join(file.files) or "nothing"
                raise RecordingError(f"{path}: no array 'emg' in the file, which holds {names}")
            emg: NDArray[Any] = file["emg"]
    except FileNotFoundError:
        raise RecordingError(f"{path}: there is no such file") from None
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        reason = " ".join(str(error).split())
        raise RecordingError(f"{path}: cannot be read as .npz: {reason}") from None
    if emg.ndim != 2 or 0 in emg.shape or emg.dtype.kind not in "fiu":
        raise RecordingError(
            f"{path}: 'emg' has shape {emg.shape} and type {emg.dtype}, "
            f"must be (samples, channels) of numbers"
        )
    with np.errstate(over="ignore"):
        return emg.astype(np.float32)


def _array_info(channels: int) -> DeviceInfo:
    return DeviceInfo(
        device="array",
        serial="",
        sample_rate=_DECODING_RATE,
        bandwidth=math.inf,
        channels=channels,
        channel_labels=tuple(str(channel) for channel in range(channels)),
        ring_order=(),
        hand=Hand.UNKNOWN,
        unit="noise_sd",
        noise_sd=1.0,
        full_scale=0.0,
        conditioned=True,
        source=Source.PLAYBACK,
    )
