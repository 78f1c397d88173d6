# SPDX-License-Identifier: Apache-2.0
"""What released recordings say was done, refused where it cannot be true."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from semg_driver.recordings.recording import RecordingError
from semg_driver.recordings.released_hdf5 import Hdf5Recording
from semg_training.gesture_targets import GESTURES


def gesture_names(recording: Hdf5Recording) -> list[str]:
    """Return the name of every event, in the order of the table of prompts.

    Raises
    ------
    RecordingError
        If there is no such table.
    """
    prompts = recording.labels().prompts
    if prompts is None or "name" not in prompts or "time" not in prompts:
        raise RecordingError(
            f"{recording.path}: no table 'prompts' with the columns name and time, which says "
            f"what gestures were done"
        )
    names = [str(name).strip() for name in prompts["name"]]
    if "" in names:
        raise RecordingError(
            f"{recording.path}: table 'prompts': row {names.index('')} has no name"
        )
    return names


def gesture_rows(recording: Hdf5Recording, labels: Sequence[str] = GESTURES) -> NDArray[np.int64]:
    """Return index into `labels`, and row, of every event, shape (events, 2), in order.

    Raises
    ------
    RecordingError
        If there is no table of prompts, it names other gestures, or times outside the recording.
    """
    names = gesture_names(recording)
    unknown = sorted(set(names) - set(labels))
    if unknown:
        raise RecordingError(
            f"{recording.path}: table 'prompts' names {', '.join(unknown[:4])}, must be of "
            f"{', '.join(labels)} (--labels names gestures of your own)"
        )
    prompts = recording.labels().prompts
    assert prompts is not None
    times = prompts["time"]
    if times.dtype.kind not in "fiu" or not np.isfinite(times.astype(np.float64)).all():
        raise RecordingError(f"{recording.path}: table 'prompts': a time is no number")
    times = times.astype(np.float64)
    stamps = recording.times(0, recording.samples)
    begin, end = float(stamps.min()), float(stamps.max())
    for name, time in zip(names, times.tolist(), strict=True):
        if not begin <= time <= end:
            raise RecordingError(
                f"{recording.path}: table 'prompts': {name} at {time:g} s, but the recording "
                f"runs from {begin:g} to {end:g} s"
            )
    rows = np.searchsorted(stamps, times, "left")
    events = np.column_stack([[list(labels).index(name) for name in names], rows])
    ordered = events.reshape(-1, 2)[np.argsort(rows, kind="stable")]
    return np.asarray(ordered, dtype=np.int64)


def wrist_angle(recording: Hdf5Recording, first: int, stop: int) -> NDArray[np.float32]:
    """Return the flexion/extension angle of rows [first, stop) in rad.

    Raises
    ------
    RecordingError
        If there is none, or it is no number somewhere.
    """
    angles = recording.wrist_angles(first, stop)
    if angles is None:
        raise RecordingError(
            f"{recording.path}: 'data' has no field 'wrist_angles', which says how the wrist moved"
        )
    angle = angles.reshape(len(angles), -1)[:, 0]
    bad = np.flatnonzero(~np.isfinite(angle))
    if bad.size:
        raise RecordingError(
            f"{recording.path}: 'wrist_angles' is no number in row {first + int(bad[0])}"
        )
    return np.asarray(angle, np.float32)
