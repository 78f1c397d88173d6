# SPDX-License-Identifier: Apache-2.0
"""Recordings as HDF5, in the layout in which the wristband data set was released."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from semg_driver.devices.device import DeviceInfo
from semg_driver.recordings.hdf5_attributes import Attributes, device_info
from semg_driver.recordings.pandas_table import Table, TableError, read_table
from semg_driver.recordings.recording import RecordedBlock, RecordingError
from semg_driver.recordings.time_breaks import REACH, SMALLEST_JUMP, time_breaks, without_outliers

PAGE_SAMPLES = 8192
CACHE_BYTES = 32 * 2**20


@dataclass(frozen=True)
class Labels:
    """What people were asked to do; times as in the time stamps of the recording.

    Attributes
    ----------
    prompts : Table or None
        Gestures: `name`, `time`. Handwriting: `prompt`, `start`, `end`.
    stages : Table or None
        `start`, `end`, `name`; handwriting also `posture`.
    """

    prompts: Table | None
    stages: Table | None


class Hdf5Recording:
    """An open HDF5 recording.

    Sample indices are rows. Attributes may stand on the file or on its data set ``data``:
    ``sample_rate_hz`` (2000 if absent), ``unit`` (``"noise_sd"``, high-passed already, if absent),
    ``noise_sd``, ``segment_starts``, ``task`` and those that `write_hdf5` adds.

    Attributes
    ----------
    samples : int
        Number of rows.
    segment_starts : tuple of int
        Rows at which the file says that a segment begins, 0 among them. Jumps of the time
        stamps are further breaks; `blocks` finds both.
    task : str
        What was recorded, or empty.

    Raises
    ------
    RecordingError
        If the file is not such a recording.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.kind = "hdf5"
        self.notes: tuple[str, ...] = ()
        self._file = _open(self.path)
        try:
            self._data = _data_set(self._file, self.path)
            self.samples = int(self._data.shape[0])
            attributes = Attributes(self._file, self._data, self.path)
            self.task = attributes.text("task", "")
            self.info: DeviceInfo = device_info(attributes, _channels(self._data, self.path))
            self.segment_starts = attributes.segment_starts(self.samples)
        except RecordingError:
            self._file.close()
            raise
        except Exception as error:  # a damaged file can fail anywhere in h5py
            self._file.close()
            raise RecordingError(f"{self.path}: damaged HDF5 file: {_line(error)}") from None
        self._page_first = 0
        self._page: NDArray[np.float32] = np.empty((0, self.info.channels), np.float32)
        self._page_breaks: list[int] = []

    def __enter__(self) -> Hdf5Recording:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file. May be called more than once."""
        self._file.close()

    def read(self, start: int, stop: int) -> NDArray[np.float32]:
        """Return the EMG of rows [start, stop), shape (samples, channels)."""
        emg = np.asarray(self._field("emg", start, stop), np.float32)
        return np.ascontiguousarray(emg.reshape(len(emg), self.info.channels))

    def times(self, start: int, stop: int) -> NDArray[np.float64]:
        """Return the time stamps of rows [start, stop) in s, as recorded."""
        return np.asarray(self._field("time", start, stop), np.float64)

    def wrist_angles(self, start: int, stop: int) -> NDArray[np.float32] | None:
        """Return the joint angles of rows [start, stop), shape (samples, angles), in rad.

        The first is flexion and extension. None where the file has none.
        """
        if "wrist_angles" not in self._data.dtype.names:
            return None
        return np.asarray(self._field("wrist_angles", start, stop), np.float32)

    def rows_at(self, times: NDArray[np.float64]) -> NDArray[np.intp]:
        """Return the first row at or after each time stamp, shape as `times`.

        Raises
        ------
        RecordingError
            If the time stamps of the rows go back by far, so that a time says nothing of a row.
        """
        stamps = without_outliers(self.times(0, self.samples))
        rising = np.maximum.accumulate(stamps)
        back = np.flatnonzero(rising - stamps > SMALLEST_JUMP)
        if len(back):
            raise RecordingError(
                f"{self.path}: time goes back by {rising[back[0]] - stamps[back[0]]:g} s at row "
                f"{back[0]}, so what was done when cannot be told"
            )
        return np.searchsorted(rising, times, "left")

    def labels(self) -> Labels:
        """Read the tables of prompts and stages.

        Raises
        ------
        RecordingError
            If a table is damaged, or holds a pickle of anything but text.
        """
        return Labels(self._table("prompts"), self._table("stages"))

    def blocks(
        self, block_duration: float = 0.0, start: float = 0.0, end: float = 0.0
    ) -> Iterator[RecordedBlock]:
        """Read the samples in order; see `Recording.blocks`. Time is row / rate."""
        rate = self.info.sample_rate
        length = max(round(block_duration * rate), 1) if block_duration else PAGE_SAMPLES
        row = first = min(max(round(start * rate), 0), self.samples)
        last = min(round(end * rate), self.samples) if end else self.samples
        while row < last:
            stop = min(row + length, last)
            if not self._page_first <= row < stop <= self._page_first + len(self._page):
                self._load_page(row, min(row + max(length, PAGE_SAMPLES), self.samples))
            stop = min([stop, *(edge for edge in self._page_breaks if row < edge)])
            emg = self._page[row - self._page_first : stop - self._page_first]
            starts = row > first and row in self._page_breaks
            yield RecordedBlock(row, emg, self.info, row / rate, starts)
            row = stop

    def _load_page(self, first: int, stop: int) -> None:
        reach = round(REACH * self.info.sample_rate)
        around = max(first - reach, 0)
        times = self.times(around, min(stop + reach, self.samples))
        jumps = time_breaks(times, self.info.sample_rate) + around
        edges = {*jumps.tolist(), *self.segment_starts}
        self._page_breaks = sorted(edge for edge in edges if first <= edge < stop)
        self._page = self.read(first, stop)
        self._page_first = first

    def _field(self, name: str, start: int, stop: int) -> Any:
        try:
            return self._data.fields(name)[start:stop]
        except (OSError, ValueError, RuntimeError) as error:
            raise RecordingError(
                f"{self.path}: rows {start} to {stop} cannot be read: {_line(error)}"
            ) from None

    def _table(self, name: str) -> Table | None:
        if name not in self._file:
            return None
        try:
            group = self._file[name]
        except (KeyError, OSError) as error:  # a link to nothing, or to another file
            raise RecordingError(f"{self.path}: table '{name}': {_line(error)}") from None
        try:
            return read_table(group)
        except TableError as error:
            raise RecordingError(f"{self.path}: table '{name}': {error}") from None


def _open(path: Path) -> Any:
    try:
        if path.stat().st_size == 0:
            raise RecordingError(f"{path}: the file is empty, must be an HDF5 file")
        if not h5py.is_hdf5(path):
            raise RecordingError(f"{path}: not an HDF5 file")
        return h5py.File(path, "r", rdcc_nbytes=CACHE_BYTES)
    except FileNotFoundError:
        raise RecordingError(f"{path}: there is no such file") from None
    except OSError as error:
        if error.errno is not None and error.strerror:
            raise RecordingError(f"{path}: cannot be read: {_line(error)}") from None
        raise RecordingError(f"{path}: truncated or damaged HDF5 file: {_line(error)}") from None


def _data_set(file: Any, path: Path) -> Any:
    if "data" not in file:
        names = ", ".join(f"'{name}'" for name in file) or "nothing"
        raise RecordingError(f"{path}: no data set 'data' in the file, which holds {names}")
    data = file["data"]
    if not isinstance(data, h5py.Dataset) or data.dtype.names is None or len(data.shape) != 1:
        raise RecordingError(
            f"{path}: 'data' must be a table with the fields 'time' and 'emg', one row per sample"
        )
    for name in ("time", "emg"):
        if name not in data.dtype.names:
            names = ", ".join(f"'{field}'" for field in data.dtype.names)
            raise RecordingError(f"{path}: 'data' has no field '{name}', only {names}")
    if data.dtype["time"].kind != "f" or data.dtype["time"].shape:
        raise RecordingError(
            f"{path}: field 'time' of 'data' is of type {data.dtype['time']}, must be float64"
        )
    if data.shape[0] == 0:
        raise RecordingError(f"{path}: 'data' has no samples")
    return data


def _channels(data: Any, path: Path) -> int:
    field = data.dtype["emg"]
    if field.base.kind != "f" or len(field.shape) > 1 or 0 in field.shape:
        raise RecordingError(
            f"{path}: field 'emg' of 'data' is of type {field}, must be float32 by channels"
        )
    return int(field.shape[0]) if field.shape else 1


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())
