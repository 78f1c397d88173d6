# SPDX-License-Identifier: Apache-2.0
"""What the muscles do in each of the nine gestures.

The time courses follow the recordings shown for the published interface (Kaifosh, Reardon et
al. 2025): presses and releases are short bursts, thumb swipes are slower and begin before the
label. The muscles are those that move the finger in question, with the wrist muscles that
steady the hand against them.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semg_driver.simulation.anatomy import MUSCLE_INDEX

GESTURES: tuple[str, ...] = (
    "index_press",
    "index_release",
    "middle_press",
    "middle_release",
    "thumb_click",
    "thumb_down",
    "thumb_in",
    "thumb_out",
    "thumb_up",
)
"""Names of the gestures, in the order of the decoder's outputs."""

SWIPES = ("thumb_down", "thumb_in", "thumb_out", "thumb_up")
RELEASE_OF = {"index_press": "index_release", "middle_press": "middle_release"}

PREPARATION = {gesture: 0.32 if gesture in SWIPES else 0.1 for gesture in GESTURES}
"""Longest time in s by which a gesture's activity precedes its label, even of slow people."""
REACH_AFTER = 1.2
"""Longest time in s by which it may outlast its label, or the end of its hold."""


@dataclass(frozen=True)
class Course:
    """A rise and fall of drive around the label: times in s."""

    start: float
    rise: float
    stop: float
    fall: float


_BURST = Course(-0.030, 0.015, 0.012, 0.025)
_RELEASE = Course(-0.030, 0.020, 0.015, 0.030)
_SWIPE = Course(-0.150, 0.060, 0.060, 0.100)
_RETURN = Course(0.110, 0.060, 0.220, 0.100)

_Levels = dict[str, float]
_TABLE: dict[str, tuple[tuple[Course, _Levels, _Levels], ...]] = {
    "index_press": (
        (
            _BURST,
            {"FDS2": 0.95, "FDP2": 0.75, "thenar": 0.2, "FPL": 0.12, "ECR": 0.2},
            {"FDS2": 0.75, "FDP2": 0.95, "thenar": 0.12, "FPL": 0.2, "ECU": 0.15},
        ),
    ),
    "index_release": (
        (
            _RELEASE,
            {"EI": 0.75, "ED2": 0.7, "EPL": 0.05, "FDS2": 0.15},
            {"EI": 0.55, "ED2": 0.9, "APL": 0.06, "FDP2": 0.1},
        ),
    ),
    "middle_press": (
        (
            _BURST,
            {"FDS3": 0.95, "FDP3": 0.8, "FDS4": 0.3, "thenar": 0.14, "FPL": 0.06, "ECU": 0.2},
            {"FDS3": 0.8, "FDP3": 0.95, "FDP4": 0.25, "thenar": 0.08, "FPL": 0.14, "ECR": 0.12},
        ),
    ),
    "middle_release": (
        (
            _RELEASE,
            {"ED3": 0.8, "ED4": 0.6, "ECU": 0.2, "FDS3": 0.15},
            {"ED3": 0.9, "ED4": 0.35, "ED2": 0.15, "FDP3": 0.1},
        ),
    ),
    "thumb_click": (
        (
            _BURST,
            {"thenar": 0.35, "FPL": 0.45, "APL": 0.15},
            {"thenar": 0.45, "FPL": 0.35, "EPB": 0.1},
        ),
    ),
    "thumb_down": (
        (_SWIPE, {"thenar": 0.2, "FCU": 0.18}, {"thenar": 0.25, "FPL": 0.05, "FCU": 0.12}),
        (_RETURN, {"EPL": 0.05}, {"EPL": 0.07}),
    ),
    "thumb_in": (
        (_SWIPE, {"FPL": 0.22, "ECR": 0.15}, {"FPL": 0.2, "thenar": 0.05, "ECR": 0.18}),
        (_RETURN, {"APL": 0.05}, {"EPB": 0.06}),
    ),
    "thumb_out": (
        (_SWIPE, {"EPL": 0.22, "EPB": 0.1}, {"EPL": 0.17, "EPB": 0.16}),
        (_RETURN, {"thenar": 0.05}, {"FPL": 0.05}),
    ),
    "thumb_up": (
        (_SWIPE, {"APL": 0.22, "ECU": 0.15}, {"APL": 0.2, "EPB": 0.05, "ECU": 0.2}),
        (_RETURN, {"FPL": 0.05}, {"thenar": 0.06}),
    ),
}
"""When which muscles work in a gesture, in each of two ways that people do it."""

_HOLD: dict[str, dict[str, float]] = {
    "index_press": {"FDS2": 0.11, "FDP2": 0.09, "thenar": 0.04, "FPL": 0.03},
    "middle_press": {"FDS3": 0.11, "FDP3": 0.09, "thenar": 0.04, "FPL": 0.03},
}


@dataclass(frozen=True)
class Activity:
    """Rises and falls of drive, one for each row.

    Attributes
    ----------
    muscle : ndarray of int, shape (rows,)
        Index into `MUSCLES`.
    level : ndarray, shape (rows,)
        Drive at the top, 1 is maximal.
    start, rise, stop, fall : ndarray, shape (rows,)
        s; `start` and `stop` are when the rise and the fall begin, from the label.
    """

    muscle: NDArray[np.intp]
    level: NDArray[np.float64]
    start: NDArray[np.float64]
    rise: NDArray[np.float64]
    stop: NDArray[np.float64]
    fall: NDArray[np.float64]

    @property
    def end(self) -> float:
        """When all of it is over, in s from the label."""
        return float((self.stop + self.fall).max())

    def scaled(self, strength: NDArray[np.float64]) -> Activity:
        """Return this activity with each muscle's level times its `strength`, shape (muscles,)."""
        return dataclasses.replace(self, level=self.level * strength[self.muscle])

    def ended(self, hold: float) -> Activity:
        """Return this activity with an end, `hold` s from the label, to a hold that had none."""
        stop = np.where(np.isinf(self.stop), _end_of_hold(hold), self.stop)
        return dataclasses.replace(self, stop=stop)

    def add_to(self, drive: NDArray[np.float64], times: NDArray[np.float64]) -> None:
        """Add this activity to `drive` (muscles, times); `times` in s from the label."""
        up = _smooth((times[None, :] - self.start[:, None]) / self.rise[:, None])
        down = _smooth((times[None, :] - self.stop[:, None]) / self.fall[:, None])
        np.add.at(drive, self.muscle, self.level[:, None] * up * (1.0 - down))


def _smooth(x: NDArray[np.float64]) -> NDArray[np.float64]:
    x = np.clip(x, 0.0, 1.0)
    return np.asarray(x * x * (3.0 - 2.0 * x))


def _end_of_hold(hold: float) -> float:
    return max(hold - 0.05, 0.03)


def activity(
    gesture: str,
    hold: float,
    style: float,
    strength: NDArray[np.float64],
    extra: NDArray[np.float64],
    tempo: float,
    softness: float,
    offset: float,
) -> Activity:
    """Muscle activity of one performance of a gesture.

    Parameters
    ----------
    gesture : str
        One of `GESTURES`.
    hold : float
        For a press, s until its release, infinite while that is not known; otherwise unused.
    style : float
        0 for the first way of doing it, 1 for the second, or between.
    strength : ndarray, shape (muscles,)
        Factor on each muscle's usual level.
    extra : ndarray, shape (muscles,)
        Level of muscles that do not belong to the gesture.
    tempo : float
        Factor on all durations.
    softness : float
        Factor on the durations of rise and fall.
    offset : float
        s by which the activity is late.
    """
    rows: list[tuple[float, ...]] = []

    def add(course: Course, muscle: int, level: float) -> None:
        edge = tempo * softness
        start, stop = course.start * tempo + offset, course.stop * tempo + offset
        rows.append((muscle, level, start, course.rise * edge, stop, course.fall * edge))

    for course, first, second in _TABLE[gesture]:
        for name in dict.fromkeys((*first, *second)):
            muscle = MUSCLE_INDEX[name]
            level = (1.0 - style) * first.get(name, 0.0) + style * second.get(name, 0.0)
            add(course, muscle, max(level, 0.0) * float(strength[muscle]))
    main = _TABLE[gesture][0][0]
    for other in np.flatnonzero(extra).tolist():
        add(main, other, float(extra[other]))
    for name, level in _HOLD.get(gesture, {}).items():
        muscle = MUSCLE_INDEX[name]
        top = level * float(strength[muscle])
        rows.append((muscle, top, offset, 0.03, _end_of_hold(hold), 0.04))
    table = np.array(rows)
    return Activity(table[:, 0].astype(np.intp), *table[:, 1:].T)
