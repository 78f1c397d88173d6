# SPDX-License-Identifier: Apache-2.0
"""Gestures in recordings: class-balanced error, misses, false alarms, confusions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from semg_bringup.command.report import Report, Section
from semg_bringup.evaluation.decoding import at_decoded, blocks_of, decode
from semg_bringup.evaluation.parts import Part, open_labelled
from semg_decoders.decoding.events import event_settings
from semg_decoders.evaluation.cler import GestureErrors, pool_errors, score_gestures
from semg_decoders.evaluation.detection import THRESHOLD, detect
from semg_decoders.evaluation.events import TimedEvent
from semg_decoders.inference.bundle import ModelBundle
from semg_decoders.inference.session import Model
from semg_driver.recordings.recording import RecordingError
from semg_driver.recordings.released_hdf5 import Hdf5Recording

TASK = "discrete_gestures"


@dataclass(frozen=True)
class GestureResult:
    """How well gestures were decoded in one recording.

    Attributes
    ----------
    name : str
        Of the recording.
    errors : GestureErrors
        What became of the gestures that were done.
    frames : int
        Frames of probabilities.
    mean_probability : tuple of float
        Of each output.
    """

    name: str
    errors: GestureErrors
    frames: int
    mean_probability: tuple[float, ...]


def evaluate_gestures(
    part: Part, bundle: Path, threshold: float | None = None, figures: Path | None = None
) -> GestureResult:
    """Decode a recording, and compare its events with the table of prompts.

    Parameters
    ----------
    part : Part
        All of the recording is decoded.
    bundle : Path
        Folder of the model bundle.
    threshold : float, optional
        Probability whose crossing is an event; 0.35, as published, when not given.
    figures : Path, optional
        Folder for figures.

    Raises
    ------
    RecordingError
        If the recording has no gestures that the model knows.
    """
    model = Model.load(str(bundle))
    labels = model.bundle.output.labels
    with open_labelled(part.path, TASK) as recording:
        done = _done(recording, labels)
        first, stop = part.rows(recording)
        decoded = decode(model, blocks_of(recording, first, stop))
        stamps = recording.times(0, recording.samples)
        if part.row is not None:
            done = [one for one in done if stamps[first] <= one.time <= stamps[stop - 1]]
        rate = recording.info.sample_rate
    times = at_decoded(stamps, decoded["sample"], rate)
    crossing = THRESHOLD if threshold is None else threshold
    detected = detect(decoded["output"], times, labels, crossing)
    errors = score_gestures(detected, done, (stop - first) / rate)
    if figures is not None:
        from semg_bringup.evaluation.figures.probabilities import draw_probabilities

        draw_probabilities(
            figures / f"{part.name}-probabilities.png",
            part.name,
            times,
            decoded["output"],
            labels,
            done,
            detected,
            crossing,
        )
    mean = decoded["output"].mean(axis=0, dtype=np.float64) if len(times) else np.zeros(len(labels))
    return GestureResult(part.name, errors, len(times), tuple(mean.tolist()))


def _done(recording: Hdf5Recording, labels: Sequence[str]) -> list[TimedEvent]:
    prompts = recording.labels().prompts
    if prompts is None or not ("name" in prompts and "time" in prompts):
        raise RecordingError(
            f"{recording.path}: no table 'prompts' with the columns name and time, "
            f"which says what gestures were done"
        )
    times = prompts["time"]
    if times.dtype.kind not in "fiu" or not np.isfinite(times.astype(np.float64)).all():
        raise RecordingError(f"{recording.path}: table 'prompts': a time is no number")
    done = [
        TimedEvent(str(name).strip(), time)
        for name, time in zip(prompts["name"], times.astype(np.float64).tolist(), strict=True)
    ]
    if done and not {event.name for event in done} & set(labels):
        raise RecordingError(
            f"{recording.path}: table 'prompts' names "
            f"{', '.join(sorted({event.name for event in done})[:4])}, none of which the bundle "
            f"knows; it knows {', '.join(labels)}"
        )
    return sorted(done, key=lambda event: event.time)


def report_gestures(
    results: Sequence[GestureResult],
    bundle: ModelBundle,
    threshold: float | None = None,
    figures: Path | None = None,
) -> Report:
    """Sum up the results of all recordings.

    Parameters
    ----------
    results : sequence of GestureResult
        At least one.
    bundle : ModelBundle
        What they were decoded by.
    threshold, figures
        As for `evaluate_gestures`.
    """
    labels = bundle.output.labels
    pooled = pool_errors(result.errors for result in results)
    mean = float(np.mean([result.errors.cler for result in results]))
    live = event_settings(bundle.decoding, bundle.name).threshold
    used = f"as published; the bundle's live events cross {live:g}"
    facts = {
        "threshold": THRESHOLD if threshold is None else threshold,
        "threshold_of_live_events": live,
        "mean_cler": mean,
        "pooled": pooled.to_dict(),
        "recordings": [
            {
                "name": result.name,
                "frames": result.frames,
                "mean_probability": dict(zip(labels, result.mean_probability, strict=True)),
                **result.errors.to_dict(),
            }
            for result in results
        ],
    }
    rows = [_row(result.name, result.errors, result.errors.cler) for result in results]
    if len(results) > 1:
        rows += [_row("all events together", pooled, pooled.cler)]
        rows += [_row("mean of the recordings", pooled, mean)]
    columns = ("recording", "CLER", "gestures", "misses/min", "false alarms/min")
    names = _names(labels, pooled)
    sections = [
        Section("gestures", rows, columns),
        Section("confusions", _confusions(pooled, names), ("done", *names, "missed")),
    ]
    if figures is not None:
        from semg_bringup.evaluation.figures.confusion import draw_confusion

        draw_confusion(figures / "confusion.png", pooled, names)
    given = "as asked for" if threshold is not None else used
    title = f"A gesture counts where its probability crosses {facts['threshold']:g} ({given})."
    return Report(title, facts, sections)


def _row(name: str, errors: GestureErrors, cler: float) -> list[str]:
    return [
        name,
        f"{cler:.4f}",
        str(sum(errors.labels.values())),
        f"{errors.misses_per_minute:.2f}",
        f"{errors.false_per_minute:.2f}",
    ]


def _names(labels: Sequence[str], errors: GestureErrors) -> list[str]:
    """Return the model's gestures and whatever else was done."""
    return [*labels, *(name for name in errors.labels if name not in labels)]


def _confusions(errors: GestureErrors, names: Sequence[str]) -> list[list[str]]:
    rows = [
        [name, *(_count(errors.confusion.get((name, found), 0)) for found in (*names, None))]
        for name in names
    ]
    return [*rows, ["nothing", *(_count(errors.false_alarms.get(name, 0)) for name in names), ""]]


def _count(number: int) -> str:
    return str(number) if number else "."
