# SPDX-License-Identifier: Apache-2.0
"""What a task has to say for a network to be trained on it."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from torch import Tensor


class Task(Protocol):
    """What is trained.

    A batch is a dataclass, `Batch` or one of the task's own; its tensors are moved to where the
    network is. Scores and lines are made on the network's device too.
    """

    def batch(self, rng: np.random.Generator) -> Any:
        """Draw a training batch."""

    def loss(self, outputs: Tensor, batch: Any) -> Tensor:
        """Return a scalar to make small."""

    def score(self, network: torch.nn.Module) -> tuple[float, str]:
        """Return how good the network is on model-choice people (more is better), and a line."""


@runtime_checkable
class Prepares(Protocol):
    """A task that has more to do with a batch than can be done before it is on the device."""

    def prepare(self, batch: Any, device: torch.device) -> Any:
        """Return the batch that the network and the loss are given, such as one of MPF frames."""


@runtime_checkable
class Begins(Protocol):
    """A task that has a say in the first weights of its network."""

    def begin(self, network: torch.nn.Module, rng: np.random.Generator) -> None:
        """Change them in place."""


@runtime_checkable
class OwnOutputs(Protocol):
    """A task whose network is not called with the inputs of a batch and two states of an LSTM."""

    def outputs(self, network: torch.nn.Module, batch: Any) -> Tensor:
        """Return what the network says to a batch."""
