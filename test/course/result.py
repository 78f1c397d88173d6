# SPDX-License-Identifier: Apache-2.0
"""What became of one person's drive."""

from __future__ import annotations

from dataclasses import dataclass

from test.course.course import Point


@dataclass(frozen=True)
class Stop:
    """The robot was stopped though the wearer had not let go.

    Attributes
    ----------
    time : float
        s from the start.
    reason : str
        As ``teleop/state`` gave it.
    """

    time: float
    reason: str

    @property
    def by_gesture(self) -> bool:
        """Whether a gesture was decoded that the wearer had not done; else something failed."""
        return self.reason == "released"


@dataclass(frozen=True)
class Gesture:
    """A gesture, asked for or decoded.

    Attributes
    ----------
    time : float
        s from the start.
    name : str
        Such as ``index_press``.
    """

    time: float
    name: str


@dataclass(frozen=True)
class Drive:
    """One person's drive.

    Attributes
    ----------
    person : int
        Seed.
    path : tuple of (float, float)
        Where the robot was, in m, about ten times a second.
    reached : tuple of float
        s from the start until each waypoint that was reached.
    length : float
        m of the way.
    engagements : int
        How often the robot was engaged.
    stops : tuple of Stop
        Those that nobody wanted.
    asked : int
        Gestures that the wearer did.
    missed : tuple of Gesture
        Those of them that were not decoded.
    false : tuple of Gesture
        Gestures that were decoded and had not been done.
    failure : str
        Why the drive failed; empty if it succeeded.
    """

    person: int
    path: tuple[Point, ...]
    reached: tuple[float, ...]
    length: float
    engagements: int
    stops: tuple[Stop, ...]
    asked: int
    missed: tuple[Gesture, ...]
    false: tuple[Gesture, ...]
    failure: str

    @property
    def succeeded(self) -> bool:
        """Whether all waypoints were reached in time, on the floor, and the robot then stood."""
        return not self.failure


_LATEST_S = 1.5
"""From asking for a gesture, which may have to wait for another one, to its event."""


def match(
    asked: list[Gesture], decoded: list[Gesture]
) -> tuple[tuple[Gesture, ...], tuple[Gesture, ...]]:
    """Return the gestures that were asked for in vain, and those decoded without being asked for.

    Each decoded gesture stands for the earliest of the same name asked for up to 1.5 s before.
    """
    missed, left = [], sorted(decoded, key=lambda gesture: gesture.time)
    for wanted in sorted(asked, key=lambda gesture: gesture.time):
        for found in left:
            if found.name == wanted.name and 0.0 <= found.time - wanted.time <= _LATEST_S:
                left.remove(found)
                break
        else:
            missed.append(wanted)
    return tuple(missed), tuple(left)
