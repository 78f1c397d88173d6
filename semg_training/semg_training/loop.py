# SPDX-License-Identifier: Apache-2.0
"""The training loop: the same steps for the same seed, also when it was interrupted."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from torch import Tensor

from semg_training.tasks.task import Task


@dataclass(frozen=True)
class LoopSettings:
    """How a network is trained.

    Attributes
    ----------
    steps : int
        Batches in all.
    warm_up : int
        Steps over which the learning rate rises to `learning_rate`, then falls as a cosine.
    learning_rate : float
        Of Adam, at its highest.
    gradient_clip : float
        Largest norm of the gradient.
    check_every : int
        Steps between measurements on model-choice people, each followed by a checkpoint.
    bfloat16 : bool
        Whether most arithmetic is done in 16 bits: twice as fast on processors made for it.
        Weights stay float32.
    seed : int
        Of weights, windows, augmentation and dropout.
    """

    steps: int = 1200
    warm_up: int = 50
    learning_rate: float = 2e-3
    gradient_clip: float = 0.5
    check_every: int = 100
    bfloat16: bool = False
    seed: int = 0


@dataclass(frozen=True)
class TrainingRecord:
    """How a training went.

    Attributes
    ----------
    score : float
        Of the weights that were kept.
    step : int
        After which they were reached.
    seconds : float
        Spent in all, earlier tries at the same training counted in.
    """

    score: float
    step: int
    seconds: float


class CheckpointError(RuntimeError):
    """A checkpoint cannot be continued."""


def run(
    network: torch.nn.Module,
    task: Task,
    settings: LoopSettings,
    checkpoint: Path | None = None,
    *,
    progress: bool = True,
    log: Callable[[str], None] = print,
) -> TrainingRecord:
    """Train, and leave the network as it was when it scored best.

    Parameters
    ----------
    network : torch.nn.Module
        A `StreamingNetwork`; changed in place.
    task : Task
        Batches, loss and score.
    settings : LoopSettings
        How.
    checkpoint : Path, optional
        File to continue from if it exists, and to write at every measurement.
    progress : bool
        Whether to show a progress bar.
    log : callable
        Takes a line at every measurement.

    Raises
    ------
    CheckpointError
        If the checkpoint was made with other settings.
    """
    optimiser = torch.optim.Adam(network.parameters(), lr=settings.learning_rate)
    state = _State(network, optimiser, settings)
    if checkpoint is not None and checkpoint.exists():
        state.restore(checkpoint)
        log(f"continuing {checkpoint} at step {state.step}")
    else:
        torch.manual_seed(settings.seed)
    recent: list[float] = []
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, disable=not progress) as bar:
        shown = bar.add_task("Training", total=settings.steps, completed=state.step)
        began = time.monotonic() - state.seconds
        while state.step < settings.steps:
            for group in optimiser.param_groups:
                group["lr"] = learning_rate(state.step, settings)
            recent.append(_train_step(network, task, optimiser, settings, state.step))
            state.step += 1
            bar.update(shown, completed=state.step, description=f"Loss {recent[-1]:.4g}")
            if state.step % settings.check_every == 0 or state.step == settings.steps:
                score, line = task.score(network)
                state.seconds = time.monotonic() - began
                state.note(score)
                loss = float(np.mean(recent))
                recent.clear()
                log(f"step {state.step}, {state.seconds:.0f} s: loss {loss:.4g}, {line}")
                if checkpoint is not None:
                    state.save(checkpoint)
    network.load_state_dict(state.best)
    return TrainingRecord(state.best_score, state.best_step, state.seconds)


def learning_rate(step: int, settings: LoopSettings) -> float:
    """Learning rate of a step: a linear rise, then half a cosine down to 1 %."""
    if step < settings.warm_up:
        return settings.learning_rate * (step + 1) / settings.warm_up
    done = (step - settings.warm_up) / max(1, settings.steps - settings.warm_up)
    return settings.learning_rate * (0.01 + 0.99 * 0.5 * (1.0 + math.cos(math.pi * done)))


def _train_step(
    network: torch.nn.Module,
    task: Task,
    optimiser: torch.optim.Optimizer,
    settings: LoopSettings,
    step: int,
) -> float:
    network.train()
    batch = task.batch(np.random.default_rng([settings.seed, step]))
    state = torch.zeros(network.state_shape(len(batch.inputs)))  # type: ignore[operator]
    with torch.autocast("cpu", torch.bfloat16, enabled=settings.bfloat16):
        outputs, _, _ = network(batch.inputs, state, state.clone())
    loss = task.loss(outputs.float(), batch)
    optimiser.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(network.parameters(), settings.gradient_clip)
    optimiser.step()
    return float(loss.detach())


class _State:
    """All that has to outlive an interruption."""

    def __init__(
        self, network: torch.nn.Module, optimiser: torch.optim.Optimizer, settings: LoopSettings
    ) -> None:
        self.network, self.optimiser, self.settings = network, optimiser, settings
        self.step = self.best_step = 0
        self.seconds = 0.0
        self.best_score = -math.inf
        self.best = _copy(network.state_dict())

    def note(self, score: float) -> None:
        """Keep the weights if no earlier ones scored higher."""
        if score >= self.best_score:
            self.best_score, self.best_step = score, self.step
            self.best = _copy(self.network.state_dict())

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        torch.save(
            {
                "settings": self._identity(),
                "network": self.network.state_dict(),
                "optimiser": self.optimiser.state_dict(),
                "step": self.step,
                "seconds": self.seconds,
                "best": self.best,
                "best_score": self.best_score,
                "best_step": self.best_step,
                "random": torch.get_rng_state(),
            },
            partial,
        )
        partial.replace(path)

    def restore(self, path: Path) -> None:
        saved = torch.load(path, weights_only=True)
        if saved["settings"] != self._identity():
            raise CheckpointError(
                f"{path}: was made with {saved['settings']}, but now asked for is "
                f"{self._identity()}; use the same settings, or another checkpoint"
            )
        self.network.load_state_dict(saved["network"])
        self.optimiser.load_state_dict(saved["optimiser"])
        self.step, self.seconds = saved["step"], saved["seconds"]
        self.best = saved["best"]
        self.best_score, self.best_step = saved["best_score"], saved["best_step"]
        torch.set_rng_state(saved["random"])

    def _identity(self) -> dict[str, Any]:
        sizes = asdict(self.network.settings)  # type: ignore[call-overload]
        return {**asdict(self.settings), **{k: str(v) for k, v in sizes.items()}}


def _copy(state: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in state.items()}
