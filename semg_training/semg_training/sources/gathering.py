# SPDX-License-Identifier: Apache-2.0
"""All that a network is trained and chosen on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic

from semg_training.recipes.recipe import PeopleSettings
from semg_training.sources.people import (
    CHOICE_SEED,
    TRAINING_SEED,
    People,
    Recording,
    load_people,
)
from semg_training.sources.simulation import simulation


@dataclass(frozen=True)
class Gathered(Generic[Recording]):
    """Recordings.

    Attributes
    ----------
    training, choice : list
        To train on, and to choose the model on.
    origin : dict
        Where they come from, for ``bundle.yaml``; also tells trainings apart.
    choice_origin : str
        Whom the model is chosen on, in words.
    """

    training: list[Recording]
    choice: list[Recording]
    origin: dict[str, Any] = field(default_factory=dict)
    choice_origin: str = ""

    @property
    def seconds(self) -> float:
        """Length of what is trained on."""
        return sum(one.seconds for one in self.training)


def gather(
    kind: type[Recording],
    people: PeopleSettings,
    data: Sequence[Path] = (),
    *,
    processes: int | None = None,
    progress: bool = True,
    log: Callable[[str], None] = print,
) -> Gathered[Recording]:
    """Return recordings of simulated people.

    Parameters
    ----------
    kind : type
        `EmgRecording` or `MpfRecording`.
    people : PeopleSettings
        How many.
    data : sequence of Path
        Not read yet.
    processes : int, optional
        How many simulate at once.
    progress : bool
        Whether to show progress bars.
    log : callable
        Takes lines for the user.
    """
    training, choice = (
        [
            recording
            for person in load_people(
                People(first, count, people.minutes), kind, processes=processes, progress=progress
            )
            for recording in person.values()
        ]
        for first, count in ((TRAINING_SEED, people.training), (CHOICE_SEED, people.choice))
    )
    origin = {
        "data": "simulated people (semg_driver.simulation); no recording of a real person",
        "training_seeds": [TRAINING_SEED, TRAINING_SEED + people.training - 1],
        "model_choice_seeds": [CHOICE_SEED, CHOICE_SEED + people.choice - 1],
        "minutes_per_person": people.minutes,
        "simulation": simulation(),
    }
    return Gathered(training, choice, origin, f"{people.choice} simulated people for model choice")
