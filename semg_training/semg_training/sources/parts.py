# SPDX-License-Identifier: Apache-2.0
"""Which parts of which recordings are trained on, and on which the model is chosen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from semg_driver.recordings.corpus import CorpusRow, corpus_file, read_corpus
from semg_driver.recordings.recording import RecordingError
from semg_training.gesture_targets import NINE_GESTURES, GestureSet

TRAINING, CHOICE, BOTH = "training", "choice", "both"
SPLITS = {"train": TRAINING, "val": CHOICE}
"""Splits of a corpus that are used, and for what; others, such as ``test``, never are."""
RELEASED_NAMES = {
    "gestures": "discrete_gestures",
    "wrist": "wrist",
    "handwriting": "handwriting",
}
"""What released recordings call our tasks."""


@dataclass(frozen=True)
class Part:
    """A recording, or what a row of a corpus says of it.

    Attributes
    ----------
    path : Path
        The recording.
    task : str
        What is wanted of it: ``gestures``, ``wrist`` or ``handwriting``.
    use : str
        `TRAINING`, `CHOICE`, or `BOTH`: its last fifth is for choosing the model.
    row : CorpusRow or None
        None for the whole recording.
    labelled : bool
        Whether it says what was done; otherwise it is taken to hold nothing of the task.
    gestures : GestureSet
        Which it can hold.
    """

    path: Path
    task: str
    use: str = BOTH
    row: CorpusRow | None = None
    labelled: bool = True
    gestures: GestureSet = NINE_GESTURES

    @property
    def place(self) -> str:
        """Where it stands, for messages."""
        return str(self.path) if self.row is None else self.row.place


def parts_of(path: Path, task: str, labelled: bool = True) -> tuple[Part, ...]:
    """Find the recordings that a path stands for.

    Parameters
    ----------
    path : Path
        A recording; a corpus: a folder with ``<task>_corpus.csv``, or that file; or a folder of
        HDF5 recordings.
    task : str
        ``gestures``, ``wrist`` or ``handwriting``.
    labelled : bool
        See `Part`.

    Raises
    ------
    RecordingError
        If there is no such thing, or a row of the corpus cannot be used.
    """
    path = path.expanduser()
    corpus = corpus_file(path, RELEASED_NAMES[task])
    if corpus is not None:
        rows = [row for row in read_corpus(corpus) if row.split in SPLITS]
        if not rows:
            raise RecordingError(f"{corpus}: no rows of split {' or '.join(SPLITS)}")
        return tuple(Part(row.path, task, SPLITS[row.split], row, labelled) for row in rows)
    if path.is_dir() and not (path / "metadata.yaml").exists():
        inside = sorted(path.glob("*.hdf5"))
        if inside:
            return tuple(Part(file, task, labelled=labelled) for file in inside)
    return (Part(path, task, labelled=labelled),)
