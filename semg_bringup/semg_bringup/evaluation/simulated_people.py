# SPDX-License-Identifier: Apache-2.0
"""How well the decoders do on simulated people whom they have never seen.

Every sample goes through the same engines as in the nodes, 20 samples at a time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semg_bringup.evaluation.parallel import in_processes
from semg_decoders.decoding.events import EventDetector, event_settings
from semg_decoders.decoding.gestures import GestureDecoder
from semg_decoders.decoding.wrist import WristDecoder, wrist_settings
from semg_decoders.evaluation.events import (
    EventScore,
    TimedEvent,
    pool_scores,
    score_events,
)
from semg_decoders.evaluation.velocity import VelocityScore, mean_velocity, score_velocity
from semg_decoders.inference.lookup import find_bundle
from semg_decoders.inference.session import Model
from semg_decoders.signal.conditioning import NOISE_SD, SAMPLE_RATE, Conditioner
from semg_decoders.signal.mpf import WRIST_WINDOW, MultiWindowMpf
from semg_driver.devices.device import Truth
from semg_driver.simulation.recording import simulate

PUSH = 20
FIRST_TRAINING_SEED = 1_000_000
"""People from here on are for training and model choice, not for evaluation."""


@dataclass(frozen=True)
class PersonResult:
    """How well the decoders do on one person.

    Attributes
    ----------
    seed : int
        Who.
    gestures : EventScore
        While doing gestures.
    rest : EventScore
        While doing nothing: every event is false.
    moving : EventScore
        While only the wrist moves: every event is false.
    wrist : VelocityScore
        While the wrist moves.
    """

    seed: int
    gestures: EventScore
    rest: EventScore
    moving: EventScore
    wrist: VelocityScore


@dataclass(frozen=True)
class Evaluation:
    """Results of all people.

    Attributes
    ----------
    minutes : float
        Of gestures, of rest, and of wrist movement, per person.
    people : tuple of PersonResult
        In the order of the seeds.
    """

    minutes: float
    people: tuple[PersonResult, ...]

    @property
    def event_f1(self) -> float:
        """Mean over people of the F1 of all events."""
        return _mean([person.gestures.pooled.f1 for person in self.people])

    @property
    def gesture_f1(self) -> dict[str, float]:
        """F1 of each gesture, the events of all people together."""
        pooled = pool_scores(person.gestures for person in self.people)
        return {name: counts.f1 for name, counts in pooled.by_gesture.items()}

    @property
    def false_per_minute_at_rest(self) -> float:
        """False events per minute of rest."""
        return _mean([person.rest.false_per_minute for person in self.people])

    @property
    def false_per_minute_moving(self) -> float:
        """False events per minute of wrist movement without gestures."""
        return _mean([person.moving.false_per_minute for person in self.people])

    @property
    def correlation(self) -> float:
        """Mean over people of the correlation of wrist velocity."""
        return _mean([person.wrist.correlation for person in self.people])

    @property
    def error(self) -> float:
        """Mean absolute error of wrist velocity in deg/s."""
        return _mean([person.wrist.error for person in self.people])

    @property
    def mean_speed(self) -> float:
        """Mean wrist speed in deg/s; also the error of always answering zero."""
        return _mean([person.wrist.mean_speed for person in self.people])


def evaluate_people(
    gestures_bundle: str | Path,
    wrist_bundle: str | Path,
    seeds: Sequence[int],
    minutes: float = 2.0,
    *,
    processes: int | None = None,
    progress: bool = True,
) -> Evaluation:
    """Let simulated people do gestures, rest and move their wrist, and decode it.

    Parameters
    ----------
    gestures_bundle, wrist_bundle : str or Path
        Name of an installed bundle, or a folder.
    seeds : sequence of int
        Who. Seeds from 1,000,000 on are refused: models are trained on them.
    minutes : float
        Of gestures, of rest, and of wrist movement, per person.
    processes : int, optional
        How many people are decoded at once; all cores when not given.
    progress : bool
        Whether to show a progress bar.

    Raises
    ------
    ValueError
        For a seed that is kept for training, no seeds, or no time.
    BundleError
        If a bundle cannot be used.
    """
    for seed in seeds:
        if not 0 <= seed < FIRST_TRAINING_SEED:
            raise ValueError(
                f"seed {seed}: people for evaluation are 0 to {FIRST_TRAINING_SEED - 1}; "
                f"models are trained on the others"
            )
    if not seeds:
        raise ValueError("seeds: there are none, must be at least one person")
    if not (math.isfinite(minutes) and minutes > 0):
        raise ValueError(f"minutes: {minutes}, must be a positive number")
    folders = find_bundle(gestures_bundle), find_bundle(wrist_bundle)
    for folder in folders:
        Model.load(str(folder))
    results = in_processes(
        partial(evaluate_person, *folders, minutes=minutes),
        seeds,
        "Decoding people",
        processes=processes,
        progress=progress,
    )
    return Evaluation(minutes, tuple(results))


def evaluate_person(
    gestures_bundle: Path, wrist_bundle: Path, seed: int, minutes: float
) -> PersonResult:
    """Decode one person; parameters as for `evaluate_people`."""
    gestures = Model.load(str(gestures_bundle))
    wrist = Model.load(str(wrist_bundle))
    scores = {}
    for script in ("gestures", "rest", "wrist"):
        emg, truth = simulate(seed, script, 60 * minutes, seed)
        conditioned = _conditioned(emg)
        scores[script] = _events(gestures, conditioned, truth)
    return PersonResult(
        seed,
        scores["gestures"],
        scores["rest"],
        scores["wrist"],
        _velocity(wrist, conditioned, truth),
    )


def _conditioned(emg: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    conditioner = Conditioner(SAMPLE_RATE, NOISE_SD, False, emg.shape[1])
    return [conditioner.push(emg[i : i + PUSH], i).emg for i in range(0, len(emg), PUSH)]


def _events(model: Model, blocks: Sequence[NDArray[np.float32]], truth: Truth) -> EventScore:
    decoder = GestureDecoder(model)
    detector = EventDetector(
        decoder.labels,
        decoder.sample_rate,
        event_settings(model.bundle.decoding, model.bundle.name),
    )
    detected = []
    first = 0
    for block in blocks:
        for step in decoder.push(block, first):
            detected += detector.push(step.samples, step.probabilities)
        first += len(block)
    return score_events(
        [TimedEvent(event.name, event.sample / SAMPLE_RATE) for event in detected],
        [TimedEvent(label.name, label.sample / SAMPLE_RATE) for label in truth.gestures],
        first / SAMPLE_RATE,
    )


def _velocity(model: Model, blocks: Sequence[NDArray[np.float32]], truth: Truth) -> VelocityScore:
    bundle = model.bundle
    decoder = WristDecoder(model, settings=wrist_settings(bundle.decoding, bundle.name))
    features = MultiWindowMpf(decoder.channels, (WRIST_WINDOW,))
    samples, decoded = [], []
    first = 0
    for block in blocks:
        frames = features.push(block, first)[WRIST_WINDOW]
        first += len(block)
        if len(frames):
            # The topic between the two nodes carries float32.
            matrices = frames.log_matrices.astype(np.float32)
            for velocity in decoder.push(matrices, int(frames.last_samples[0])):
                samples.append(velocity.sample)
                decoded.append(velocity.velocity)
    true = mean_velocity(truth.wrist_angle, samples, decoder.stride, SAMPLE_RATE)
    return score_velocity(decoded, true)


def to_markdown(evaluation: Evaluation) -> str:
    """Return the results as a table, one row per person and their mean."""
    rows = [
        "| person (seed) | event F1 | false events/min at rest | wrist correlation "
        "| wrist error (deg/s) | mean speed = error of zero (deg/s) | error / zero |",
        "|---|---|---|---|---|---|---|",
    ]
    rows += [
        _row(
            str(person.seed),
            person.gestures.pooled.f1,
            person.rest.false_per_minute,
            person.wrist.correlation,
            person.wrist.error,
            person.wrist.mean_speed,
        )
        for person in evaluation.people
    ]
    rows.append(
        _row(
            "**mean**",
            evaluation.event_f1,
            evaluation.false_per_minute_at_rest,
            evaluation.correlation,
            evaluation.error,
            evaluation.mean_speed,
        )
    )
    by_gesture = ", ".join(f"{name} {f1:.3f}" for name, f1 in evaluation.gesture_f1.items())
    return "\n".join(
        [
            *rows,
            "",
            f"These people are simulated; each does {evaluation.minutes:g} min of gestures, of "
            f"rest and of wrist movement. F1 by gesture: {by_gesture}. While only the wrist "
            f"moves: {evaluation.false_per_minute_moving:.2f} false events/min.",
        ]
    )


def _row(who: str, f1: float, false: float, correlation: float, error: float, speed: float) -> str:
    # In a very short time the wrist does not move.
    ratio = f"{error / speed:.2f}" if speed else ""
    return (
        f"| {who} | {f1:.3f} | {false:.2f} | {correlation:.3f} | {error:.1f} | {speed:.1f} "
        f"| {ratio} |"
    )


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))
