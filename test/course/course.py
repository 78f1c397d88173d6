# SPDX-License-Identifier: Apache-2.0
"""Waypoints on a floor, and how far somebody has come around them."""

from __future__ import annotations

import math
from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True)
class Course:
    """Waypoints to be passed in their order.

    Attributes
    ----------
    waypoints : tuple of (float, float)
        Centres in m, in the frame in which the robot starts at the origin, heading along x.
    radius : float
        m; a waypoint is reached within this distance of its centre.
    lower, upper : (float, float)
        Corners of the floor, in m. Who leaves it has failed.
    """

    waypoints: tuple[Point, ...]
    radius: float
    lower: Point
    upper: Point

    def holds(self, x: float, y: float) -> bool:
        """Say whether a place is on the floor."""
        return self.lower[0] <= x <= self.upper[0] and self.lower[1] <= y <= self.upper[1]


SLALOM = Course(
    waypoints=((1.2, 0.6), (2.4, -0.5), (3.5, 0.5), (2.3, 1.5), (0.8, 1.6)),
    radius=0.3,
    lower=(-0.6, -1.3),
    upper=(4.3, 2.4),
)
"""Turns to the left and to the right on the way out, and one that brings the robot back."""


class Progress:
    """How far somebody has come around a course.

    Parameters
    ----------
    course : Course
        To be gone around.
    radius : float, optional
        Reach of each waypoint in m; that of the course when not given.

    Attributes
    ----------
    reached : tuple of float
        When each waypoint was reached, for those that were.
    length : float
        m of the way so far.
    left_floor : bool
        Whether the floor was ever left.
    """

    def __init__(self, course: Course, radius: float | None = None) -> None:
        self._course = course
        self._radius = course.radius if radius is None else radius
        self._last: Point | None = None
        self.reached: tuple[float, ...] = ()
        self.length = 0.0
        self.left_floor = False

    @property
    def next_waypoint(self) -> Point | None:
        """Where to go next; None once all have been reached."""
        if len(self.reached) == len(self._course.waypoints):
            return None
        return self._course.waypoints[len(self.reached)]

    def come_to(self, time: float, x: float, y: float) -> None:
        """Take in where the robot is at a time in s."""
        if self._last is not None:
            self.length += math.dist(self._last, (x, y))
        self._last = x, y
        self.left_floor |= not self._course.holds(x, y)
        target = self.next_waypoint
        if target is not None and math.dist(target, (x, y)) <= self._radius:
            self.reached += (time,)
