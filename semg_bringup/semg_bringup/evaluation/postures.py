# SPDX-License-Identifier: Apache-2.0
"""Held postures in recordings: balanced accuracy, and which is taken for which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semg_bringup.command.decoded_frames import Arrays
from semg_bringup.command.report import Report, Section
from semg_bringup.evaluation.decoding import blocks_of, decode
from semg_bringup.evaluation.parts import Part, open_labelled
from semg_decoders.evaluation.postures import (
    AROUND_CHANGES,
    DECISION_PERIOD,
    PostureScore,
    PostureSpan,
    decision_times,
    pool_postures,
    score_postures,
)
from semg_decoders.inference.bundle import ModelBundle
from semg_decoders.inference.session import Model
from semg_decoders.signal.conditioning import SAMPLE_RATE
from semg_driver.recordings.recording import RecordingError
from semg_driver.recordings.released_hdf5 import Hdf5Recording
from semg_driver.recordings.spans import read_spans, spans_within

TASK = "discrete_gestures"
_NOTHING = "none"


@dataclass(frozen=True)
class PostureResult:
    """How well postures were decoded in one recording.

    Attributes
    ----------
    name : str
        Of the recording.
    score : PostureScore
        What was held when what was asked for.
    changes_per_minute : float
        How often what is held changed.
    asked_changes_per_minute : float
        How often what is asked for did.
    """

    name: str
    score: PostureScore
    changes_per_minute: float
    asked_changes_per_minute: float


def evaluate_postures(part: Part, bundle: Path) -> PostureResult:
    """Decode a recording, and compare what is held with what was asked for.

    Parameters
    ----------
    part : Part
        What is decoded.
    bundle : Path
        Folder of a bundle whose outputs exclude each other.

    Raises
    ------
    RecordingError
        If the recording says nothing of postures that the model knows.
    """
    model = Model.load(str(bundle))
    with open_labelled(part.path, TASK) as recording:
        rate = recording.info.sample_rate
        first, stop = part.rows(recording)
        spans = _spans(recording, model.bundle.output.labels, first, stop)
        decoded = decode(model, blocks_of(recording, first, stop))
        starts = [row for row in recording.segment_starts if first < row < stop]
        edges = [row / rate for row in (first, *starts, stop)]
    asked: list[str] = []
    held: list[str | None] = []
    for piece, (start, end) in enumerate(pairwise(edges)):
        inside = [span for span in spans if start <= span.start and span.end <= end]
        times, names = decision_times(inside, start, end)
        asked += names
        held += held_at(decoded, piece, times, model.bundle.output.neutral)
    minutes = (edges[-1] - edges[0]) / 60
    changes = len(np.unique(decoded["event_sample"]))
    asked_changes = sum(a.end == b.start and a.name != b.name for a, b in pairwise(spans))
    score = score_postures(asked, held)
    return PostureResult(part.name, score, changes / minutes, asked_changes / minutes)


def held_at(
    decoded: Arrays, piece: int, times: NDArray[np.float64], neutral: str
) -> list[str | None]:
    """Return which posture is held at some times, as the events say.

    Parameters
    ----------
    decoded : dict of str to array
        What ``semg decode`` saves.
    piece : int
        Which piece of the recording, from one break to the next, the times lie in.
    times : array, (decisions,)
        s since the beginning of the recording; only frames up to then count.
    neutral : str
        What is said where nothing is held; empty: None is.
    """
    last = decoded["sample"][decoded["piece"] == piece].max(initial=0)
    # At its end a stream lets go of what is held, which says nothing of the posture.
    ended = decoded["event_inferred"] & (decoded["event_sample"] == last)
    chosen = (decoded["event_piece"] == piece) & ~ended
    states: list[str | None] = [neutral or None]
    for gesture, kind in zip(
        decoded["event_gesture"][chosen], decoded["event_kind"][chosen], strict=True
    ):
        states.append(str(gesture) if kind == "press" else neutral or None)
    samples = np.floor(times * SAMPLE_RATE + 1e-6)
    return [states[i] for i in np.searchsorted(decoded["event_sample"][chosen], samples, "right")]


def _spans(
    recording: Hdf5Recording, labels: Sequence[str], first: int, stop: int
) -> list[PostureSpan]:
    rate = recording.info.sample_rate
    spans = spans_within(read_spans(recording), first, stop)
    names = sorted({span.name for span in spans})
    if not set(names) & set(labels):
        raise RecordingError(
            f"{recording.path}: names {', '.join(names[:4]) or 'no postures'}, none of which the "
            f"bundle knows; it knows {', '.join(labels)}"
        )
    return [PostureSpan(span.name, span.first / rate, span.stop / rate) for span in spans]


def report_postures(
    results: Sequence[PostureResult], bundle: ModelBundle, figures: Path | None = None
) -> Report:
    """Sum up the results of all recordings.

    Parameters
    ----------
    results : sequence of PostureResult
        At least one.
    bundle : ModelBundle
        What they were decoded by.
    figures : Path, optional
        Folder for figures.
    """
    pooled = pool_postures(result.score for result in results)
    facts = {
        "decision_period_s": DECISION_PERIOD,
        "left_out_around_changes_s": AROUND_CHANGES,
        **pooled.to_dict(),
        "recordings": [
            {
                "name": result.name,
                "changes_per_minute": result.changes_per_minute,
                "asked_changes_per_minute": result.asked_changes_per_minute,
                **result.score.to_dict(),
            }
            for result in results
        ],
    }
    asked = pooled.recalls
    names = [*bundle.output.labels, *(name for name in asked if name not in bundle.output.labels)]
    rows = [_row(result.name, result.score, names) for result in results]
    if len(results) > 1:
        rows.append(_row("all decisions together", pooled, names))
    sections = [
        Section("postures", rows, ("recording", "balanced accuracy", "decisions", *names)),
        Section("confusions", _confusions(pooled, names), ("asked for", *names, _NOTHING)),
    ]
    if figures is not None:
        from semg_bringup.evaluation.figures.postures import draw_postures

        draw_postures(figures / "confusion.png", pooled, names)
    title = (
        f"A decision every {DECISION_PERIOD * 1000:.0f} ms; {AROUND_CHANGES * 1000:.0f} ms around "
        f"cues are left out. Under a posture stands the share of decisions for it that are right."
    )
    return Report(title, facts, sections)


def _row(name: str, score: PostureScore, names: Sequence[str]) -> list[str]:
    recalls = score.recalls
    shares = [f"{recalls[one]:.3f}" if one in recalls else "." for one in names]
    return [name, f"{score.balanced_accuracy:.4f}", str(score.decisions), *shares]


def _confusions(score: PostureScore, names: Sequence[str]) -> list[list[str]]:
    return [
        [asked, *(str(score.counts.get((asked, held), 0) or ".") for held in (*names, None))]
        for asked in names
    ]
