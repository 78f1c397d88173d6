# SPDX-License-Identifier: Apache-2.0
"""The deliberate act that engages, and what has to go on for the wearer to stay engaged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from semg_teleop.intent import Intent


@dataclass(frozen=True)
class Verdict:
    """What the wearer's act amounts to in this cycle.

    Attributes
    ----------
    engages : bool
        It is complete, and goes on.
    keeps : bool
        It allows the wearer to stay engaged.
    armed : bool
        Its last step would be enough.
    wish : str
        What it still takes, or why it has ended, for the wearer.
    """

    engages: bool
    keeps: bool
    armed: bool
    wish: str


class DeliberateAct(Protocol):
    """Recognises the act.

    An act that was begun before the last disengagement or while something was wrong never
    counts: it has to be begun anew.
    """

    def step(self, now: float, intent: Intent, engaged: bool) -> Verdict:
        """Judge the act at the steady time `now` in s."""

    def arm(self, now: float) -> None:
        """Take the steps that only prepare the act as done."""

    def disarm(self) -> None:
        """Take nothing as done: the act has to be made anew, from its first step."""

    def spend(self) -> None:
        """Let what is going on no longer count, but what prepared it."""
