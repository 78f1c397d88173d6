# SPDX-License-Identifier: Apache-2.0
"""Write recordings in the released HDF5 layout."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from semg_driver.devices.device import DeviceInfo
from semg_driver.recordings.pandas_table import Table
from semg_driver.recordings.pandas_table_writer import mark_root, write_table
from semg_driver.recordings.recording import RecordingError

ROWS_PER_WRITE = 16384


@dataclass(frozen=True)
class Content:
    """What goes into an HDF5 recording.

    Attributes
    ----------
    emg : ndarray of float32, shape (samples, channels)
        In `info.unit`.
    info : DeviceInfo
        What it was recorded with.
    times : ndarray of float64, shape (samples,), or None
        Time stamps in s; counted from 0 at the sample rate if None.
    wrist_angles : ndarray of float32, shape (samples, angles), or None
        Joint angles in rad, the first is flexion and extension.
    segment_starts : tuple of int
        Rows before which there is a true break.
    task : str
        ``"discrete_gestures"``, ``"handwriting"``, ``"wrist"`` or empty.
    prompts, stages : Table or None
        What people were asked to do, with the columns that `Labels` names; times on the same
        clock as `times`.
    origin : str
        Where it comes from, in a line for people.
    """

    emg: NDArray[np.float32]
    info: DeviceInfo
    times: NDArray[np.float64] | None = None
    wrist_angles: NDArray[np.float32] | None = None
    segment_starts: tuple[int, ...] = (0,)
    task: str = ""
    prompts: Table | None = None
    stages: Table | None = None
    origin: str = ""


def write_hdf5(path: str | Path, content: Content) -> None:
    """Write a recording in the released layout, with attributes that say what it holds.

    It is written under another name in the same folder and then put in place, over what is
    there, so that there is never half a file.

    Raises
    ------
    RecordingError
        If the shapes do not belong together, or the file cannot be written.
    """
    path = Path(path)
    samples, channels = content.emg.shape
    if channels != content.info.channels:
        raise RecordingError(
            f"{path}: EMG has {channels} channels, but its info says {content.info.channels}"
        )
    fields: list[Any] = [("time", "<f8"), ("emg", "<f4", (channels,))]
    columns: dict[str, NDArray[Any]] = {
        "time": np.arange(samples) / content.info.sample_rate
        if content.times is None
        else content.times,
        "emg": content.emg,
    }
    if content.wrist_angles is not None:
        fields.append(("wrist_angles", "<f4", content.wrist_angles.shape[1:]))
        columns["wrist_angles"] = content.wrist_angles
    for name, column in columns.items():
        if len(column) != samples:
            raise RecordingError(f"{path}: {len(column)} rows of {name}, must be {samples}")
    try:
        with _put_in_place(path) as partial, h5py.File(partial, "w") as file:
            mark_root(file)
            data = file.create_dataset("data", (samples,), np.dtype(fields))
            for start in range(0, samples, ROWS_PER_WRITE):
                stop = min(start + ROWS_PER_WRITE, samples)
                rows = np.empty(stop - start, data.dtype)
                for name, column in columns.items():
                    rows[name] = column[start:stop]
                data[start:stop] = rows
            data.attrs.update(_attributes(content))
            for name, table in (("prompts", content.prompts), ("stages", content.stages)):
                if table is not None:
                    write_table(file.create_group(name), table)
    except (OSError, RuntimeError) as error:  # h5py raises either when the disk is full
        raise RecordingError(f"{path}: cannot be written: {_reason(error)}") from None


def _reason(error: Exception) -> str:
    number = getattr(error, "errno", None)
    return os.strerror(number) if number else " ".join(str(error).split())


@contextlib.contextmanager
def _put_in_place(path: Path) -> Iterator[Path]:
    """Give another name in the same folder; move what was written there to `path`."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _attributes(content: Content) -> dict[str, Any]:
    info = content.info
    attributes: dict[str, Any] = {
        "sample_rate_hz": info.sample_rate,
        "unit": info.unit,
        "noise_sd": info.noise_sd,
        "conditioned": np.uint8(info.conditioned),  # PyTables knows no truth values
        "bandwidth_hz": info.bandwidth,
        "full_scale": info.full_scale,
        "hand": info.hand.name.lower(),
        "device": info.device,
        "serial": info.serial,
        "ring_order": np.asarray(info.ring_order, np.int64),
        "channel_labels": np.asarray(info.channel_labels, h5py.string_dtype()),
        "segment_starts": np.asarray(content.segment_starts, np.int64),
    }
    if content.task:
        attributes["task"] = content.task
    if content.origin:
        attributes["origin"] = content.origin
    return attributes
