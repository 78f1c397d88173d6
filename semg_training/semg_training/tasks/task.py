# SPDX-License-Identifier: Apache-2.0
"""What a task has to say for a network to be trained on it."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from semg_training.windows import Batch


class Task(Protocol):
    """What is trained."""

    def batch(self, rng: np.random.Generator) -> Batch:
        """Draw a training batch."""

    def loss(self, outputs: Tensor, batch: Batch) -> Tensor:
        """Return a scalar to make small."""

    def score(self, network: torch.nn.Module) -> tuple[float, str]:
        """Return how good the network is on model-choice people (more is better), and a line."""
