# SPDX-License-Identifier: Apache-2.0
"""A training that is ready: how long, where it is kept, and what tells it from others."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import lightning
import torch
from rich.console import Console
from torch import nn

from semg_node.cache_folder import cache_folder
from semg_training.fitting.checking import LAST, forget
from semg_training.fitting.fit import FitSettings, TrainingRecord, fit
from semg_training.fitting.plan import Plan, plan
from semg_training.posture_training import GatheredPostures
from semg_training.recipes.recipe import Recipe
from semg_training.refusal import TrainingRefused
from semg_training.request import TrainingRequest
from semg_training.sources.gathering import Gathered
from semg_training.tasks.task import Task

_GPU_WORKERS = 8


class TrainingJob:
    """A training that is ready: its place in the cache, and its seed.

    Parameters
    ----------
    request : TrainingRequest
        What is asked for.
    recipe : Recipe
        How.
    gathered : Gathered or GatheredPostures
        On what.
    more : mapping
        Plain values, beside these, that have to be the same for the training to go on.
    """

    def __init__(
        self,
        request: TrainingRequest,
        recipe: Recipe,
        gathered: Gathered | GatheredPostures,
        more: Mapping[str, Any],
    ) -> None:
        self._request, self._recipe, self._gathered = request, recipe, gathered
        self._settings = fit_settings(request, recipe, gathered.seconds)
        self._identity = _identity(request, recipe, gathered, self._settings.plan) | dict(more)
        self._folder = request.log_folder or _log_folder(recipe.task, self._identity)
        _prepare(self._folder, request)
        torch.manual_seed(request.seed)

    def fit(
        self, network: nn.Module, task: Task, console: Console, log: Callable[[str], None]
    ) -> dict[str, Any]:
        """Train the network; return where it comes from, for its bundle.

        Raises
        ------
        TrainingRefused
            If nothing came of it.
        """
        record = fit(
            network,
            task,
            self._settings,
            self._folder,
            self._identity,
            console=console if console.is_terminal else None,
            log=log,
        )
        if not math.isfinite(record.score):
            raise TrainingRefused(
                f"optimiser.learning_rate: {self._recipe.optimiser.learning_rate:g} let the "
                f"training diverge, no measurement gave a number; must be smaller"
            )
        return _origin(self._request, self._recipe, self._gathered, network, record)


def fit_settings(request: TrainingRequest, recipe: Recipe, seconds: float) -> FitSettings:
    """Return how a recipe is fitted to so many seconds of EMG."""
    on_gpu = request.accelerator != "cpu" and torch.cuda.is_available()
    devices = request.devices or (torch.cuda.device_count() if on_gpu else 1)
    batch = recipe.batch
    per_step = batch.size * batch.window_s * batch.accumulate * devices
    steps_per_epoch = max(1, round(seconds / per_step))
    total = request.steps or 0
    if request.epochs is not None:
        total = request.epochs * steps_per_epoch
    workers = request.workers
    if workers is None:
        workers = _GPU_WORKERS if on_gpu else 0
    return FitSettings(
        optimiser=recipe.optimiser,
        plan=plan(recipe.schedule, steps_per_epoch, total),
        accumulate=batch.accumulate,
        precision=recipe.precision,
        seed=request.seed,
        accelerator=request.accelerator,
        devices=devices,
        workers=workers,
    )


def _identity(
    request: TrainingRequest, recipe: Recipe, gathered: Gathered | GatheredPostures, steps: Plan
) -> dict[str, Any]:
    """All that has to be the same for a training to go on; plain values."""
    whole = {
        "recipe": asdict(recipe),
        "data": gathered.origin,
        "schedule": asdict(steps),
        "seed": request.seed,
        "devices": request.devices,
    }
    plain: dict[str, Any] = json.loads(json.dumps(whole, default=str))
    return plain


def _log_folder(task: str, identity: dict[str, Any]) -> Path:
    digest = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:12]
    return cache_folder() / "training" / f"{task}-{digest}"


def _prepare(folder: Path, request: TrainingRequest) -> None:
    last = folder / LAST
    if request.restart:
        forget(folder)
    if request.resume and not last.exists():
        raise TrainingRefused(f"--resume: there is no checkpoint {last} to go on from")


def _origin(
    request: TrainingRequest,
    recipe: Recipe,
    gathered: Gathered | GatheredPostures,
    network: nn.Module,
    record: TrainingRecord,
) -> dict[str, Any]:
    """Where a network comes from, for its bundle."""
    return {
        **gathered.origin,
        "command": request.command,
        "seed": request.seed,
        "recipe": asdict(recipe),
        "torch": str(torch.__version__),
        "lightning": str(lightning.__version__),
        "steps": record.steps,
        "best_step": record.step,
        "training_minutes": round(record.seconds / 60, 1),
        "parameters": sum(weights.numel() for weights in network.parameters()),
    }
