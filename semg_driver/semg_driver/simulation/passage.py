# SPDX-License-Identifier: Apache-2.0
"""What scripts are made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from semg_driver.simulation.gestures import Activity
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


@dataclass(frozen=True)
class Effort:
    """Muscle activity that is no gesture.

    Attributes
    ----------
    sample : int
        When its time 0 is, in samples from the start of the passage.
    activity : Activity
        Usual levels, to which each person's own style comes; nothing of it before the passage.
    """

    sample: int
    activity: Activity


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
    """

    movement: Movement
    cues: tuple[Cue, ...] = ()
    efforts: tuple[Effort, ...] = ()
    jolts: tuple[Jolt, ...] = ()
    postures: tuple[HeldPosture, ...] = ()


Script = Iterator[Passage]
