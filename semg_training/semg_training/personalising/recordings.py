# SPDX-License-Identifier: Apache-2.0
"""One person's recordings, in a part to train on and one to validate on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from semg_node.cache_folder import cache_folder
from semg_training.refusal import TrainingRefused
from semg_training.sources.parts import Part
from semg_training.sources.recorded import read_recorded
from semg_training.sources.written_recordings import divided

LABELS = {"gestures": "gestures", "wrist": "wrist angles", "handwriting": "prompts"}
"""What recordings say was done."""


@dataclass(frozen=True)
class PersonRecordings:
    """Recordings of the person.

    Attributes
    ----------
    training, validation : list
        The last fifth of each recording is for validation: of its length, or of its prompts.
    """

    training: list[Any]
    validation: list[Any]

    @property
    def seconds(self) -> float:
        """Longest stretch that is trained on."""
        return float(max(one.seconds for one in self.training))


def read_person(
    paths: Sequence[Path],
    task: str,
    kind: type[Any],
    *,
    progress: bool,
    log: Callable[[str], None],
) -> PersonRecordings:
    """Read labelled recordings of a person.

    Parameters
    ----------
    paths : sequence of Path
        HDF5 files in the released layout.
    task : str
        ``gestures``, ``wrist`` or ``handwriting``.
    kind : type
        Of the recordings that the task is trained on.
    progress : bool
        Whether to show a progress bar.
    log : callable
        Takes lines for the user.

    Raises
    ------
    TrainingRefused, RecordingError
        If one cannot be used, or a part holds nothing to train or to validate on.
    """
    if task == "handwriting":
        found = _written(paths, kind)
    else:
        read = read_recorded(
            paths,
            (),
            task,
            cache_folder() / "recordings",
            strict=True,
            processes=1,
            progress=progress,
            log=log,
        )
        found = PersonRecordings(read.training, read.choice)
    for part, where in ((found.training, "to train on"), (found.validation, "to validate on")):
        if not any(_is_labelled(one, task) for one in part):
            raise TrainingRefused(
                f"--recording {paths[0]}: no {LABELS[task]} {where}; the last fifth is for "
                f"validation, and there must be some before it and in it"
            )
    return found


def _is_labelled(recording: Any, task: str) -> bool:
    match task:
        case "gestures":
            return len(recording.events) > 0
        case "handwriting":
            return len(recording.prompts) > 0
        case _:
            return len(recording.displacement) > 1


def _written(paths: Sequence[Path], kind: type[Any]) -> PersonRecordings:
    found = PersonRecordings([], [])
    for path in paths:
        training, validation = divided(Part(path.expanduser(), "handwriting"), kind)
        found.training.extend(training)
        found.validation.extend(validation)
    return found
