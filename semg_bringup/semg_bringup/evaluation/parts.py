# SPDX-License-Identifier: Apache-2.0
"""Which parts of which recordings are decoded and scored."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from semg_driver.recordings.corpus import CorpusRow, corpus_file, read_corpus, recordings_outside
from semg_driver.recordings.opening import open_recording
from semg_driver.recordings.recording import RecordingError
from semg_driver.recordings.released_hdf5 import Hdf5Recording

ALL = "all"
"""In place of a split: all of them."""


@dataclass(frozen=True)
class Part:
    """A recording, or what a row of a corpus says of it.

    Attributes
    ----------
    name : str
        Unlike those of the other parts; good for a file name.
    path : Path
        The recording.
    row : CorpusRow or None
        None for the whole recording.
    """

    name: str
    path: Path
    row: CorpusRow | None = None

    def rows(self, recording: Hdf5Recording) -> tuple[int, int]:
        """Return which rows [first, stop) of the recording it is; raises RecordingError."""
        return (0, recording.samples) if self.row is None else self.row.rows(recording)


def parts_of(data: Path, task: str, split: str) -> tuple[Part, ...]:
    """Find what there is to decode.

    Gestures are scored over whole recordings, whatever part of it a corpus names, as published;
    only of a recording that is also in another split, which may have been trained on, just the
    part is.

    Parameters
    ----------
    data : Path
        A recording, a folder with ``<task>_corpus.csv``, or a corpus file itself.
    task : str
        ``discrete_gestures``, ``wrist`` or ``handwriting``.
    split : str
        Of the corpus, or `ALL`.

    Raises
    ------
    RecordingError
        If there is no such thing, or a row of the corpus cannot be used.
    """
    corpus = corpus_file(data, task)
    if corpus is None and data.is_dir():
        raise RecordingError(
            f"{data}: no {task}_corpus.csv in the folder, which says what to score; "
            f"a bag does not say what was really done"
        )
    if corpus is None:
        return (Part(data.stem, data),)
    rows = read_corpus(corpus, "" if split == ALL else split)
    whole: set[Path] = set()
    if task == "discrete_gestures":
        elsewhere = frozenset() if split == ALL else recordings_outside(corpus, split)
        whole = {row.path for row in rows} - elsewhere
    parts_in = Counter(row.path for row in rows)
    seen: Counter[Path] = Counter()
    parts = []
    for row in rows:
        seen[row.path] += 1
        if row.path in whole:
            if seen[row.path] == 1:
                parts.append(Part(row.path.stem, row.path))
            continue
        number = f"-{seen[row.path]}" if parts_in[row.path] > 1 else ""
        parts.append(Part(row.path.stem + number, row.path, row))
    return tuple(parts)


def open_labelled(path: Path, task: str) -> Hdf5Recording:
    """Open a recording that can be scored: one in the released layout, of a task.

    Raises
    ------
    RecordingError
        If it is another one.
    """
    recording = open_recording(path)
    if not isinstance(recording, Hdf5Recording):
        recording.close()
        raise RecordingError(
            f"{path}: a {recording.kind} does not say what was really done; "
            f"must be an HDF5 file in the released layout, or a folder with {task}_corpus.csv"
        )
    if recording.task and recording.task != task:
        recording.close()
        raise RecordingError(
            f"{path}: a recording of task {recording.task}, but the bundle is for {task}"
        )
    return recording
