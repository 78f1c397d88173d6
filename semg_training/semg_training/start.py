# SPDX-License-Identifier: Apache-2.0
"""A bundle whose weights a training starts from."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from torch import nn

from semg_decoders.inference.bundle import BundleError, ModelBundle
from semg_training.bundle_network import network_of
from semg_training.recipes.recipe import Recipe
from semg_training.refusal import TrainingRefused
from semg_training.tasks.kinds import KINDS

_KEPT = (
    "command", "seed", "steps", "best_step", "training_seeds", "model_choice_seeds", "recordings",
    "minutes_per_person", "simulation", "started_from",
)  # fmt: skip


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
            **{name: said[name] for name in _KEPT if name in said},
        }


def load_start(folder: Path, recipe: Recipe) -> Start:
    """Load the bundle that a training starts from.

    Parameters
    ----------
    folder : Path
        Of the bundle.
    recipe : Recipe
        Of the training.

    Raises
    ------
    TrainingRefused
        If it is none, or its network is not that of the recipe.
    """
    try:
        bundle = ModelBundle.load(folder)
        found = network_of(bundle)
    except BundleError as error:
        raise TrainingRefused(f"--from: {error}") from None
    if found.task != recipe.task:
        raise TrainingRefused(f"--from {folder}: is for {found.task}, but --task is {recipe.task}")
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


def _plain(value: Any) -> str:
    return str(list(value)) if isinstance(value, tuple) else str(value)
