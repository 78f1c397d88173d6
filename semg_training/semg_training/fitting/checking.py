# SPDX-License-Identifier: Apache-2.0
"""Measures a network while it is trained, and keeps the best and the last weights on disk."""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightning
import torch
from lightning.pytorch.callbacks import Callback

from semg_training.fitting.measurements import Measurement, MeasurementFile
from semg_training.fitting.module import FittedNetwork
from semg_training.fitting.plan import Plan
from semg_training.fitting.stopping import StopRequest
from semg_training.tasks.task import Task

BEST, LAST = "best.ckpt", "last.ckpt"
MEASUREMENTS = "measurements.csv"
BOARD = "tensorboard"
"""Folder of what TensorBoard shows."""
_PARTIAL = ".partial"


@dataclass
class Progress:
    """How far a training has come; it outlives interruptions.

    Attributes
    ----------
    score : float
        Best one so far; minus infinity if none was a number.
    best_step : int
        After which it was reached.
    worse : int
        Measurements since then.
    seconds : float
        Spent in all.
    """

    score: float = -math.inf
    best_step: int = 0
    worse: int = 0
    seconds: float = 0.0


def forget(folder: Path) -> None:
    """Delete what a training left in a folder, and nothing else that may lie there."""
    for name in (BEST, LAST, MEASUREMENTS):
        (folder / name).unlink(missing_ok=True)
        (folder / name).with_suffix(_PARTIAL).unlink(missing_ok=True)
    shutil.rmtree(folder / BOARD, ignore_errors=True)


def saved_progress(checkpoint: Mapping[str, Any]) -> Progress:
    """Return the progress in what Lightning saved."""
    state = dict(checkpoint["callbacks"][Checking.__qualname__])
    del state["losses"]
    return Progress(**state)


class Checking(Callback):
    """At every measurement: score, one line, and checkpoints.

    Parameters
    ----------
    task : Task
        Which measures.
    plan : Plan
        When.
    folder : Path
        For ``best.ckpt`` (weights), ``last.ckpt`` (all that is needed to go on) and the table of
        measurements.
    stop : StopRequest
        When it is asked, ``last.ckpt`` is written and training ends.
    log : callable
        Takes a line at every measurement.
    """

    def __init__(
        self,
        task: Task,
        plan: Plan,
        folder: Path,
        stop: StopRequest,
        log: Callable[[str], None],
    ) -> None:
        self.progress = Progress()
        self._task, self._plan, self._folder = task, plan, folder
        self._stop, self._log = stop, log
        self._file = MeasurementFile(folder / MEASUREMENTS)
        self._losses: list[torch.Tensor] = []
        self._step = 0
        self._began = 0.0

    def on_train_start(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule
    ) -> None:
        """Begin the clock, and take the signals back from Lightning."""
        self._began = time.monotonic() - self.progress.seconds
        self._step = trainer.global_step
        self._stop.listen()
        if trainer.is_global_zero:
            self._file.keep_until(self._step)

    def on_train_batch_end(
        self,
        trainer: lightning.Trainer,
        pl_module: lightning.LightningModule,
        outputs: Any,
        batch: Any,
        batch_idx: int,
    ) -> None:
        """Measure if it is time; stop if somebody asked."""
        self._losses.append(outputs["loss"].detach())
        if trainer.global_step == self._step:
            return  # gradients are being accumulated
        self._step = trainer.global_step
        self.progress.seconds = time.monotonic() - self._began
        checks = self._plan.checks_after(self._step)
        if checks:
            self._check(trainer, pl_module)
        stop = trainer.strategy.reduce_boolean_decision(self._stop.asked, all=False)
        if checks or stop:
            _save(trainer, self._folder / LAST)
        if stop or self._plan.ends_at(self._step, self.progress.worse):
            trainer.should_stop = True

    def state_dict(self) -> dict[str, Any]:
        """Return what outlives an interruption."""
        losses = [float(loss) for loss in self._losses]
        return {**vars(self.progress), "losses": losses}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from what `state_dict` returned."""
        state = dict(state_dict)
        self._losses = [torch.tensor(loss) for loss in state.pop("losses")]
        self.progress = Progress(**state)

    def _check(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        assert isinstance(module, FittedNetwork)
        score, line = 0.0, ""
        if trainer.is_global_zero:
            score, line = self._task.score(module.network)
            module.train()
        score = float(trainer.strategy.broadcast(score))
        loss = float(torch.stack([one.cpu() for one in self._losses]).mean())
        self._losses.clear()
        self.progress.seconds = time.monotonic() - self._began
        if not math.isfinite(score):
            score = -math.inf  # the weights are no good, but the training may still recover
        if score > self.progress.score or not self.progress.best_step:
            self.progress.score, self.progress.best_step = score, self._step
            self.progress.worse = 0
            _save(trainer, self._folder / BEST, weights_only=True)
        else:
            self.progress.worse += 1
        if not trainer.is_global_zero:
            return
        rate = trainer.optimizers[0].param_groups[0]["lr"]
        seconds = self.progress.seconds
        measurement = Measurement(self._step, round(seconds, 1), loss, rate, score)
        self._file.add(measurement)
        for logger in trainer.loggers:
            logger.log_metrics({"loss": loss, "learning_rate": rate, "score": score}, self._step)
        self._log(f"step {self._step}, {seconds:.0f} s: loss {loss:.4g}, {line}")


def _save(trainer: lightning.Trainer, path: Path, weights_only: bool = False) -> None:
    partial = path.with_suffix(_PARTIAL)
    trainer.save_checkpoint(partial, weights_only=weights_only)
    if trainer.is_global_zero:
        partial.replace(path)
