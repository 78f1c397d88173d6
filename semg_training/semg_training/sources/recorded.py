# SPDX-License-Identifier: Apache-2.0
"""What the paths of ``--data`` give: recordings that can be used, and lines on the others."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import track

from semg_driver.recordings.recording import RecordingError
from semg_training.gesture_targets import NINE_GESTURES, GestureSet
from semg_training.recordings import EmgRecording, MpfRecording
from semg_training.refusal import TrainingRefused
from semg_training.sources.open_files import allow_many_open_files
from semg_training.sources.parts import BOTH, CHOICE, Part, parts_of
from semg_training.sources.real_recordings import digest, pieces_of

CHOICE_SHARE = 0.2
"""Of a recording that is used for both, at its end."""
SHORTEST_CHOICE = 0.5
"""s of a piece to choose the model on: of less nothing can be said."""


@dataclass
class Recorded:
    """Recordings of real people.

    Attributes
    ----------
    training, choice : list
        To train on, and to choose the model on.
    names : list of str
        Of the files and rows that were used.
    digests : list of str
        Of these, in order; they change when a recording does.
    skipped : list of str
        What could not be used, one line each.
    """

    training: list[Any] = field(default_factory=list)
    choice: list[Any] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


def read_recorded(
    paths: Sequence[Path],
    nothing_done: Sequence[Path],
    task: str,
    folder: Path,
    *,
    gestures: GestureSet = NINE_GESTURES,
    strict: bool = False,
    processes: int | None = None,
    progress: bool = True,
    log: Callable[[str], None] = print,
) -> Recorded:
    """Read recordings, in parallel.

    Parameters
    ----------
    paths : sequence of Path
        Labelled recordings, corpora, or folders of recordings.
    nothing_done : sequence of Path
        Recordings, bags too, in which no gesture was done.
    task : str
        ``gestures`` or ``wrist``.
    folder : Path
        Where what was read is kept.
    gestures : GestureSet
        Which there can be.
    strict : bool
        Whether a recording that cannot be used is an error; otherwise it is left out with a line.
    processes : int, optional
        How many read at once; all cores when not given.
    progress : bool
        Whether to show a progress bar.
    log : callable
        Takes a line for each recording that is left out.

    Raises
    ------
    TrainingRefused
        If a recording cannot be used and `strict` is set, or none can be.
    """
    allow_many_open_files()
    found = Recorded()
    parts: list[Part] = []
    for group, labelled in ((paths, True), (nothing_done, False)):
        for path in group:
            try:
                of_path = parts_of(path, task, labelled)
                parts += [replace(part, gestures=gestures) for part in of_path]
            except RecordingError as error:
                _leave_out(str(error), found, strict, log)
    for part, outcome in zip(parts, _outcomes(parts, folder, processes, progress), strict=True):
        if outcome is not None:
            _leave_out(outcome, found, strict, log)
            continue
        _add(found, part, pieces_of(part, folder))
        found.names.append(part.path.name)
        found.digests.append(digest(part))
    if not found.training and not found.choice:
        first = f": {found.skipped[0]}" if found.skipped else ""
        raise TrainingRefused(f"--data: none of the recordings can be used{first}")
    return found


def _outcomes(
    parts: Sequence[Part], folder: Path, processes: int | None, progress: bool
) -> list[str | None]:
    """Prepare every part; return for each what is wrong with it."""
    count = min(processes or os.cpu_count() or 1, len(parts))
    what = f"Reading {len(parts)} recordings"
    if count <= 1:
        return [_prepare(part, folder) for part in track(parts, what, disable=not progress)]
    with ProcessPoolExecutor(count, get_context("spawn")) as pool:
        jobs = [pool.submit(_prepare, part, folder) for part in parts]
        return [job.result() for job in track(jobs, what, disable=not progress)]


def _prepare(part: Part, folder: Path) -> str | None:
    try:
        pieces = pieces_of(part, folder)
    except RecordingError as error:
        return str(error)
    return None if pieces else f"{part.place}: shorter than anything that can be trained on"


def _add(found: Recorded, part: Part, pieces: Sequence[Any]) -> None:
    if part.use == CHOICE:
        found.choice += pieces
    elif part.use == BOTH:
        _divide(found, pieces)
    else:
        found.training += pieces
    found.choice[:] = [piece for piece in found.choice if piece.seconds >= SHORTEST_CHOICE]


def _divide(found: Recorded, pieces: Sequence[Any]) -> None:
    # The last fifth of the recording, in whichever pieces it lies.
    left = (1 - CHOICE_SHARE) * sum(piece.seconds for piece in pieces)
    for piece in pieces:
        if left >= piece.seconds:
            found.training.append(piece)
        elif left <= 0:
            found.choice.append(piece)
        else:
            before, after = _cut(piece, left / piece.seconds)
            found.training.append(before)
            found.choice.append(after)
        left -= piece.seconds


def _cut(piece: EmgRecording | MpfRecording, share: float) -> tuple[Any, Any]:
    """Cut a piece in two; the first is `share` of it."""
    if isinstance(piece, MpfRecording):
        at = round(share * len(piece.mpf))
        return (
            replace(piece, mpf=piece.mpf[:at], displacement=piece.displacement[:at]),
            replace(piece, mpf=piece.mpf[at:], displacement=piece.displacement[at:]),
        )
    at = round(share * len(piece.emg))
    earlier = piece.events[:, 1] < at
    later = piece.events[~earlier] - np.array([0, at])
    return (
        replace(piece, emg=piece.emg[:at], events=piece.events[earlier]),
        replace(piece, emg=piece.emg[at:], events=later),
    )


def _leave_out(line: str, found: Recorded, strict: bool, log: Callable[[str], None]) -> None:
    if strict:
        raise TrainingRefused(line)
    found.skipped.append(line)
    log(f"left out: {line}")
