# SPDX-License-Identifier: Apache-2.0
"""What scripts are made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

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
class Passage:
    """A stretch of a script; wrist movement is continuous from one to the next.

    Attributes
    ----------
    movement : Movement
        Of the wrist; it is as long as the passage.
    cues : tuple of Cue
        In order of time, also across passages. They may come after the passage's end.
    """

    movement: Movement
    cues: tuple[Cue, ...] = ()


Script = Iterator[Passage]
