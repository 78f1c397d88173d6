# SPDX-License-Identifier: Apache-2.0
"""Finds gesture events that a profile wants to do two things that exclude each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Purpose(Enum):
    """What an event is for."""

    ARM = "arms"
    DISENGAGE = "disengages"
    ENTER = "enters mode"
    RECENTRE = "re-centres mode"
    BIND = "is bound in mode"


@dataclass(frozen=True)
class Claim:
    """One use of a gesture event.

    Attributes
    ----------
    event : str
        Such as ``thumb_up``.
    purpose : Purpose
        What for.
    line : int
        Where.
    mode : str
        In or for which mode, where that matters.
    """

    event: str
    purpose: Purpose
    line: int
    mode: str = ""

    def __str__(self) -> str:
        """Say it in words."""
        return f"{self.purpose.value} '{self.mode}'" if self.mode else self.purpose.value


def contradiction(claims: Iterable[Claim], hold: Iterable[str]) -> tuple[Claim, str] | None:
    """Return the first use that can not be, beside an earlier one, and why.

    Parameters
    ----------
    claims : iterable of Claim
        All uses.
    hold : iterable of str
        Gestures whose holding engages.

    Returns
    -------
    Claim, str
        The use, and what is wrong, in words; None if there is nothing.
    """
    seen: list[Claim] = []
    held = {f"{gesture}_press": gesture for gesture in hold}
    held |= {f"{gesture}_release": gesture for gesture in hold}
    for claim in claims:
        press_ends_itself = claim.purpose is Purpose.DISENGAGE and claim.event.endswith("_press")
        if claim.event in held and (claim.purpose is Purpose.ENTER or press_ends_itself):
            return claim, f"{claim}, but holding '{held[claim.event]}' engages"
        for other in seen:
            if other.event == claim.event and _exclude(other, claim):
                return claim, f"{claim}, but it {other} already (line {other.line})"
        seen.append(claim)
    return None


def _exclude(one: Claim, other: Claim) -> bool:
    purposes = {one.purpose, other.purpose}
    if Purpose.DISENGAGE in purposes:
        return len(purposes) > 1
    if Purpose.ENTER in purposes:
        # It switches wherever it means something else, so that this is never reached;
        # in the mode that it enters, it no longer switches.
        return Purpose.ARM in purposes or one.mode != other.mode
    return False
