# SPDX-License-Identifier: Apache-2.0
"""A bundle whose weights a training starts from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from torch import nn

from semg_decoders.inference.bundle import BundleError, ModelBundle
from semg_decoders.signal.mpf import HANDWRITING_WINDOW, WRIST_WINDOW
from semg_training.bundle_network import TASK_NAMES, network_of
from semg_training.recipes.recipe import Recipe
from semg_training.refusal import TrainingRefused
from semg_training.tasks.kinds import KINDS

_KEPT = (
    "data", "command", "seed", "steps", "best_step", "training_seeds", "model_choice_seeds",
    "recordings", "minutes_per_person", "simulation", "started_from", "imported_from",
    "sha256_of_checkpoint", "personalised",
)  # fmt: skip
_WINDOWS = {"wrist": WRIST_WINDOW, "handwriting": HANDWRITING_WINDOW}


@dataclass(frozen=True)
class Start:
    """What a training starts from.

    Attributes
    ----------
    bundle : ModelBundle
        That holds the weights.
    network : nn.Module
        With them.
    """

    bundle: ModelBundle
    network: nn.Module

    @property
    def origin(self) -> dict[str, Any]:
        """How the bundle was trained, for that of the new one."""
        said = self.bundle.trained_on
        return {
            "sha256": self.bundle.sha256,
            "licence": self.bundle.licence,
            **{name: said[name] for name in _KEPT if name in said},
        }


def load_start(folder: Path, recipe: Recipe, labels: Sequence[str]) -> Start:
    """Load the bundle that a training starts from.

    Parameters
    ----------
    folder : Path
        Of the bundle.
    recipe : Recipe
        Of the training.
    labels : sequence of str
        Meaning of the outputs that are trained.

    Raises
    ------
    TrainingRefused
        If it is none, or its network is not that of the recipe.
    """
    try:
        bundle = ModelBundle.load(folder)
        task = TASK_NAMES.get(bundle.task, bundle.task)
        if task != recipe.task:
            raise TrainingRefused(f"--from {folder}: is for {task}, but --task is {recipe.task}")
        if bundle.output.activation == "softmax":
            raise TrainingRefused(
                f"--from {folder}: tells held postures; must be for gestures that pass"
            )
        _check_ends(bundle, folder, recipe, labels)
        found = network_of(bundle)
    except BundleError as error:
        raise TrainingRefused(f"--from: {error}") from None
    settings = cast(Any, found.network).settings
    sizes, wanted = asdict(settings), asdict(recipe.network)
    for name, value in sizes.items():
        # Dropout has no part in the weights.
        if name != "dropout" and value != wanted[name]:
            raise TrainingRefused(
                f"--from {folder}: network.{name} is {_plain(value)}, but the recipe has "
                f"{_plain(wanted[name])}; --set network.{name}={_plain(value)} makes it the same"
            )
    network = KINDS[recipe.task].network(recipe.network)
    network.load_state_dict(found.network.state_dict())
    return Start(bundle, network)


def _check_ends(bundle: ModelBundle, folder: Path, recipe: Recipe, labels: Sequence[str]) -> None:
    """Refuse a bundle that hears or says something else than what is trained."""
    answers = bundle.output.labels
    if tuple(answers) != tuple(labels):
        raise TrainingRefused(
            f"--from {folder}: answers {_shortened(answers)}, but what is trained on has "
            f"{_shortened(labels)}; must be the same in the same order"
        )
    if bundle.input.channels != recipe.network.channels:
        raise TrainingRefused(
            f"--from {folder}: hears {bundle.input.channels} channels, but what is trained on has "
            f"{recipe.network.channels}"
        )
    if bundle.mpf is not None and bundle.mpf.window != _WINDOWS[recipe.task]:
        raise TrainingRefused(
            f"--from {folder}: MPF windows of {bundle.mpf.window} samples, must be "
            f"{_WINDOWS[recipe.task]}"
        )


def _shortened(labels: Sequence[str]) -> str:
    return ", ".join(labels[:10]) + (", …" if len(labels) > 10 else "")


def _plain(value: Any) -> str:
    return str(list(value)) if isinstance(value, tuple) else str(value)
