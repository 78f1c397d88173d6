# SPDX-License-Identifier: Apache-2.0
"""Corpora as released: a CSV file beside the recordings says which part is for what."""

from __future__ import annotations

import csv
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from semg_driver.recordings.recording import RecordingError
from semg_driver.recordings.released_hdf5 import Hdf5Recording

SUFFIX = "_corpus.csv"
COLUMNS = ("dataset", "start", "end", "split")


@dataclass(frozen=True)
class CorpusRow:
    """A part of a recording.

    Attributes
    ----------
    path : Path
        The recording.
    start, end : float
        From the first sample at or after `start` to the last one before `end`; s, as in the
        time stamps of the recording.
    split : str
        What it is for, such as ``train`` or ``test``.
    place : str
        Where it stands, for messages: file and line.
    """

    path: Path
    start: float
    end: float
    split: str
    place: str

    def rows(self, recording: Hdf5Recording) -> tuple[int, int]:
        """Return which rows [first, stop) of its recording it is.

        Raises
        ------
        RecordingError
            If there are none.
        """
        first, stop = recording.rows_at(np.array([self.start, self.end])).tolist()
        if first >= stop:
            begin = recording.times(0, 1)[0]
            last = recording.times(recording.samples - 1, recording.samples)[0]
            raise RecordingError(
                f"{self.place}: no samples from {self.start} to {self.end} s in "
                f"{self.path.name}, whose time stamps run from {begin} to {last} s"
            )
        return first, stop


def corpus_file(path: str | Path, task: str) -> Path | None:
    """Return where a corpus' CSV file lies: `path` itself, or in the folder `path`.

    Parameters
    ----------
    path : str or Path
        A CSV file or a folder.
    task : str
        In a folder the file is called ``<task>_corpus.csv``.

    Returns
    -------
    Path or None
        None if `path` is no CSV file, or a folder without any corpus.

    Raises
    ------
    RecordingError
        If the folder has corpora, but none of this task.
    """
    path = Path(os.path.expanduser(path))
    if path.is_file():
        return path if path.suffix.lower() == ".csv" else None
    found = sorted(file.name for file in path.glob(f"*{SUFFIX}")) if path.is_dir() else []
    if found and task + SUFFIX not in found:
        raise RecordingError(f"{path}: no {task}{SUFFIX} in the folder, only {', '.join(found)}")
    return path / (task + SUFFIX) if found else None


def read_corpus(path: str | Path, split: str = "") -> tuple[CorpusRow, ...]:
    """Read a corpus' CSV file.

    Parameters
    ----------
    path : str or Path
        A file with the columns ``dataset`` (name of an HDF5 file beside it, without suffix),
        ``start``, ``end`` and ``split``.
    split : str
        Only rows of this split; all of them if empty.

    Returns
    -------
    tuple of CorpusRow
        In the order of the file; at least one.

    Raises
    ------
    RecordingError
        If the file is no such table, there is no such split, or a wanted row names a recording
        that is not there or a time that is none.
    """
    path = Path(path)
    rows = [(place, fields) for place, fields in _fields(path)]
    if not rows:
        raise RecordingError(f"{path}: the file has no rows")
    wanted = [row for row in rows if split in ("", row[1]["split"])]
    if not wanted:
        splits = ", ".join(sorted({fields["split"] for _, fields in rows}))
        raise RecordingError(f"{path}: no rows of split '{split}', only of {splits}")
    return tuple(_row(path.parent, place, fields) for place, fields in wanted)


def recordings_outside(path: str | Path, split: str) -> frozenset[Path]:
    """Return the recordings, there or not, that a corpus' CSV file names for other splits.

    Parameters
    ----------
    path : str or Path
        As in `read_corpus`.
    split : str
        Of the others.

    Raises
    ------
    RecordingError
        If the file is no such table.
    """
    path = Path(path)
    rows = (fields for _, fields in _fields(path))
    return frozenset(
        path.parent / f"{fields['dataset']}.hdf5" for fields in rows if fields["split"] != split
    )


def _fields(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield where each row stands and what its columns hold."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, strict=True)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise RecordingError(
                    f"{path}: no column {missing[0]}, must have {', '.join(COLUMNS)}"
                )
            for fields in reader:
                place = f"{path}, line {reader.line_num}"
                if any(fields[name] is None for name in COLUMNS):
                    raise RecordingError(f"{place}: must have {', '.join(COLUMNS)}")
                yield place, {name: fields[name].strip() for name in COLUMNS}
    except FileNotFoundError:
        raise RecordingError(f"{path}: there is no such file") from None
    except OSError as error:
        raise RecordingError(f"{path}: cannot be read: {error.strerror}") from None
    except (csv.Error, UnicodeDecodeError) as error:
        raise RecordingError(f"{path}: not a CSV file: {error}") from None


def _row(folder: Path, place: str, fields: dict[str, str]) -> CorpusRow:
    name = fields["dataset"]
    file = folder / f"{name}.hdf5"
    if file.parent != folder or not name:
        raise RecordingError(f"{place}: dataset '{name}', must be the name of a file beside it")
    if not os.path.isfile(file):
        raise RecordingError(f"{place}: there is no recording {file}")
    start, end = (_seconds(place, column, fields[column]) for column in ("start", "end"))
    if start >= end:
        raise RecordingError(f"{place}: from {start} to {end} s, must end after its start")
    return CorpusRow(file, start, end, fields["split"], place)


def _seconds(place: str, column: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise RecordingError(f"{place}: {column} is '{text}', must be a time in s")
    return value
