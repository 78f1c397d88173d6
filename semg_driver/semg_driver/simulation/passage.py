# SPDX-License-Identifier: Apache-2.0
"""What scripts are made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from semg_driver.devices.device import WrittenText
from semg_driver.simulation.trajectory import Movement

AHEAD = 0.1
"""s before its first sample at which a passage is taken from its script, or sooner."""


@dataclass(frozen=True)
class Cue:
    """A gesture to do.

    Attributes
    ----------
    gesture : str
        Its name.
    sample : int
        When its event is to be, in samples from the start of the passage. What precedes the
        event (see `PREPARATION` of the gestures) by more than `AHEAD` has to have room there.
    hold : float
        For a press, s until its release, which is a cue of its own; infinite for until that
        cue, when it is not known yet. Otherwise 0.
    """

    gesture: str
    sample: int
    hold: float = 0.0


class Exertion(Protocol):
    """Muscle activity over some time."""

    @property
    def end(self) -> float:
        """When all of it is over, in s."""

    def scaled(self, strength: NDArray[np.float64]) -> Exertion:
        """Return it with each muscle's level times its `strength`, shape (muscles,)."""

    def add_to(self, drive: NDArray[np.float64], times: NDArray[np.float64]) -> None:
        """Add it to `drive` (muscles, times); `times` in s."""


@dataclass(frozen=True)
class Effort:
    """Muscle activity that is no gesture.

    Attributes
    ----------
    sample : int
        When its time 0 is, in samples from the start of the passage.
    activity : Exertion
        Usual levels, to which each person's own style comes; nothing of it before the passage.
    """

    sample: int
    activity: Exertion


@dataclass(frozen=True)
class Jolt:
    """A blow that moves the band on the skin.

    Attributes
    ----------
    sample : int
        When, in samples from the start of the passage.
    strength : float
        1 is that of a step.
    """

    sample: int
    strength: float


@dataclass(frozen=True)
class HeldPosture:
    """A posture to hold.

    Attributes
    ----------
    name : str
        One of `POSTURES`.
    sample : int
        When it is asked for, in samples from the start of the passage.
    start, stop : float
        When its activity begins and ends, in s from the start of the passage.
    """

    name: str
    sample: int
    start: float
    stop: float


@dataclass(frozen=True)
class Passage:
    """A stretch of a script; wrist movement is continuous from one to the next.

    Attributes
    ----------
    movement : Movement
        Of the wrist; it is as long as the passage.
    cues : tuple of Cue
        In order of time, also across passages. They may come after the passage's end.
    efforts : tuple of Effort
        What else the muscles do.
    jolts : tuple of Jolt
        What happens to the band.
    postures : tuple of HeldPosture
        In order of time.
    characters, prompts : tuple of WrittenText
        What is written, in order of its end; samples count from the start of the passage.
    """

    movement: Movement
    cues: tuple[Cue, ...] = ()
    efforts: tuple[Effort, ...] = ()
    jolts: tuple[Jolt, ...] = ()
    postures: tuple[HeldPosture, ...] = ()
    characters: tuple[WrittenText, ...] = ()
    prompts: tuple[WrittenText, ...] = ()


Script = Iterator[Passage]
