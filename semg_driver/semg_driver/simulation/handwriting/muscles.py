# SPDX-License-Identifier: Apache-2.0
"""From the movement of a pen, or of fingers that hold none, to the drive of muscles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semg_driver.simulation.anatomy import MUSCLE_INDEX, MUSCLES

_TUNING: dict[str, tuple[float, float]] = {
    "FDS2": (255.0, 0.9), "FDP2": (265.0, 0.8), "FDS3": (280.0, 0.7), "FDP3": (285.0, 0.5),
    "FDS4": (300.0, 0.4), "FPL": (235.0, 0.7), "thenar": (215.0, 0.6), "FCR": (170.0, 0.8),
    "FCU": (315.0, 0.6), "APL": (135.0, 0.6), "EPB": (125.0, 0.5), "EPL": (110.0, 0.6),
    "EI": (90.0, 0.9), "ED2": (80.0, 0.8), "ED3": (60.0, 0.6), "ED4": (40.0, 0.5),
    "ECR": (30.0, 0.7), "ECU": (350.0, 0.8),
}  # fmt: skip
"""Where each muscle moves the pen most, in degrees (0 is right, 90 is up), and how much."""
_GRIP: dict[str, float] = {
    "FDS2": 0.035, "FDP2": 0.035, "FDS3": 0.03, "FDP3": 0.02, "FPL": 0.05, "thenar": 0.05,
    "ECR": 0.03, "ECU": 0.02, "EI": 0.015,
}  # fmt: skip
_PINCH: dict[str, float] = {
    "FPL": 0.5, "thenar": 0.5, "FDP2": 0.45, "FDS2": 0.35, "ECR": 0.15, "APL": 0.1,
}  # fmt: skip
_SPEED, _ACCELERATION = 16.0, 450.0  # small letters' heights per s, and per s², at usual peaks
_BY_ACCELERATION = 0.45  # share of drive that is for acceleration
_LEVEL = 0.45
_GRIP_WITH_SPEED = 0.8
_MOST = 0.75


@dataclass(frozen=True)
class PenMuscles:
    """How a person's muscles move a pen.

    Attributes
    ----------
    direction : ndarray, shape (muscles, 2)
        To the right and upwards, of length 1: where each muscle moves the pen.
    level : ndarray, shape (muscles,)
        Drive at usual peaks of movement that way.
    grip : ndarray, shape (muscles,)
        Drive that holds the pen.
    pinch : ndarray, shape (muscles,)
        Drive of a pinch.
    """

    direction: NDArray[np.float64]
    level: NDArray[np.float64]
    grip: NDArray[np.float64]
    pinch: NDArray[np.float64]

    @staticmethod
    def sample(seed: int, *, spread: float = 1.0, mirrored: bool = False) -> PenMuscles:
        """Draw a person's.

        A pen in a three-finger grip goes up and down by the fingers and the thumb, and across
        by the wrist (Dounskaia, Van Gemmert, Stelmach 2000, Exp Brain Res 135, 127). Muscles of
        the wrist are tuned to the direction of movement by its cosine (Hoffman and Strick 1999,
        J Neurophysiol 81, 319); the directions themselves are chosen to fit what the muscles do.

        Parameters
        ----------
        seed : int
            The person's, at least 0.
        spread : float
            Factor on all standard deviations between people.
        mirrored : bool
            Whether it is the left hand, whose muscles move it the other way across.
        """
        rng = np.random.default_rng(np.random.SeedSequence([seed, 10]))
        muscles = len(MUSCLES)
        usual = {name: np.deg2rad(degrees) for name, (degrees, _) in _TUNING.items()}
        together = rng.normal(0.0, np.deg2rad(8.0))
        each = rng.normal(0.0, np.deg2rad(12.0), muscles)
        angle = _array(usual) + spread * np.clip(together + each, -0.7, 0.7)
        across = -1.0 if mirrored else 1.0
        gain, grip, pinch = np.exp(spread * np.clip(rng.normal(0.0, 0.2, (3, muscles)), -0.5, 0.5))
        return PenMuscles(
            direction=np.stack([across * np.cos(angle), np.sin(angle)], axis=1),
            level=_LEVEL * gain * _array({name: share for name, (_, share) in _TUNING.items()}),
            grip=grip * _array(_GRIP),
            pinch=pinch * _array(_PINCH),
        )

    def writing(self, velocity: NDArray[np.float64], step: float) -> NDArray[np.float64]:
        """Drive that moves the pen; what holds it is not in it, but what holds it faster is.

        Parameters
        ----------
        velocity : ndarray, shape (2, times)
            To the right and upwards, in heights of small letters per s.
        step : float
            s from one time to the next.

        Returns
        -------
        ndarray, shape (muscles, times)
            0 is none, 1 is maximal, which it never is.
        """
        acceleration = np.gradient(velocity, step, axis=1)
        wanted = (1.0 - _BY_ACCELERATION) * velocity / _SPEED
        wanted += _BY_ACCELERATION * acceleration / _ACCELERATION
        drive = self.level[:, None] * np.maximum(self.direction @ wanted, 0.0)
        drive += self.grip[:, None] * (_GRIP_WITH_SPEED * np.hypot(*velocity) / _SPEED)
        return np.asarray(_MOST * (1.0 - np.exp(-drive / _MOST)))

    def pinching(
        self, times: NDArray[np.float64], start: float, stop: float
    ) -> NDArray[np.float64]:
        """Drive, shape (muscles, times), of a pinch from `start` to `stop`; all in s."""
        x = np.clip((times - start) / (stop - start), 0.0, 1.0)
        return np.asarray(self.pinch[:, None] * 16.0 * (x * (1.0 - x)) ** 2)


def _array(values: Mapping[str, float]) -> NDArray[np.float64]:
    array = np.zeros(len(MUSCLES))
    for name, value in values.items():
        array[MUSCLE_INDEX[name]] = value
    return array
