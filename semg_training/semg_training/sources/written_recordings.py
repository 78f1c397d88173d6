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
from semg_training.sources.parts import CHOICE, TRAINING, Part, parts_of
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
        HDF5 files in the released layout, corpora, or folders of recordings.
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

    def leave_out(error: RecordingError) -> None:
        if strict:
            raise TrainingRefused(str(error)) from None
        found.skipped.append(str(error))
        log(f"left out: {error}")

    parts: list[Part] = []
    for path in paths:
        try:
            parts += parts_of(path, "handwriting")
        except RecordingError as error:
            leave_out(error)
    for part in parts:
        try:
            training, choice = divided(part, kind)
        except RecordingError as error:
            leave_out(error)
            continue
        found.training += training
        found.choice += choice
        found.names.append(part.path.name)
        found.digests.append(_digest(part))
    if not found.names:
        first = f": {found.skipped[0]}" if found.skipped else ""
        raise TrainingRefused(f"--data: none of the recordings can be used{first}")
    return found


def divided(part: Part, kind: type[Any]) -> tuple[list[Any], list[Any]]:
    """Return a recording's stretches with the prompts to train on, and with those to choose on.

    Those are the earlier ones and the last fifth, unless a corpus says what it is for.

    Raises
    ------
    RecordingError
        If it cannot be used, or nothing was written in it.
    """
    pieces = read_written(part.path, kind, part.row)
    count = sum(len(piece.prompts) for piece in pieces)
    if not count:
        raise RecordingError(f"{part.place}: table 'prompts' names nothing that was written")
    training: list[Any] = []
    choice: list[Any] = []
    left = {TRAINING: count, CHOICE: 0}.get(part.use, round((1 - CHOICE_SHARE) * count))
    for piece in pieces:
        earlier, later = piece.prompts[:left], piece.prompts[left:]
        left = max(0, left - len(earlier))
        for side, prompts in ((training, earlier), (choice, later)):
            if prompts:
                share = len(prompts) / len(piece.prompts)
                side.append(replace(piece, prompts=prompts, share=share))
    return training, choice


def _digest(part: Part) -> str:
    """Name of a part that changes with what is in its recording, and with what it is for."""
    found = hashlib.sha256(part.path.read_bytes())
    if part.row is not None:
        found.update(repr((part.row.start, part.row.end, part.use)).encode())
    return found.hexdigest()[:16]
