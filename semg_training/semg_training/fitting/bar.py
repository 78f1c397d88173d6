# SPDX-License-Identifier: Apache-2.0
"""A bar that shows how far a training is, where somebody watches."""

from __future__ import annotations

from typing import Any

import lightning
from lightning.pytorch.callbacks import Callback
from rich import progress as rich_progress
from rich.console import Console


class ProgressBar(Callback):
    """Loss, steps and the time that is left.

    Parameters
    ----------
    console : Console
        Where; lines printed on it meanwhile appear above the bar.
    total : int
        Steps in all.
    """

    def __init__(self, console: Console, total: int) -> None:
        self._bar = rich_progress.Progress(
            rich_progress.TextColumn("{task.description}"),
            rich_progress.BarColumn(),
            rich_progress.MofNCompleteColumn(),
            rich_progress.TimeRemainingColumn(),
            console=console,
        )
        self._total = total

    def on_train_start(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule
    ) -> None:
        """Show the bar."""
        self._task = self._bar.add_task(
            "Training", total=self._total, completed=trainer.global_step
        )
        self._bar.start()

    def on_train_batch_end(
        self,
        trainer: lightning.Trainer,
        pl_module: lightning.LightningModule,
        outputs: Any,
        batch: Any,
        batch_idx: int,
    ) -> None:
        """Move it on."""
        loss = f"Loss {float(outputs['loss'].detach()):.4g}"
        self._bar.update(self._task, completed=trainer.global_step, description=loss)

    def on_train_end(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule
    ) -> None:
        """Take it away."""
        self._bar.stop()

    def on_exception(
        self,
        trainer: lightning.Trainer,
        pl_module: lightning.LightningModule,
        exception: BaseException,
    ) -> None:
        """Take it away."""
        self._bar.stop()
