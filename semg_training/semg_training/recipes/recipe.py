# SPDX-License-Identifier: Apache-2.0
"""What a recipe says; the files beside this one are read into these classes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

UNITS = ("steps", "epochs")
SHAPES = ("constant", "cosine")
OPTIMISERS = ("adam", "adamw")
AUTO = "auto"
PRECISIONS = (AUTO, "float32", "bfloat16")


@dataclass(frozen=True)
class OptimiserSettings:
    """What changes the weights.

    Attributes
    ----------
    kind : str
        ``adam`` or ``adamw``.
    learning_rate : float
        At its highest.
    weight_decay : float
        Share of a weight that is taken away per step, times the learning rate.
    gradient_clip : float
        Largest norm of the gradient of all weights together.
    """

    kind: str
    learning_rate: float
    weight_decay: float
    gradient_clip: float

    def __post_init__(self) -> None:
        _one_of("kind", self.kind, OPTIMISERS)
        _above("learning_rate", self.learning_rate, 0.0)
        _least("weight_decay", self.weight_decay, 0.0)
        _above("gradient_clip", self.gradient_clip, 0.0)


@dataclass(frozen=True)
class ScheduleSettings:
    """How long training takes, and the learning rate on the way.

    Attributes
    ----------
    unit : str
        What the following count: ``steps`` of the optimiser, or ``epochs``, in each of which as
        much EMG is drawn as there is.
    total : int
        Length of the training.
    warm_up : int
        Over which the learning rate rises from 0.
    shape : str
        ``constant``, or ``cosine``: half a cosine from the end of the warm-up to the end.
    lowest : float
        Share of the learning rate at the end of the cosine.
    halve_at : tuple of int
        When the learning rate is halved.
    check_every : int
        Between two measurements on model-choice people.
    patience : int
        Measurements in a row without a better score after which training ends early; 0 for
        never.
    """

    unit: str
    total: int
    warm_up: int
    shape: str
    check_every: int
    lowest: float = 0.01
    halve_at: tuple[int, ...] = ()
    patience: int = 0

    def __post_init__(self) -> None:
        _one_of("unit", self.unit, UNITS)
        _least("total", self.total, 1)
        if not 0 <= self.warm_up < self.total:
            raise ValueError(f"warm_up: {self.warm_up}, must be from 0 to below total")
        _one_of("shape", self.shape, SHAPES)
        _least("check_every", self.check_every, 1)
        _least("patience", self.patience, 0)
        if not 0 <= self.lowest <= 1:
            raise ValueError(f"lowest: {self.lowest:g}, must be from 0 to 1")
        if any(one < 1 for one in self.halve_at):
            raise ValueError(f"halve_at: {list(self.halve_at)}, must all be at least 1")


@dataclass(frozen=True)
class BatchSettings:
    """What a step is made of.

    Attributes
    ----------
    size : int
        Windows in a batch.
    window_s : float
        Length of a window in s.
    accumulate : int
        Batches whose gradients are averaged for one step.
    """

    size: int
    window_s: float
    accumulate: int = 1

    def __post_init__(self) -> None:
        _least("size", self.size, 1)
        _least("accumulate", self.accumulate, 1)
        _least("window_s", self.window_s, 0.1)


@dataclass(frozen=True)
class PeopleSettings:
    """Simulated people.

    Attributes
    ----------
    training, choice : int
        How many to train on, and to choose the model on.
    minutes : float
        Of EMG of each.
    """

    training: int
    choice: int
    minutes: float

    def __post_init__(self) -> None:
        _least("training", self.training, 0)
        _least("choice", self.choice, 0)
        _above("minutes", self.minutes, 0.0)


@dataclass(frozen=True)
class Recipe:
    """All that says how a network is trained, apart from the seed.

    Attributes
    ----------
    task : str
        ``gestures``, ``wrist`` or ``handwriting``.
    description : str
        One line.
    network : dataclass
        Sizes; of the class that the task's network takes.
    optimiser, schedule, batch, people
        See there.
    augmentation : dataclass
        How windows are varied; its class depends on the task.
    target : dataclass
        What the network is to answer; its class depends on the task.
    choose_by : str
        Rule by which the best weights are chosen.
    precision : str
        ``float32``; ``bfloat16``: most arithmetic in 16 bits, while weights stay float32, which
        is twice as fast on devices made for it, and slow on others; or ``auto``: the faster one
        on the machine that trains.
    """

    task: str
    description: str
    network: Any
    optimiser: OptimiserSettings
    schedule: ScheduleSettings
    batch: BatchSettings
    people: PeopleSettings
    augmentation: Any
    target: Any
    choose_by: str
    precision: str

    def __post_init__(self) -> None:
        _one_of("precision", self.precision, PRECISIONS)


def _one_of(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ValueError(f"{name}: '{value}', must be one of {', '.join(choices)}")


def _least(name: str, value: float, least: float) -> None:
    if not (math.isfinite(value) and value >= least):
        raise ValueError(f"{name}: {value:g}, must be at least {least:g}")


def _above(name: str, value: float, limit: float) -> None:
    if not (math.isfinite(value) and value > limit):
        raise ValueError(f"{name}: {value:g}, must be above {limit:g}")
