# SPDX-License-Identifier: Apache-2.0
"""From a bundle and one person's recordings to a bundle for that person."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from rich.console import Console
from torch import nn

from semg_decoders.inference.bundle import ModelBundle
from semg_decoders.inference.writer import replace_bundle
from semg_decoders.signal.mpf import HANDWRITING_WINDOW, WRIST_WINDOW
from semg_node.strict_yaml import read_yaml
from semg_training.bundle_network import BundleNetwork, network_of, noise_steps
from semg_training.export import exported
from semg_training.fitting.devices import check_devices
from semg_training.fitting.fit import FitSettings, fit
from semg_training.fitting.plan import Plan
from semg_training.personalising.layers import LAYERS, freeze_others, trained_weights
from semg_training.personalising.recordings import PersonRecordings, read_person
from semg_training.recipes.reading import find_recipe, read_recipe, recipe_from
from semg_training.recipes.recipe import Recipe
from semg_training.recordings import NOISE_FLOOR
from semg_training.refusal import TrainingRefused
from semg_training.sources.people import People, load_people
from semg_training.sources.real_recordings import CHANNELS
from semg_training.tasks.kinds import KINDS
from semg_training.tasks.person_errors import PERSON_ERRORS, PersonErrors
from semg_training.tasks.task import Task
from semg_training.training import check_output

FIRST_OTHER = 901
"""Seed of the first simulated person on whom is measured what happens to others."""
RATES = (3e-3, 1e-3, 3e-4)
"""Learning rates that are tried."""
_CHECKS = 10
_LARGEST_BATCH = 32
_BESIDE_A_WINDOW = 0.1
_SHORTEST_WINDOW = 1.0
_CHECKED_STEPS = 100
_TOLERANCE = 1e-4
_WINDOWS = {"wrist": WRIST_WINDOW, "handwriting": HANDWRITING_WINDOW}


@dataclass(frozen=True)
class PersonaliseRequest:
    """As on the command line.

    Attributes
    ----------
    bundle : Path
        Folder of the bundle to start from.
    recordings : tuple of Path
        Labelled, of one person.
    output : Path
        Folder of the new bundle.
    force : bool
        Whether a bundle in `output` is replaced.
    others : int
        Simulated people who are measured before and after.
    other_minutes : float
        Of EMG of each.
    layers : tuple of str
        Of `LAYERS`, that are tried.
    rates : tuple of float
        Learning rates that are tried with each.
    steps : int
        Most that are taken; the number is chosen among tenths of it.
    seed : int
        Of batches and dropout.
    accelerator : str
        ``auto``, ``cpu`` or ``gpu``.
    command : str
        The command line, for the bundle.
    """

    bundle: Path
    recordings: tuple[Path, ...]
    output: Path
    force: bool = False
    others: int = 5
    other_minutes: float = 2.0
    layers: tuple[str, ...] = LAYERS
    rates: tuple[float, ...] = RATES
    steps: int = 300
    seed: int = 0
    accelerator: str = "auto"
    command: str = ""


@dataclass(frozen=True)
class Chosen:
    """The best of what was tried.

    Attributes
    ----------
    layers : str
        That were trained.
    rate : float
        Learning rate at its highest.
    steps : int
        After which the weights were kept.
    score : float
        On the validation part; more is better.
    """

    layers: str
    rate: float
    steps: int
    score: float


@dataclass(frozen=True)
class PersonaliseReport:
    """What came of it.

    Attributes
    ----------
    chosen : Chosen or None
        None if nothing was better than the start: then there is no bundle.
    before, after : dict of str to float
        Errors on the validation part.
    others_before, others_after : dict of str to float
        Mean errors on other people; empty if nobody was asked for.
    """

    chosen: Chosen | None
    before: PersonErrors
    after: PersonErrors
    others_before: PersonErrors
    others_after: PersonErrors


def personalise(request: PersonaliseRequest, console: Console) -> PersonaliseReport:
    """Fine-tune a bundle on one person's recordings.

    Layers, learning rate and number of steps are chosen by validation on the last fifth of each
    recording. What did best is written as it was measured: it is not trained again on all of the
    recordings, so that it is never worse than the start on that part.

    Parameters
    ----------
    request : PersonaliseRequest
        What is asked for.
    console : Console
        For lines and bars.

    Raises
    ------
    TrainingRefused, RecordingError, BundleError, RecipeError
        One line for the user.
    Interrupted
        If a signal asked to stop.
    """
    check_output(request.output, request.force)
    check_devices(request.accelerator)
    bundle = ModelBundle.load(request.bundle)
    start = network_of(bundle)
    _check_usable(bundle, start.task)

    def log(line: str) -> None:
        console.print(line, markup=False, soft_wrap=True)

    recipe = _recipe(bundle, start)
    kind = start.kind.recording(recipe)
    person = read_person(
        request.recordings, start.task, kind, progress=console.is_terminal, log=log
    )
    recipe = _fitting(recipe, person, request.recordings[0])
    task = start.kind.task(recipe, person.training, person.validation)
    network, chosen = _best(request, recipe, start.network, task, console, log)
    errors = PERSON_ERRORS[start.task]
    before = errors(start.network, person.validation)
    if chosen is None:
        return PersonaliseReport(None, before, before, {}, {})
    others = _others(request, kind, console) if request.others else []
    report = PersonaliseReport(
        chosen,
        before,
        errors(network, person.validation),
        _mean([errors(start.network, one) for one in others]),
        _mean([errors(network, one) for one in others]),
    )
    _write(request, bundle, network, report)
    return report


def _best(
    request: PersonaliseRequest,
    recipe: Recipe,
    start: nn.Module,
    task: Task,
    console: Console,
    log: Callable[[str], None],
) -> tuple[nn.Module, Chosen | None]:
    """Try everything; return the best network, and how it was made."""
    best, chosen = start, None
    highest, line = task.score(start)
    log(f"start: {line}")
    with TemporaryDirectory() as folder:
        for layers in request.layers:
            count = len(trained_weights(start, layers))
            for rate in request.rates:
                log(f"training {layers} ({count} tensors) at {rate:g}")
                network = copy.deepcopy(start)
                freeze_others(network, layers)
                record = fit(
                    network,
                    task,
                    _settings(request, recipe, rate),
                    Path(folder) / f"{layers}-{rate:g}",
                    {},
                    console=console if console.is_terminal else None,
                    log=log,
                )
                if record.score > highest:
                    highest = record.score
                    best, chosen = network, Chosen(layers, rate, record.step, record.score)
    return best, chosen


def _settings(request: PersonaliseRequest, recipe: Recipe, rate: float) -> FitSettings:
    steps = request.steps
    return FitSettings(
        optimiser=replace(recipe.optimiser, learning_rate=rate),
        plan=Plan(steps, min(steps // 10, 20), max(1, math.ceil(steps / _CHECKS))),
        seed=request.seed,
        accelerator=request.accelerator,
    )


def _recipe(bundle: ModelBundle, start: BundleNetwork) -> Recipe:
    """Return how the bundle was trained; as small ones are, if it does not say."""
    said, where = bundle.trained_on.get("recipe"), f"{bundle.description_path}: trained_on.recipe"
    if isinstance(said, Mapping):
        recipe = recipe_from(said, where)
    else:
        recipe = read_recipe(find_recipe(start.task, "small"))
    return replace(recipe, network=start.network.settings)


def _fitting(recipe: Recipe, person: PersonRecordings, path: Path) -> Recipe:
    """Make batches and windows as small as a few recordings of one person allow."""
    longest = person.seconds - _BESIDE_A_WINDOW
    if longest < _SHORTEST_WINDOW:
        raise TrainingRefused(
            f"--recording {path}: {person.seconds:.1f} s in one piece to train on, must be at "
            f"least {_SHORTEST_WINDOW + _BESIDE_A_WINDOW:g} s"
        )
    batch = replace(
        recipe.batch,
        size=min(recipe.batch.size, _LARGEST_BATCH),
        window_s=min(recipe.batch.window_s, longest),
        accumulate=1,
    )
    return replace(recipe, batch=batch, precision="float32")


def _others(request: PersonaliseRequest, kind: type[Any], console: Console) -> list[list[Any]]:
    people = People(FIRST_OTHER, request.others, request.other_minutes, held_out=True)
    return [
        list(recordings.values())
        for recordings in load_people(people, kind, progress=console.is_terminal)
    ]


def _mean(errors: Sequence[PersonErrors]) -> PersonErrors:
    """Return the mean over people of each error, of those who have it."""
    means = {}
    for name in errors[0] if errors else ():
        values = [one[name] for one in errors if math.isfinite(one[name])]
        means[name] = float(np.mean(values)) if values else math.nan
    return means


def _check_usable(bundle: ModelBundle, task: str) -> None:
    where = f"bundle '{bundle.name}'"
    if bundle.input.channels != CHANNELS:
        raise TrainingRefused(
            f"{where}: {bundle.input.channels} channels, must have {CHANNELS} to be personalised"
        )
    labels = KINDS[task].labels
    if tuple(bundle.output.labels) != labels:
        raise TrainingRefused(
            f"{where}: answers {', '.join(bundle.output.labels[:4])}, …; to be personalised it "
            f"must answer {', '.join(labels[:4])}{', …' if len(labels) > 4 else ''}"
        )
    if bundle.mpf is not None and bundle.mpf.window != _WINDOWS[task]:
        raise TrainingRefused(
            f"{where}: MPF windows of {bundle.mpf.window} samples, must be {_WINDOWS[task]} to be "
            f"personalised"
        )


def _write(
    request: PersonaliseRequest, bundle: ModelBundle, network: nn.Module, report: PersonaliseReport
) -> None:
    graph, difference = exported(
        network,  # type: ignore[arg-type]
        bundle.input.tensor,
        bundle.output.tensor,
        noise_steps(bundle, _CHECKED_STEPS),
        _TOLERANCE,
    )
    description: Any = read_yaml(bundle.description_path).plain()
    assert report.chosen is not None
    chosen = asdict(report.chosen)
    del chosen["score"]
    description["trained_on"]["personalised"] = {
        "recordings": [path.name for path in request.recordings],
        "base_sha256": bundle.sha256,
        "command": request.command,
        **chosen,
        "seed": request.seed,
        "before": _rounded(report.before),
        "after": _rounded(report.after),
    }
    description["metrics"] = {
        "measured_on": "the last fifth of the recordings of one person",
        **_rounded(report.after),
        "onnx_differs_from_torch_by": float(f"{difference:.1e}"),
    }
    if report.others_after:
        description["metrics"]["other_people"] = {
            "measured_on": f"{request.others} simulated people from {FIRST_OTHER} on",
            "before": _rounded(report.others_before),
            "after": _rounded(report.others_after),
        }
    if bundle.mpf is not None:
        # As of the frames that it was trained on.
        description["mpf"]["noise_floor"] = NOISE_FLOOR
    replace_bundle(request.output, graph, description)


def _rounded(errors: PersonErrors) -> dict[str, float | None]:
    return {
        name: round(value, 4) if math.isfinite(value) else None for name, value in errors.items()
    }
