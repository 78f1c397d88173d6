# SPDX-License-Identifier: Apache-2.0
"""A schedule in steps, and the learning rate of each."""

from __future__ import annotations

import math
from dataclasses import dataclass

from semg_training.recipes.recipe import ScheduleSettings

_MEASUREMENTS = 20


@dataclass(frozen=True)
class Plan:
    """A schedule, all of it in steps of the optimiser.

    Attributes
    ----------
    total, warm_up, check_every : int
        See `ScheduleSettings`.
    halve_at : tuple of int
        Steps from which on the learning rate is halved (again).
    cosine : bool
        Whether it falls as half a cosine after the warm-up.
    lowest : float
        Share of the learning rate at the end of the cosine.
    patience : int
        Measurements without a better score after which training ends; 0 for never.
    """

    total: int
    warm_up: int
    check_every: int
    halve_at: tuple[int, ...] = ()
    cosine: bool = True
    lowest: float = 0.01
    patience: int = 0

    def rate_share(self, step: int) -> float:
        """Share of the highest learning rate that a step, counted from 0, is taken with."""
        if step < self.warm_up:
            return (step + 1) / self.warm_up
        share = 1.0
        if self.cosine:
            done = (step - self.warm_up) / max(1, self.total - self.warm_up)
            share = self.lowest + (1 - self.lowest) * 0.5 * (1 + math.cos(math.pi * done))
        return float(share * 0.5 ** sum(step >= at for at in self.halve_at))

    def checks_after(self, step: int) -> bool:
        """Whether the network is measured when so many steps are done."""
        return step % self.check_every == 0 or step == self.total

    def ends_at(self, step: int, worse: int) -> bool:
        """Whether training is over when so many steps are done.

        Parameters
        ----------
        step : int
            Steps that are done.
        worse : int
            Measurements since the best score.
        """
        return step >= self.total or 0 < self.patience <= worse


def plan(schedule: ScheduleSettings, steps_per_epoch: int, total: int = 0) -> Plan:
    """Turn a schedule into steps.

    Parameters
    ----------
    schedule : ScheduleSettings
        In steps or epochs.
    steps_per_epoch : int
        Used where it counts epochs.
    total : int
        Length in steps, if it is to be another one: then warm-up and halving keep their places
        in the training, which is shortened or stretched as a whole, and there are at most
        `_MEASUREMENTS` measurements.
    """
    unit = steps_per_epoch if schedule.unit == "epochs" else 1
    whole = schedule.total * unit
    stretch = (total or whole) / whole
    steps = total or whole
    check_every = max(1, round(schedule.check_every * unit * stretch))
    if steps != whole:
        check_every = max(check_every, math.ceil(steps / _MEASUREMENTS))
    return Plan(
        total=steps,
        warm_up=round(schedule.warm_up * unit * stretch),
        check_every=check_every,
        halve_at=tuple(round(at * unit * stretch) for at in schedule.halve_at),
        cosine=schedule.shape == "cosine",
        lowest=schedule.lowest,
        patience=schedule.patience,
    )
