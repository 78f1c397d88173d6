# SPDX-License-Identifier: Apache-2.0
"""Reaches of the wrist from whatever it is doing: to a new target before the old one is met."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semg_driver.simulation.trajectory import LIMIT, SAMPLE_RATE, Movement

_USUAL_PEAK = 1.5  # rad/s
_FASTEST_PEAK = 10.0  # rad/s
_SHORTEST = 0.3  # s, when nothing was said
_PEAK_OF_MEAN = 1.875  # of a minimum-jerk movement's speed
_BRAKING = 0.3  # s
_CHECKED = 64  # points of a braking movement


@dataclass(frozen=True)
class WristState:
    """How the wrist moves at one instant: rad, rad/s and rad/s²."""

    angle: float
    velocity: float = 0.0
    acceleration: float = 0.0


@dataclass(frozen=True)
class Reach:
    """A minimum-jerk reach (Flash and Hogan 1985, J Neurosci 5, 1688) that begins in movement.

    What the wrist is doing at the start dies out under a quintic of its own while the reach, as
    if from rest, is superposed (as Flash and Henis 1991, J Cogn Neurosci 3, 220, found people to
    do): angle, velocity and acceleration are continuous, and the target is met in time.

    Attributes
    ----------
    start : WristState
        At time 0.
    target : float
        rad, where it ends at rest.
    duration, braking : float
        s until the target is met, and until what the wrist was doing has died out.
    """

    start: WristState
    target: float
    duration: float
    braking: float

    def at(self, time: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
        """Angle, velocity and acceleration at times in s from the start, each shape (times,)."""
        length = self.duration
        x = np.clip(time / length, 0.0, 1.0)
        way = self.target - self.start.angle
        angle = self.start.angle + way * x**3 * (10.0 - 15.0 * x + 6.0 * x**2)
        velocity = way / length * 30.0 * x**2 * (1.0 - x) ** 2
        acceleration = way / length**2 * 60.0 * x * (1.0 - x) * (1.0 - 2.0 * x)
        length = self.braking
        x = np.clip(time / length, 0.0, 1.0)
        left = (1.0 - x) ** 3
        carried = self.start.velocity * length
        pushed = self.start.acceleration * length**2
        angle += left * (carried * x * (1.0 + 3.0 * x) + pushed * 0.5 * x**2)
        left = (1.0 - x) ** 2
        velocity += (
            left * (carried * (1.0 + 2.0 * x - 15.0 * x**2) + pushed * x * (1.0 - 2.5 * x)) / length
        )
        acceleration += (
            (1.0 - x)
            * (carried * x * (60.0 * x - 36.0) + pushed * (1.0 - 8.0 * x + 10.0 * x**2))
            / length**2
        )
        return angle, velocity, acceleration

    def movement(self, first: int, samples: int) -> Movement:
        """Samples from the `first`-th on; the 0th is one sample's time after the start."""
        time = np.asarray((first + np.arange(samples) + 1.0) / SAMPLE_RATE, np.float64)
        angle, velocity, _ = self.at(time)
        return Movement(angle, velocity)

    def state(self, samples: int) -> WristState:
        """How the wrist moves after `samples` samples."""
        return WristState(*(float(v[0]) for v in self.at(np.array([samples / SAMPLE_RATE]))))


def redirected(start: WristState, target: float, duration: float = 0.0) -> Reach:
    """Reach for a target from whatever the wrist is doing.

    Parameters
    ----------
    start : WristState
        How the wrist moves now.
    target : float
        rad; one beyond 60 degrees is met there.
    duration : float
        s, more if it would take over 10 rad/s; 0 for a usual one, with a peak of 1.5 rad/s.
    """
    target = float(np.clip(target, -LIMIT, LIMIT))
    way = _PEAK_OF_MEAN * abs(target - start.angle)
    if duration > 0.0:
        duration = max(duration, way / _FASTEST_PEAK, 1.0 / SAMPLE_RATE)
    else:
        duration = max(way / _USUAL_PEAK, _SHORTEST)
    braking = min(_BRAKING, duration)
    while True:
        found = Reach(start, target, duration, braking)
        angle, _, _ = found.at(np.linspace(0.0, braking, _CHECKED))
        if np.abs(angle).max() <= LIMIT + 1e-6 or braking < 2.0 / SAMPLE_RATE:
            return found
        # Near the end of its range the wrist has to be stopped sooner.
        braking *= 0.8
