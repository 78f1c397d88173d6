# SPDX-License-Identifier: Apache-2.0
"""Finds recipes and reads them strictly; single values can be changed on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from semg_node.strict_yaml import YamlError, parse_yaml, read_yaml
from semg_training.recipes.fields import refuse_unknown, to_settings
from semg_training.recipes.recipe import (
    BatchSettings,
    OptimiserSettings,
    PeopleSettings,
    Recipe,
    ScheduleSettings,
)
from semg_training.recipes.refusal import RecipeError
from semg_training.tasks.kinds import RECIPE_PARTS

FOLDER = Path(__file__).parent
_GROUPS = {
    "optimiser": OptimiserSettings,
    "schedule": ScheduleSettings,
    "batch": BatchSettings,
    "people": PeopleSettings,
}
_SOURCE = "--set"


def find_recipe(task: str, size: str) -> Path:
    """Return the file of an installed recipe, or of one's own.

    Parameters
    ----------
    task : str
        ``gestures``, ``wrist`` or ``handwriting``.
    size : str
        ``small`` or ``published``, or the path of a YAML file.

    Raises
    ------
    RecipeError
        If there is none.
    """
    installed = FOLDER / f"{task}_{size}.yaml"
    if installed.is_file():
        return installed
    path = Path(size).expanduser()
    if path.suffix == ".yaml" and path.is_file():
        return path
    sizes = sorted(file.stem.split("_", 1)[1] for file in FOLDER.glob(f"{task}_*.yaml"))
    raise RecipeError(
        f"--size {size}: no such recipe for {task}; there are {', '.join(sizes)}, or give a "
        f"YAML file"
    )


def read_recipe(path: Path, changes: Sequence[str] = ()) -> Recipe:
    """Read a recipe.

    Parameters
    ----------
    path : Path
        The file.
    changes : sequence of str
        ``key=value`` each, such as ``network.hidden=64``; the value is read as YAML.

    Raises
    ------
    RecipeError
        If the file is no recipe, or a change has no place in it.
    """
    try:
        values = read_yaml(path).plain()
    except YamlError as error:
        raise RecipeError(str(error)) from None
    if not isinstance(values, dict):
        raise RecipeError(f"{path}: must be a mapping of names to values")
    where = str(path)
    for change in changes:
        _apply(values, change)
        where = f"{path} with {_SOURCE} {change}" if len(changes) == 1 else f"{path} as changed"
    return recipe_from(values, where)


def recipe_from(values: Mapping[Any, Any], where: str) -> Recipe:
    """Make a recipe from plain values; `where` names the file in messages.

    Raises
    ------
    RecipeError
        If they are none.
    """
    names = tuple(field.name for field in fields(Recipe))
    refuse_unknown(values, names, where)
    for name in names:
        if name not in values:
            raise RecipeError(f"{where}: {name} is missing")
    task = values["task"]
    if task not in RECIPE_PARTS:
        raise RecipeError(f"{where}: task: '{task}', must be one of {', '.join(RECIPE_PARTS)}")
    kind = RECIPE_PARTS[task]
    classes: dict[str, type] = {
        **_GROUPS,
        "network": kind.network_settings,
        "augmentation": kind.augmentation,
        "target": kind.target,
    }
    rule = values["choose_by"]
    if rule not in kind.rules:
        raise RecipeError(f"{where}: choose_by: '{rule}', must be one of {', '.join(kind.rules)}")
    for name in ("description", "precision"):
        if not isinstance(values[name], str):
            raise RecipeError(f"{where}: {name}: {values[name]}, must be a text (in quotes)")
    read = {
        name: to_settings(classes[name], values[name], where, f"{name}.")
        if name in classes
        else values[name]
        for name in names
    }
    try:
        recipe = Recipe(**read)
    except ValueError as error:
        raise RecipeError(f"{where}: {error}") from None
    _check_sizes(recipe, where)
    return recipe


def _check_sizes(recipe: Recipe, where: str) -> None:
    for field in fields(recipe.network):
        value = getattr(recipe.network, field.name)
        if isinstance(value, int) and not isinstance(value, bool) and value < 1:
            raise RecipeError(f"{where}: network.{field.name}: {value}, must be at least 1")
        if value == () or value == []:
            raise RecipeError(
                f"{where}: network.{field.name}: is empty, must have a number or more"
            )
        if field.name == "dropout" and not 0 <= value < 1:
            raise RecipeError(f"{where}: network.dropout: {value:g}, must be from 0 to below 1")


def _apply(values: dict[Any, Any], change: str) -> None:
    path, sign, text = change.partition("=")
    if not (sign and path.strip() and text.strip()):
        raise RecipeError(f"{_SOURCE} {change}: must be KEY=VALUE, such as network.hidden=64")
    *groups, name = path.strip().split(".")
    place = values
    for depth, group in enumerate(groups):
        inner = place.get(group)
        if not isinstance(inner, dict):
            known = ", ".join(key for key, value in values.items() if isinstance(value, dict))
            shown = ".".join(groups[: depth + 1])
            raise RecipeError(f"{_SOURCE} {change}: no group '{shown}'; there are: {known}")
        place = inner
    try:
        place[name] = parse_yaml(text.encode("utf-8", "surrogateescape"), change).plain()
    except YamlError:
        raise RecipeError(f"{_SOURCE} {change}: the value '{text}' cannot be read") from None
