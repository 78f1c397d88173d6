# SPDX-License-Identifier: Apache-2.0
"""How well the decoders do on simulated people whom they have never seen.

Every sample goes through the same engines as in the nodes, 20 samples at a time. A linear
baseline, fitted to other people of the same simulation, decodes the same EMG beside them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar

from semg_bringup.evaluation.baselines import store
from semg_bringup.evaluation.baselines.gestures import GestureBaseline
from semg_bringup.evaluation.baselines.handwriting import HandwritingBaseline
from semg_bringup.evaluation.baselines.wrist import WristBaseline
from semg_bringup.evaluation.parallel import in_processes
from semg_bringup.evaluation.people import gestures, handwriting, wrist
from semg_bringup.evaluation.people.gestures import GesturePerformances, GestureScore
from semg_bringup.evaluation.people.handwriting import WritingScore
from semg_bringup.evaluation.people.performance import performance
from semg_decoders.evaluation.velocity import VelocityScore
from semg_decoders.inference.bundle import BundleError
from semg_decoders.inference.lookup import find_bundle
from semg_decoders.inference.session import Model

FIRST_TRAINING_SEED = 1_000_000
"""People from here on are for training and model choice, not for evaluation."""
OUTSIDE = 1.5
"""Spread of people outside the ranges that models are trained on."""
TASKS: Mapping[str, str] = {
    "gestures": "discrete_gestures",
    "wrist": "wrist",
    "handwriting": "handwriting",
}
"""The task that a bundle names, by ours."""

Score = TypeVar("Score")


@dataclass(frozen=True)
class Pair(Generic[Score]):
    """The same EMG, decoded in two ways.

    Attributes
    ----------
    decoder : Score
        By the bundle.
    baseline : Score or None
        By the linear baseline; None if it was not wanted.
    """

    decoder: Score
    baseline: Score | None = None


@dataclass(frozen=True)
class PersonResult:
    """How well the decoders do on one person; None for tasks that were left out.

    Attributes
    ----------
    seed : int
        Who.
    gestures : Pair of GestureScore, or None
        While doing gestures, and anything else.
    wrist : Pair of VelocityScore, or None
        While the wrist moves.
    handwriting : Pair of WritingScore, or None
        While writing.
    """

    seed: int
    gestures: Pair[GestureScore] | None = None
    wrist: Pair[VelocityScore] | None = None
    handwriting: Pair[WritingScore] | None = None


@dataclass(frozen=True)
class Trial:
    """What is done with each person.

    Attributes
    ----------
    bundles : mapping of str to Path
        Folder of the bundle for each task that is scored, by keys of `TASKS`.
    minutes : float
        Of gestures, of anything else, of wrist movement, and of writing, per person.
    spread : float
        How far people are from the usual one: 1 as models are trained on.
    threshold : float
        Probability whose crossing is a gesture.
    baselines : mapping of str to object
        The fitted baseline for each of the tasks; empty for none.
    """

    bundles: Mapping[str, Path]
    minutes: float
    spread: float
    threshold: float
    baselines: Mapping[str, GestureBaseline | WristBaseline | HandwritingBaseline]


@dataclass(frozen=True)
class Evaluation:
    """Results of all people.

    Attributes
    ----------
    minutes, spread, threshold : float
        As in `Trial`.
    people : tuple of PersonResult
        In the order of the seeds.
    """

    minutes: float
    spread: float
    threshold: float
    people: tuple[PersonResult, ...]


def evaluate_people(
    bundles: Mapping[str, str | Path],
    seeds: Sequence[int],
    minutes: float = 2.0,
    *,
    spread: float = 1.0,
    threshold: float | None = None,
    baseline: bool = True,
    processes: int | None = None,
    progress: bool = True,
) -> Evaluation:
    """Let simulated people do what bundles are for, and decode it.

    Parameters
    ----------
    bundles : mapping of str to str or Path
        Name of an installed bundle, or a folder, for each task that is to be scored.
    seeds : sequence of int
        Who. Seeds from 1,000,000 on are refused: models are trained on them.
    minutes : float
        Of gestures, of anything else, of wrist movement, and of writing, per person.
    spread : float
        How far people are from the usual one; `OUTSIDE` for people unlike those trained on.
    threshold : float, optional
        Probability whose crossing is a gesture; that of the bundle's live events if not given.
    baseline : bool
        Whether the linear baselines decode the same people; they are fitted if need be.
    processes : int, optional
        How many people are decoded at once; all cores when not given.
    progress : bool
        Whether to show progress bars.

    Raises
    ------
    ValueError
        For a seed that is kept for training, no seeds, no tasks, or no time.
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
    if not bundles or not set(bundles) <= set(TASKS):
        raise ValueError(f"tasks: {', '.join(bundles) or 'none'}, must be of {', '.join(TASKS)}")
    if not (math.isfinite(minutes) and minutes > 0):
        raise ValueError(f"minutes: {minutes}, must be a positive number")
    models = {task: _model(task, bundle) for task, bundle in bundles.items()}
    if threshold is None and "gestures" in models:
        threshold = gestures.live_threshold(models["gestures"])
    fits: dict[str, Callable[..., GestureBaseline | WristBaseline | HandwritingBaseline]] = {
        "gestures": store.gesture_baseline,
        "wrist": store.wrist_baseline,
        "handwriting": store.handwriting_baseline,
    }
    wanted = models if baseline else {}
    trial = Trial(
        {task: model.bundle.folder for task, model in models.items()},
        minutes,
        spread,
        math.nan if threshold is None else threshold,
        {task: fits[task](processes=processes, progress=progress) for task in wanted},
    )
    results = in_processes(
        partial(evaluate_person, trial),
        seeds,
        "Decoding people",
        processes=processes,
        progress=progress,
    )
    return Evaluation(minutes, spread, trial.threshold, tuple(results))


def evaluate_person(trial: Trial, seed: int) -> PersonResult:
    """Decode one person."""
    return PersonResult(
        seed,
        _gestures(trial, seed) if "gestures" in trial.bundles else None,
        _wrist(trial, seed) if "wrist" in trial.bundles else None,
        _handwriting(trial, seed) if "handwriting" in trial.bundles else None,
    )


def _model(task: str, bundle: str | Path) -> Model:
    model = Model.load(str(find_bundle(bundle)))
    if model.bundle.task != TASKS[task]:
        raise BundleError(
            f"bundle '{model.bundle.name}': for {model.bundle.task}, must be for {TASKS[task]}"
        )
    return model


def _gestures(trial: Trial, seed: int) -> Pair[GestureScore]:
    model = Model.load(str(trial.bundles["gestures"]))
    done = GesturePerformances.of(seed, trial.minutes, trial.spread)
    score = gestures.score_person(gestures.finder(model, trial.threshold), done)
    match trial.baselines.get("gestures"):
        case GestureBaseline() as linear:
            return Pair(score, gestures.score_person(linear.find, done))
    return Pair(score)


def _wrist(trial: Trial, seed: int) -> Pair[VelocityScore]:
    model = Model.load(str(trial.bundles["wrist"]))
    done = performance(seed, "wrist", 60.0 * trial.minutes, trial.spread)
    score = wrist.score_person(wrist.follower(model), done)
    match trial.baselines.get("wrist"):
        case WristBaseline() as linear:
            return Pair(score, wrist.score_person(linear.follow, done))
    return Pair(score)


def _handwriting(trial: Trial, seed: int) -> Pair[WritingScore]:
    model = Model.load(str(trial.bundles["handwriting"]))
    done = performance(seed, "handwriting", 60.0 * trial.minutes, trial.spread)
    score = handwriting.score_person(handwriting.reader(model), done)
    match trial.baselines.get("handwriting"):
        case HandwritingBaseline() as linear:
            return Pair(score, handwriting.score_person(linear.read, done))
    return Pair(score)
