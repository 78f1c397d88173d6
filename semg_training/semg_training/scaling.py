# SPDX-License-Identifier: Apache-2.0
"""The same training on more and more people, and the error for people held out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console

from semg_decoders.inference.bundle import BundleError, ModelBundle
from semg_training.bundle_network import network_of
from semg_training.recipes.recipe import Recipe
from semg_training.refusal import TrainingRefused
from semg_training.request import TrainingRequest
from semg_training.sources.people import People, load_people
from semg_training.sources.simulation import simulation
from semg_training.tasks.person_errors import PERSON_ERRORS
from semg_training.training import chosen_recipe, train

FIRST_HELD_OUT = 701
"""Seed of the first person whom errors are measured on."""


@dataclass(frozen=True)
class HeldOutError:
    """What a network that was trained on so many people does to one that is held out.

    Attributes
    ----------
    people : int
        Trained on.
    person : int
        Seed of the one that is held out.
    errors : dict of str to float
        As `PERSON_ERRORS` names them.
    """

    people: int
    person: int
    errors: dict[str, float]


def scaling_errors(
    request: TrainingRequest,
    numbers: Sequence[int],
    held_out: People,
    folder: Path,
    console: Console,
) -> Iterator[list[HeldOutError]]:
    """Train once for each number of people, and measure each network on the same people.

    The people of a smaller number are among those of a larger one. All trainings have the same
    number of steps, and choose their weights on the same model-choice people. What was finished
    before is taken from `folder`, and what was interrupted goes on.

    Parameters
    ----------
    request : TrainingRequest
        How; `people`, `output` and `log_folder` are set for each training.
    numbers : sequence of int
        Of people.
    held_out : People
        Whom errors are measured on.
    folder : Path
        For the trainings.
    console : Console
        For lines and bars.

    Yields
    ------
    list of HeldOutError
        One for each person, as each training ends.

    Raises
    ------
    TrainingRefused, RecipeError, CheckpointError
        One line for the user.
    Interrupted
        If a signal asked to stop.
    """
    recipe = chosen_recipe(request)
    if recipe.schedule.unit != "steps" and not request.steps:
        raise TrainingRefused(
            f"--steps: must be given with --size {request.size}, whose length depends on the "
            f"number of people"
        )
    for number in numbers:
        one = replace(request, people=number)
        place = folder / _name(one, chosen_recipe(one))
        console.print(f"{number} people ({place})", markup=False, soft_wrap=True)
        yield _errors(one, number, held_out, place, console)


def _errors(
    request: TrainingRequest, number: int, held_out: People, place: Path, console: Console
) -> list[HeldOutError]:
    bundle = _trained(request, place, console)
    kept = place / f"errors-{held_out.minutes:g}min.json"
    found = _kept(kept, bundle)
    if any(str(seed) not in found for seed in held_out.seeds):
        trained = network_of(bundle)
        persons = load_people(
            held_out,
            trained.kind.recording(chosen_recipe(request)),
            processes=request.processes,
            progress=console.is_terminal,
        )
        errors = PERSON_ERRORS[trained.task]
        for seed, recordings in zip(held_out.seeds, persons, strict=True):
            if str(seed) not in found:
                found[str(seed)] = errors(trained.network, list(recordings.values()))
        content = {"sha256": bundle.sha256, "errors": found}
        kept.write_text(json.dumps(content), encoding="utf-8")
    return [HeldOutError(number, seed, found[str(seed)]) for seed in held_out.seeds]


def _trained(request: TrainingRequest, place: Path, console: Console) -> ModelBundle:
    """Return the bundle of a training, which is done unless it was done before."""
    output = place / "bundle"
    if output.exists():
        try:
            return ModelBundle.load(output)
        except BundleError as error:
            console.print(f"trained again: {error}", markup=False, soft_wrap=True)
    place.mkdir(parents=True, exist_ok=True)
    return train(
        replace(request, output=output, force=True, log_folder=place / "training"), console
    )


def _kept(path: Path, bundle: ModelBundle) -> dict[str, dict[str, float]]:
    """Return the errors that were measured before, by seed."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["sha256"] == bundle.sha256:
            found: dict[str, dict[str, float]] = content["errors"]
            return found
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return {}


def _name(request: TrainingRequest, recipe: Recipe) -> str:
    """Name of a training; another one wherever something else would come out."""
    whole: dict[str, Any] = {
        "recipe": asdict(recipe),
        "steps": request.steps,
        "seed": request.seed,
        "devices": request.devices,
        "simulation": simulation(),
    }
    said = json.dumps(whole, sort_keys=True, default=str)
    digest = hashlib.sha256(said.encode()).hexdigest()[:12]
    return f"{request.task}-{request.people:05d}-{digest}"
