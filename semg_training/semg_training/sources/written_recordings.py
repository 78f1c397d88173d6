# SPDX-License-Identifier: Apache-2.0
"""What paths of recorded handwriting give: prompts to train on and to choose the model on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from semg_driver.recordings.recording import RecordingError
from semg_training.refusal import TrainingRefused
from semg_training.sources.recorded import CHOICE_SHARE, Recorded
from semg_training.sources.written import read_written


def read_written_recordings(
    paths: Sequence[Path],
    kind: type[Any],
    *,
    strict: bool = False,
    log: Callable[[str], None] = print,
) -> Recorded:
    """Read recordings of handwriting; the last fifth of the prompts of each is to choose on.

    Parameters
    ----------
    paths : sequence of Path
        HDF5 files in the released layout.
    kind : type
        `HandwritingRecording` or `HandwritingEmgRecording`.
    strict : bool
        Whether a recording that cannot be used is an error; otherwise it is left out with a line.
    log : callable
        Takes a line for each recording that is left out.

    Raises
    ------
    TrainingRefused
        If a recording cannot be used and `strict` is set, or none can be.
    """
    found = Recorded()
    for path in paths:
        try:
            training, choice = divided(path, kind)
        except RecordingError as error:
            if strict:
                raise TrainingRefused(str(error)) from None
            found.skipped.append(str(error))
            log(f"left out: {error}")
            continue
        found.training += training
        found.choice += choice
        found.names.append(path.name)
        found.digests.append(hashlib.sha256(path.expanduser().read_bytes()).hexdigest()[:16])
    if not found.names:
        first = f": {found.skipped[0]}" if found.skipped else ""
        raise TrainingRefused(f"--data: none of the recordings can be used{first}")
    return found


def divided(path: Path, kind: type[Any]) -> tuple[list[Any], list[Any]]:
    """Return one recording's stretches with its earlier prompts, and those with its last fifth.

    Raises
    ------
    RecordingError
        If it cannot be used, or nothing was written in it.
    """
    pieces = read_written(path.expanduser(), kind)
    count = sum(len(piece.prompts) for piece in pieces)
    if not count:
        raise RecordingError(f"{path}: table 'prompts' names nothing that was written")
    training: list[Any] = []
    choice: list[Any] = []
    left = round((1 - CHOICE_SHARE) * count)
    for piece in pieces:
        earlier, later = piece.prompts[:left], piece.prompts[left:]
        left = max(0, left - len(earlier))
        for part, prompts in ((training, earlier), (choice, later)):
            if prompts:
                part.append(replace(piece, prompts=prompts))
    return training, choice
