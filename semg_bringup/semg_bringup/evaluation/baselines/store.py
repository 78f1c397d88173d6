# SPDX-License-Identifier: Apache-2.0
"""Baselines are fitted once for each simulation, and kept."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from semg_bringup.evaluation.baselines import gestures, handwriting, wrist
from semg_bringup.evaluation.baselines.discriminant import Discriminant
from semg_bringup.evaluation.baselines.gestures import GestureBaseline
from semg_bringup.evaluation.baselines.handwriting import HandwritingBaseline
from semg_bringup.evaluation.baselines.regression import Regression
from semg_bringup.evaluation.baselines.wrist import WristBaseline
from semg_bringup.evaluation.parallel import in_processes
from semg_driver.simulation.version import simulation_hash
from semg_node.cache_folder import cache_folder

PEOPLE = range(1_500_000, 1_500_016)
"""Whom baselines are fitted to: among the people that models are trained on."""
VERSION = 1
"""Counts every change to what a baseline is."""

Baseline = TypeVar("Baseline")
Example = TypeVar("Example")
_Arrays = dict[str, NDArray[np.float64]]


def gesture_baseline(
    people: range = PEOPLE, *, processes: int | None = None, progress: bool = True
) -> GestureBaseline:
    """Return the baseline for gestures, fitting it if that was not done before."""

    def fit() -> GestureBaseline:
        return GestureBaseline.fit(_simulated(gestures.examples, people, processes, progress))

    return _kept(
        baseline_path("gestures", people),
        fit,
        lambda b: {**_of_discriminant(b.discriminant), "threshold": np.array(b.threshold)},
        lambda a: GestureBaseline(_discriminant(a), float(a["threshold"])),
    )


def wrist_baseline(
    people: range = PEOPLE, *, processes: int | None = None, progress: bool = True
) -> WristBaseline:
    """Return the baseline for the wrist, fitting it if that was not done before."""

    def fit() -> WristBaseline:
        return WristBaseline.fit(_simulated(wrist.examples, people, processes, progress))

    return _kept(
        baseline_path("wrist", people),
        fit,
        lambda b: {"weights": b.regression.weights, "offset": np.array(b.regression.offset)},
        lambda a: WristBaseline(Regression(a["weights"], float(a["offset"]))),
    )


def handwriting_baseline(
    people: range = PEOPLE, *, processes: int | None = None, progress: bool = True
) -> HandwritingBaseline:
    """Return the baseline for handwriting, fitting it if that was not done before."""
    return _kept(
        baseline_path("handwriting", people),
        lambda: HandwritingBaseline.fit(
            _simulated(handwriting.examples, people, processes, progress)
        ),
        lambda b: {**_of_discriminant(b.discriminant), "patience": np.array(b.patience)},
        lambda a: HandwritingBaseline(_discriminant(a), float(a["patience"])),
    )


def baseline_path(task: str, people: range = PEOPLE) -> Path:
    """Return where a task's baseline is kept."""
    name = f"{simulation_hash()}-{people.start}-{len(people)}-v{VERSION}"
    return cache_folder() / "baselines" / name / f"{task}.npz"


def _simulated(
    make: Callable[[int], Example], people: range, processes: int | None, progress: bool
) -> list[Example]:
    what = "Fitting the linear baseline"
    return in_processes(make, people, what, processes=processes, progress=progress)


def _kept(
    path: Path,
    fit: Callable[[], Baseline],
    arrays: Callable[[Baseline], _Arrays],
    baseline: Callable[[_Arrays], Baseline],
) -> Baseline:
    try:
        with np.load(path, allow_pickle=False) as file:
            return baseline(dict(file))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        fitted = fit()
    partial = path.with_name(f".{path.stem}.{os.getpid()}.npz")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        named: dict[str, Any] = {**arrays(fitted)}
        np.savez(partial, **named)
        partial.replace(path)
    except OSError:
        # It is only fitted anew next time.
        partial.unlink(missing_ok=True)
    return fitted


def _of_discriminant(discriminant: Discriminant) -> _Arrays:
    return {"weights": discriminant.weights, "offsets": discriminant.offsets}


def _discriminant(arrays: _Arrays) -> Discriminant:
    return Discriminant(arrays["weights"], arrays["offsets"])
