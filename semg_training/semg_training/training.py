# SPDX-License-Identifier: Apache-2.0
"""From a recipe and recordings to a model bundle."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from rich.console import Console

from semg_decoders.inference.bundle import ModelBundle
from semg_training.fitting.devices import check_devices
from semg_training.fitting.precision import faster_precision
from semg_training.gesture_targets import NINE_GESTURES, GestureSet
from semg_training.posture_training import all_hold, gather_postures, posture_task
from semg_training.publish import LICENCE
from semg_training.publish_postures import publish_postures
from semg_training.recipes.reading import find_recipe, read_recipe
from semg_training.recipes.recipe import AUTO, Recipe
from semg_training.refusal import TrainingRefused
from semg_training.request import TrainingRequest
from semg_training.sources.gathering import Gathered, gather
from semg_training.sources.own_gestures import gesture_set
from semg_training.start import load_start
from semg_training.tasks.kinds import KINDS
from semg_training.tasks.task import Begins
from semg_training.training_job import TrainingJob

_BESIDE_A_WINDOW = 0.1
"""s, that are needed more: the left context of the first frame."""


def train(request: TrainingRequest, console: Console) -> ModelBundle:
    """Train, and write a bundle.

    Parameters
    ----------
    request : TrainingRequest
        What is asked for.
    console : Console
        For lines and bars.

    Raises
    ------
    TrainingRefused, RecipeError, CheckpointError
        One line for the user.
    Interrupted
        If a signal asked to stop; the same request goes on.
    """
    check_output(request.output, request.force)
    check_devices(request.accelerator, request.devices)
    if request.task == "gestures" and not request.people and all_hold(request.data.paths):
        return _train_postures(request, console)
    recipe = chosen_recipe(request)
    kind = KINDS[recipe.task]

    def log(line: str) -> None:
        console.print(line, markup=False, soft_wrap=True)

    gestures, labels = NINE_GESTURES, kind.labels
    if recipe.task == "gestures":
        if request.data:
            gestures = gesture_set(request.data, recipe.people, log)
        recipe = _with_gestures(recipe, gestures, request.any_rotation)
        labels = gestures.labels
    start = None if request.start is None else load_start(request.start, recipe, labels)
    gathered = gather(
        recipe.task,
        kind.recording(recipe),
        recipe.people,
        request.data,
        gestures=gestures,
        processes=request.processes,
        progress=console.is_terminal,
        log=log,
    )
    _check_lengths(gathered, recipe)
    if recipe.task == "gestures":
        _check_done(gathered)
    job = TrainingJob(request, recipe, gathered, {"start": start.bundle.sha256} if start else {})
    task = kind.task(recipe, gathered.training, gathered.choice)
    if start is not None:
        network = start.network
    else:
        network = kind.network(recipe.network)
        if isinstance(task, Begins):
            task.begin(network, np.random.default_rng(request.seed))
    origin = job.fit(network, task, console, log)
    licence = LICENCE
    if start is not None:
        origin["started_from"], licence = start.origin, start.bundle.licence
    return kind.publish(
        network, gathered.choice, gathered.choice_origin, origin, request.output, licence
    )


def _train_postures(request: TrainingRequest, console: Console) -> ModelBundle:
    """Train on recordings whose gestures are held; see `train`."""

    def log(line: str) -> None:
        console.print(line, markup=False, soft_wrap=True)

    changes = list(request.changes)
    if request.precision is not None:
        changes.append(f"precision={request.precision}")
    if request.data.labels:
        raise TrainingRefused("--labels: is for gestures that pass, but those of --data are held")
    if request.start is not None:
        raise TrainingRefused("--from: is not for held postures, which train in a minute")
    if request.data.nothing_done:
        raise TrainingRefused(
            "--null-data: is for gestures that pass, but those of --data are held"
        )
    path = find_recipe("postures", request.size)
    recipe = _of_task(read_recipe(path, changes), "postures", path)
    recipe = _with_precision(recipe, request.accelerator)
    gathered = gather_postures(request.data.paths, request.data.strict, log)
    log(f"held postures: {', '.join(gathered.labels)}; {gathered.seconds:.0f} s to train on")
    job = TrainingJob(request, recipe, gathered, {"any_rotation": request.any_rotation})
    network, task = posture_task(recipe, gathered, request.any_rotation)
    origin = job.fit(network, task, console, log)
    measured = gathered.choice or gathered.training
    on = "recordings for model choice" if gathered.choice else "the recordings it was trained on"
    return publish_postures(network, gathered.labels, measured, on, origin, request.output)


def chosen_recipe(request: TrainingRequest) -> Recipe:
    """Read the recipe of a request, with what the request changes in it.

    Raises
    ------
    RecipeError
        If it is none, or what is changed has no place in it.
    TrainingRefused
        If it is of another task.
    """
    path = find_recipe(request.task, request.size)
    changes = list(request.changes)
    people = {
        "training": request.people,
        "choice": request.choice_people,
        "minutes": request.minutes,
    }
    if request.data:
        people = {name: 0 if value is None else value for name, value in people.items()}
        people["minutes"] = request.minutes
        if request.choice_people is None and request.people:
            people["choice"] = None
    changes += [f"people.{name}={value}" for name, value in people.items() if value is not None]
    if request.precision is not None:
        changes.append(f"precision={request.precision}")
    if request.any_rotation:
        changes += ["augmentation.roll=8", "augmentation.roll_probability=1.0"]
    recipe = _of_task(read_recipe(path, changes), request.task, path)
    return _with_precision(recipe, request.accelerator)


def _of_task(recipe: Recipe, task: str, path: Path) -> Recipe:
    """Return the recipe, if it is of this task."""
    if recipe.task != task:
        raise TrainingRefused(f"{path}: is for {recipe.task}, but what is trained is {task}")
    return recipe


def _with_gestures(recipe: Recipe, gestures: GestureSet, any_rotation: bool) -> Recipe:
    """Return the recipe with as many channels and outputs as a set of gestures has."""
    usual, wanted = type(recipe.network)(), recipe.network
    for name, found in (("channels", gestures.channels), ("outputs", len(gestures.labels))):
        if getattr(wanted, name) not in (found, getattr(usual, name)):
            raise TrainingRefused(
                f"network.{name}: {getattr(wanted, name)}, but what is trained on has {found}"
            )
    network = replace(recipe.network, channels=gestures.channels, outputs=len(gestures.labels))
    augmentation = recipe.augmentation
    if any_rotation:
        augmentation = replace(augmentation, roll=gestures.channels // 2)
    return replace(recipe, network=network, augmentation=augmentation)


def _with_precision(recipe: Recipe, accelerator: str) -> Recipe:
    """Return the recipe with what `AUTO` means on this machine."""
    if recipe.precision != AUTO:
        return recipe
    return replace(recipe, precision=faster_precision(accelerator))


def check_output(output: Path, force: bool) -> None:
    """Refuse a folder into which no bundle may be written.

    Raises
    ------
    TrainingRefused
        If it holds a bundle and `force` is not set, or holds something else.
    """
    if not output.resolve().parent.is_dir():
        raise TrainingRefused(f"--output {output}: no folder {output.parent} to write it into")
    if not output.exists():
        return
    if not output.is_dir():
        raise TrainingRefused(f"--output {output}: there is a file of that name; must be a folder")
    if not any(output.iterdir()):
        return
    if not (output / "bundle.yaml").is_file():
        raise TrainingRefused(f"--output {output}: holds other things than a bundle")
    if not force:
        raise TrainingRefused(f"--output {output}: is there already; --force replaces it")


def _check_lengths(gathered: Gathered, recipe: Recipe) -> None:
    longest = max(recording.seconds for recording in gathered.training)
    if longest < recipe.batch.window_s + _BESIDE_A_WINDOW:
        raise TrainingRefused(
            f"batch.window_s: {recipe.batch.window_s:g} s, but the longest of the recordings to "
            f"train on lasts {longest:.1f} s; take longer recordings, or --set batch.window_s="
        )


def _check_done(gathered: Gathered) -> None:
    sides = {"train on": gathered.training, "choose the model on": gathered.choice}
    for use, recordings in sides.items():
        if not any(len(recording.events) for recording in recordings):
            raise TrainingRefused(
                f"--data: no gesture is done in what there is to {use}; there must be some, and of "
                f"a recording that is in no corpus the last fifth is to choose the model on"
            )
