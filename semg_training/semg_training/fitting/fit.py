# SPDX-License-Identifier: Apache-2.0
"""Training with Lightning: by seed, on any number of devices, resumable at every step."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import lightning
from lightning.pytorch.callbacks import Callback
from lightning.pytorch.loggers import TensorBoardLogger
from rich.console import Console
from torch import nn

from semg_training.fitting.bar import ProgressBar
from semg_training.fitting.checking import BEST, BOARD, LAST, Checking, Progress, saved_progress
from semg_training.fitting.checkpoint import IDENTITY, read_checkpoint, weights
from semg_training.fitting.draws import Draws, loader
from semg_training.fitting.module import FittedNetwork
from semg_training.fitting.plan import Plan
from semg_training.fitting.stopping import StopRequest
from semg_training.recipes.recipe import OptimiserSettings
from semg_training.tasks.task import Task

_PRECISIONS: dict[str, Literal["32-true", "bf16-mixed"]] = {
    "float32": "32-true",
    "bfloat16": "bf16-mixed",
}


@dataclass(frozen=True)
class FitSettings:
    """How a network is fitted.

    Attributes
    ----------
    optimiser : OptimiserSettings
        What changes the weights.
    plan : Plan
        How long, and the learning rate.
    accumulate : int
        Batches in a step.
    precision : str
        ``float32`` or ``bfloat16``.
    seed : int
        Of batches and dropout.
    accelerator : str
        ``auto``, ``cpu`` or ``gpu``.
    devices : int
        How many of them; 0 for all.
    workers : int
        Processes that draw batches ahead, for each device.
    """

    optimiser: OptimiserSettings
    plan: Plan
    accumulate: int = 1
    precision: str = "float32"
    seed: int = 0
    accelerator: str = "auto"
    devices: int = 1
    workers: int = 0


@dataclass(frozen=True)
class TrainingRecord:
    """How a training went.

    Attributes
    ----------
    score : float
        Of the weights that were kept; minus infinity if no measurement gave a number.
    step : int
        After which they were reached.
    steps : int
        That were done.
    seconds : float
        Spent in all, before interruptions too.
    """

    score: float
    step: int
    steps: int
    seconds: float


class Interrupted(Exception):
    """Training was asked to stop, and can go on later. The message says how far it came."""


def fit(
    network: nn.Module,
    task: Task,
    settings: FitSettings,
    folder: Path,
    identity: Mapping[str, Any],
    *,
    console: Console | None = None,
    callbacks: Sequence[Callback] = (),
    log: Callable[[str], None] = print,
) -> TrainingRecord:
    """Train, and leave the network as it was when it scored best.

    Parameters
    ----------
    network : nn.Module
        A `StreamingNetwork`; changed in place.
    task : Task
        Batches, loss and score.
    settings : FitSettings
        How.
    folder : Path
        For checkpoints and measurements. If it holds a checkpoint, training goes on from there.
    identity : mapping
        Plain values of all that has to be the same when training goes on.
    console : Console, optional
        Where a bar is shown.
    callbacks : sequence of Callback
        Of Lightning, that take part.
    log : callable
        Takes a line at every measurement.

    Returns
    -------
    TrainingRecord
        How it went.

    Raises
    ------
    CheckpointError
        If the checkpoint is damaged, or of another training.
    Interrupted
        If a signal asked to stop; the checkpoint is written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    last = folder / LAST
    plan, done, progress = settings.plan, 0, Progress()
    if last.exists():
        checkpoint = read_checkpoint(last, identity)
        done, progress = int(checkpoint["global_step"]), saved_progress(checkpoint)
        log(f"going on after step {done} of {plan.total} ({last})")
    if not plan.ends_at(done, progress.worse):
        with_bar = [*callbacks]
        if console is not None:
            with_bar.append(ProgressBar(console, plan.total))
        done, progress = _fit(network, task, settings, folder, identity, done, with_bar, log)
    network.to("cpu")
    network.load_state_dict(weights(folder / BEST))
    return TrainingRecord(progress.score, progress.best_step, done, progress.seconds)


def _fit(
    network: nn.Module,
    task: Task,
    settings: FitSettings,
    folder: Path,
    identity: Mapping[str, Any],
    done: int,
    callbacks: list[Callback],
    log: Callable[[str], None],
) -> tuple[int, Progress]:
    """Train from step `done` on; return how far that came."""
    plan = settings.plan
    network.train()  # weights that were measured or exported before come without dropout
    module = FittedNetwork(network, task, settings.optimiser, settings.plan, settings.seed)
    with StopRequest() as stop, _quiet():
        checking = Checking(task, plan, folder, stop, log)
        trainer = _trainer(settings, folder, [_Identity(identity), checking, *callbacks])
        draws = Draws(task, settings.seed, trainer.global_rank)
        trainer.fit(
            module,
            loader(draws, done * settings.accumulate, settings.workers),
            ckpt_path=folder / LAST if done else None,
            weights_only=True,
        )
    done, progress = trainer.global_step, checking.progress
    if not plan.ends_at(done, progress.worse):
        raise Interrupted(f"stopped after step {done} of {plan.total}")
    return done, progress


def _trainer(settings: FitSettings, folder: Path, callbacks: list[Callback]) -> lightning.Trainer:
    with_board = find_spec("tensorboard") is not None
    return lightning.Trainer(
        accelerator=settings.accelerator,
        devices=settings.devices or "auto",
        precision=_PRECISIONS[settings.precision],
        max_steps=settings.plan.total,
        max_epochs=-1,
        accumulate_grad_batches=settings.accumulate,
        gradient_clip_val=settings.optimiser.gradient_clip,
        callbacks=callbacks,
        logger=TensorBoardLogger(folder, name="", version=BOARD) if with_board else False,
        default_root_dir=folder,
        use_distributed_sampler=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )


class _Identity(Callback):
    """Writes into every checkpoint which training it is of."""

    def __init__(self, identity: Mapping[str, Any]) -> None:
        self._identity = dict(identity)

    def on_save_checkpoint(
        self,
        trainer: lightning.Trainer,
        pl_module: lightning.LightningModule,
        checkpoint: dict[str, Any],
    ) -> None:
        """Add it."""
        checkpoint[IDENTITY] = self._identity


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep to ourselves what Lightning says of devices, workers and products."""
    loggers = [logging.getLogger(f"lightning.{part}") for part in ("pytorch", "fabric")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="lightning")
        warnings.filterwarnings("ignore", message=".*LeafSpec.*")
        try:
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)
