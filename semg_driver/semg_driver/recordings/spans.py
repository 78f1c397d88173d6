# SPDX-License-Identifier: Apache-2.0
"""When which gesture was done in a recording: those that are held, and those that pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from semg_driver.recordings.pandas_table import Table
from semg_driver.recordings.recording import RecordingError
from semg_driver.recordings.released_hdf5 import Hdf5Recording

_CUE_TOLERANCE = 0.01
"""s between a prompt and the beginning of its stage: the same moment, written twice."""


@dataclass(frozen=True)
class Cue:
    """A gesture that was asked for at a moment.

    Attributes
    ----------
    name : str
        Of the gesture.
    row : int
        Of the recording, at or just after the moment; the number of rows if it is over by then.
    """

    name: str
    row: int


@dataclass(frozen=True)
class Span:
    """A posture that was asked for during a time.

    Attributes
    ----------
    name : str
        Of the posture.
    first, stop : int
        Rows [first, stop) of the recording.
    """

    name: str
    first: int
    stop: int


def holds(recording: Hdf5Recording) -> bool:
    """Say whether what a recording names is held, and not over in a moment.

    It is where the table of stages has every name in the table of prompts, and each prompt is the
    beginning of such a stage; or where there are stages and no prompts. Stages of other names,
    such as blocks of an experiment, say nothing of what was held.

    Raises
    ------
    RecordingError
        If a table is damaged or lacks a column.
    """
    labels = recording.labels()
    if labels.stages is None or not len(labels.stages):
        return False
    stages = [(name, start) for name, start, _ in _stages(recording, labels.stages)]
    if labels.prompts is None or not len(labels.prompts):
        return True
    return all(
        any(name == other and abs(time - start) <= _CUE_TOLERANCE for other, start in stages)
        for name, time in _prompts(recording, labels.prompts)
    )


def read_cues(recording: Hdf5Recording) -> tuple[Cue, ...]:
    """Return the gestures in the table of prompts, in order of time.

    Raises
    ------
    RecordingError
        If there is no such table, it lacks a column, or a time is no number.
    """
    prompts = recording.labels().prompts
    if prompts is None:
        raise RecordingError(
            f"{recording.path}: no table 'prompts', which says what gestures were done when"
        )
    found = list(_prompts(recording, prompts))
    rows = recording.rows_at(np.array([time for _, time in found], np.float64)).tolist()
    cues = [Cue(name, row) for (name, _), row in zip(found, rows, strict=True)]
    return tuple(sorted(cues, key=lambda cue: cue.row))


def read_spans(recording: Hdf5Recording) -> tuple[Span, ...]:
    """Return the postures of a recording, in order of time, cut where a segment begins.

    They are the stages; where there are none, each prompt lasts until the next one, or until its
    segment is over. Stages of one name that follow each other without a break are one.

    Raises
    ------
    RecordingError
        If the recording says nothing of postures, or two stages overlap.
    """
    stages = recording.labels().stages
    if stages is None or not len(stages):
        spans = _between(recording, read_cues(recording))
    else:
        spans = _staged(recording, stages)
    pieces: list[Span] = []
    for piece in _cut(spans, recording.segment_starts):
        last = pieces[-1] if pieces else None
        joins = (
            last is not None
            and (last.name, last.stop) == (piece.name, piece.first)
            and piece.first not in recording.segment_starts
        )
        if last is not None and joins:
            pieces[-1] = Span(last.name, last.first, piece.stop)
        else:
            pieces.append(piece)
    return tuple(pieces)


def spans_within(spans: Iterable[Span], first: int, stop: int) -> tuple[Span, ...]:
    """Return what lies in rows [first, stop) of some spans, cut there."""
    cut = (Span(span.name, max(span.first, first), min(span.stop, stop)) for span in spans)
    return tuple(span for span in cut if span.first < span.stop)


def _between(recording: Hdf5Recording, cues: tuple[Cue, ...]) -> list[Span]:
    ends = [*(cue.row for cue in cues[1:]), recording.samples]
    edges = [*recording.segment_starts, recording.samples]
    spans = []
    for cue, end in zip(cues, ends, strict=True):
        over = min((edge for edge in edges if edge > cue.row), default=recording.samples)
        spans.append(Span(cue.name, cue.row, min(end, over)))
    return [span for span in spans if span.first < span.stop]


def _staged(recording: Hdf5Recording, table: Table) -> list[Span]:
    found = list(_stages(recording, table))
    times = np.array([[start, end] for _, start, end in found], np.float64)
    rows = recording.rows_at(times).tolist()
    spans = [
        Span(name, first, stop)
        for (name, _, _), (first, stop) in zip(found, rows, strict=True)
        if first < stop
    ]
    spans.sort(key=lambda span: span.first)
    for one, other in pairwise(spans):
        if other.first < one.stop:
            raise RecordingError(
                f"{recording.path}: table 'stages': '{one.name}' is not over when '{other.name}' "
                f"begins, at row {other.first}; one posture is held at a time"
            )
    return spans


def _cut(spans: list[Span], edges: tuple[int, ...]) -> Iterator[Span]:
    for span in spans:
        inner = [edge for edge in edges if span.first < edge < span.stop]
        for first, stop in pairwise([span.first, *inner, span.stop]):
            yield Span(span.name, first, stop)


def _prompts(recording: Hdf5Recording, table: Table) -> Iterator[tuple[str, float]]:
    for name, (time,) in _rows(recording, table, "prompts", ("time",)):
        yield name, time


def _stages(recording: Hdf5Recording, table: Table) -> Iterator[tuple[str, float, float]]:
    for name, (start, end) in _rows(recording, table, "stages", ("start", "end")):
        yield name, start, end


def _rows(
    recording: Hdf5Recording, table: Table, title: str, times: tuple[str, ...]
) -> Iterator[tuple[str, list[float]]]:
    """Yield the name and the times of each row of a table."""
    missing = [column for column in ("name", *times) if column not in table]
    if missing:
        raise RecordingError(
            f"{recording.path}: table '{title}' has no column {missing[0]}, "
            f"must have {', '.join(('name', *times))}"
        )
    for row in table.rows():
        name = str(row["name"]).strip()
        if not name:
            raise RecordingError(f"{recording.path}: table '{title}': a name is empty")
        try:
            values = [float(row[column]) for column in times]
        except (TypeError, ValueError):
            values = [np.nan]
        if not np.isfinite(values).all():
            raise RecordingError(f"{recording.path}: table '{title}': a time is no number")
        yield name, values
