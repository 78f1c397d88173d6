# SPDX-License-Identifier: Apache-2.0
"""A network and its task, as Lightning wants them."""

from __future__ import annotations

import dataclasses
from typing import Any

import lightning
import numpy as np
import torch
from torch import Tensor, nn

from semg_training.fitting.draws import Draw
from semg_training.fitting.plan import Plan
from semg_training.recipes.recipe import OptimiserSettings
from semg_training.tasks.task import OwnOutputs, Prepares, Task

_OPTIMISERS = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}


class FittedNetwork(lightning.LightningModule):
    """Training steps of a network.

    What is random in a step (dropout) is seeded by the number of its batch, so that a training
    that was interrupted goes on as if it had not been.

    Parameters
    ----------
    network : nn.Module
        A `StreamingNetwork`.
    task : Task
        Loss, and what else it has to say.
    optimiser : OptimiserSettings
        What changes the weights.
    plan : Plan
        The learning rate.
    seed : int
        Of the training.
    """

    def __init__(
        self, network: nn.Module, task: Task, optimiser: OptimiserSettings, plan: Plan, seed: int
    ) -> None:
        super().__init__()
        self.network = network
        self._task, self._optimiser, self._plan, self._seed = task, optimiser, plan, seed

    def transfer_batch_to_device(
        self, batch: Draw, device: torch.device, dataloader_idx: int
    ) -> Draw:
        """Move the tensors of a batch, and let the task prepare it there."""
        moved = _moved(batch.batch, device)
        if isinstance(self._task, Prepares):
            with torch.no_grad():
                moved = self._task.prepare(moved, device)
        return Draw(batch.number, moved)

    def training_step(self, draw: Draw, _: int) -> Tensor:
        """Return the loss of a batch."""
        words = [self._seed, draw.number, self.global_rank, 1]
        torch.manual_seed(int(np.random.SeedSequence(words).generate_state(1)[0]))
        outputs = network_outputs(self.network, self._task, draw.batch)
        with torch.autocast(self.device.type, enabled=False):
            return self._task.loss(outputs.float(), draw.batch)

    def configure_optimizers(self) -> Any:
        """Return the optimiser, and the learning rate of every step."""
        settings = self._optimiser
        optimiser = _OPTIMISERS[settings.kind](
            self.network.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay
        )
        rates = torch.optim.lr_scheduler.LambdaLR(optimiser, self._plan.rate_share)
        return {
            "optimizer": optimiser,
            "lr_scheduler": {"scheduler": rates, "interval": "step"},
        }


def network_outputs(network: nn.Module, task: Task, batch: Any) -> Tensor:
    """Return what a network says to a batch whose windows are streams that have not begun."""
    if isinstance(task, OwnOutputs):
        return task.outputs(network, batch)
    shape = network.state_shape(len(batch.inputs))  # type: ignore[operator]
    state = batch.inputs.new_zeros(shape)
    outputs: Tensor = network(batch.inputs, state, state.clone())[0]
    return outputs


def _moved(batch: Any, device: torch.device) -> Any:
    tensors = {
        field.name: getattr(batch, field.name).to(device, non_blocking=True)
        for field in dataclasses.fields(batch)
        if isinstance(getattr(batch, field.name), Tensor)
    }
    return dataclasses.replace(batch, **tensors)
