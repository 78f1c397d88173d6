# SPDX-License-Identifier: Apache-2.0
"""Open a recording, whichever of the known kinds it is."""

from __future__ import annotations

import os
from pathlib import Path

from semg_driver.recordings.recording import Recording, RecordingError

HDF5_MAGIC = b"\x89HDF\r\n\x1a\n"
MCAP_MAGIC = b"\x89MCAP0\r\n"
SQLITE_MAGIC = b"SQLite format 3\x00"
KINDS = "an HDF5 file in the released layout or a rosbag2 bag (MCAP or SQLite)"


def open_recording(path: str | Path, topic: str = "") -> Recording:
    """Open a recording for reading.

    Parameters
    ----------
    path : str or Path
        An HDF5 file in the released layout, a rosbag2 folder, or a single file out of one.
    topic : str
        Topic of the EMG, for bags that hold several.

    Raises
    ------
    RecordingError
        If there is nothing that can be read; one line that says why.
    """
    path = Path(os.path.expanduser(path))
    if path.name == "metadata.yaml":
        path = path.parent
    try:
        if path.is_dir():
            return _open_bag(path, topic)
        with path.open("rb") as file:
            magic = file.read(16)
    except FileNotFoundError:
        raise RecordingError(f"{path}: there is no such file or folder") from None
    except OSError as error:
        raise RecordingError(f"{path}: cannot be read: {error.strerror}") from None
    if not magic:
        raise RecordingError(f"{path}: the file is empty, must be {KINDS}")
    if magic.startswith(HDF5_MAGIC):
        from semg_driver.recordings.released_hdf5 import Hdf5Recording

        if topic:
            raise RecordingError(f"{path}: an HDF5 file has no topics, but '{topic}' was asked for")
        return Hdf5Recording(path)
    if magic.startswith((MCAP_MAGIC, SQLITE_MAGIC)):
        return _open_bag(path, topic)
    raise RecordingError(f"{path}: not a recording, must be {KINDS}")


def _open_bag(path: Path, topic: str) -> Recording:
    try:
        from semg_driver.recordings.bag import BagRecording
    except ImportError as error:
        raise RecordingError(
            f"{path}: reading bags needs the Python package 'rosbags' ({error})"
        ) from None
    return BagRecording(path, topic)
