# SPDX-License-Identifier: Apache-2.0
"""Batches by number: the same number gives the same batch, wherever and whenever it is drawn."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from torch.utils.data import DataLoader, Dataset, Sampler

from semg_training.tasks.task import Task


@dataclass(frozen=True)
class Draw:
    """A batch that was drawn.

    Attributes
    ----------
    number : int
        Which, counted from 0 over the whole training.
    batch : object
        As from `Task.batch`.
    """

    number: int
    batch: Any


class Draws(Dataset[Draw]):
    """Item i is drawn by a generator that is seeded by (seed, i, rank).

    So it does not matter how many processes draw, nor whether training was interrupted; and of
    several devices each draws its own.

    Parameters
    ----------
    task : Task
        Whose batches.
    seed : int
        Of the training.
    rank : int
        Of the process among those that train together.
    """

    def __init__(self, task: Task, seed: int, rank: int) -> None:
        self._task, self._seed, self._rank = task, seed, rank

    def __getitem__(self, number: int) -> Draw:
        """Draw batch `number`."""
        rng = np.random.default_rng([self._seed, number, self._rank])
        return Draw(number, self._task.batch(rng))


class From(Sampler[int]):
    """All numbers from `first` on; training says when it has had enough."""

    def __init__(self, first: int) -> None:
        self._first = first

    def __iter__(self) -> Iterator[int]:
        """Count."""
        return itertools.count(self._first)


def loader(draws: Draws, first: int, workers: int) -> DataLoader[Draw]:
    """Return what gives the batches from number `first` on, in order.

    Parameters
    ----------
    draws : Draws
        All batches.
    first : int
        Number of the first one.
    workers : int
        Processes that draw ahead; 0 draws each batch when it is wanted.
    """
    return DataLoader(
        draws,
        batch_size=None,
        sampler=From(first),
        num_workers=workers,
        persistent_workers=workers > 0,
    )
