# SPDX-License-Identifier: Apache-2.0
"""What a wearer sees of the robot and of the state of teleoperation, and when."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True)
class Sight:
    """What there is to be seen at one time.

    Attributes
    ----------
    x, y : float
        Where the robot is, in m.
    heading : float
        rad, anticlockwise from the x axis.
    speed : float
        m/s along the heading.
    turning : float
        rad/s, anticlockwise.
    engaged, armed : bool
        As in ``TeleopState.msg``.
    mode : str
        As in ``TeleopState.msg``.
    """

    x: float
    y: float
    heading: float
    speed: float
    turning: float
    engaged: bool
    armed: bool
    mode: str

    @property
    def is_still(self) -> bool:
        """Whether the robot stands."""
        return abs(self.speed) < 0.01 and abs(self.turning) < 0.02


class Eyes:
    """Sees everything a while later than it happens.

    Parameters
    ----------
    reaction : float
        s from what happens to what can be done about it.
    """

    def __init__(self, reaction: float) -> None:
        self._reaction = reaction
        self._coming: deque[tuple[float, Sight]] = deque()
        self._seen: Sight | None = None

    def look(self, now: float, sight: Sight) -> Sight | None:
        """Take in what is to be seen at `now`; return what is realised by then, if anything."""
        self._coming.append((now, sight))
        while self._coming and self._coming[0][0] <= now - self._reaction:
            self._seen = self._coming.popleft()[1]
        return self._seen
