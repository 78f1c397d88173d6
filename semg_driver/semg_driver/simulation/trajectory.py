# SPDX-License-Identifier: Apache-2.0
"""Movements of the wrist in flexion and extension. Angles in rad, positive is extension."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 2000.0
LIMIT = np.deg2rad(60.0)


@dataclass(frozen=True)
class Movement:
    """A piece of movement that starts and ends at rest.

    Attributes
    ----------
    angle, velocity : ndarray, shape (samples,)
        rad and rad/s at 2 kHz.
    """

    angle: NDArray[np.float64]
    velocity: NDArray[np.float64]


def joined(movements: list[Movement]) -> Movement:
    """Put movements one after another; each must start where the one before ended."""
    return Movement(
        np.concatenate([m.angle for m in movements]),
        np.concatenate([m.velocity for m in movements]),
    )


def still(angle: float, duration: float) -> Movement:
    """No movement for `duration` s at `angle` rad."""
    samples = round(duration * SAMPLE_RATE)
    return Movement(np.full(samples, angle), np.zeros(samples))


def reach(start: float, end: float, duration: float) -> Movement:
    """Minimum-jerk movement (Flash and Hogan 1985, J Neurosci 5, 1688).

    Parameters
    ----------
    start, end : float
        rad.
    duration : float
        s.
    """
    samples = max(round(duration * SAMPLE_RATE), 1)
    x = (np.arange(samples) + 1.0) / samples
    shape = x**3 * (10.0 - 15.0 * x + 6.0 * x**2)
    slope = 30.0 * x**2 * (1.0 - x) ** 2 * SAMPLE_RATE / samples
    return Movement(start + (end - start) * shape, (end - start) * slope)


def targets(start: float, duration: float, rng: np.random.Generator) -> Movement:
    """Reaches to random targets, with short pauses, for about `duration` s from `start` rad."""
    pieces: list[Movement] = []
    angle, left = start, duration
    while left > 0:
        end = angle
        while abs(end - angle) < np.deg2rad(20.0):
            end = float(rng.uniform(-0.9, 0.9) * LIMIT)
        peak = float(rng.uniform(np.deg2rad(70.0), np.deg2rad(170.0)))
        time = max(1.875 * abs(end - angle) / peak, 0.3)
        pause = float(rng.uniform(0.05, 0.6))
        pieces += [reach(angle, end, time), still(end, pause)]
        angle = end
        left -= time + pause
    return joined(pieces)


def pursuit(start: float, duration: float, rng: np.random.Generator) -> Movement:
    """Follow a sum of sines from `start` rad for `duration` s, ending at 0 rad."""
    samples = round(duration * SAMPLE_RATE)
    time = np.asarray((np.arange(samples) + 1.0) / SAMPLE_RATE, np.float64)
    frequency = rng.uniform([0.12, 0.28, 0.55], [0.28, 0.55, 0.9])
    share = rng.uniform(0.6, 1.0, 3) / frequency**0.7
    share *= rng.uniform(0.75, 0.95) * LIMIT / share.sum()
    phase = rng.uniform(0.0, 2.0 * np.pi, 3)
    omega = 2.0 * np.pi * frequency
    angle = share @ np.sin(omega[:, None] * time + phase[:, None])
    velocity = (share * omega) @ np.cos(omega[:, None] * time + phase[:, None])
    ramp = min(0.8, duration / 2)
    inside, inside_slope = _ramp(time, ramp)
    outside, outside_slope = _ramp(samples / SAMPLE_RATE - time, ramp)
    window = inside * outside
    slope = inside_slope * outside - inside * outside_slope
    return Movement(
        angle * window + start * (1.0 - inside),
        velocity * window + angle * slope - start * inside_slope,
    )


def rhythm(middle: float, duration: float, frequency: float, amplitude: float) -> Movement:
    """Swing about `middle` rad for `duration` s, starting and ending there at rest.

    Parameters
    ----------
    middle, amplitude : float
        rad.
    duration : float
        s.
    frequency : float
        Hz.
    """
    samples = round(duration * SAMPLE_RATE)
    time = np.asarray((np.arange(samples) + 1.0) / SAMPLE_RATE, np.float64)
    omega = 2.0 * np.pi * frequency
    swing, speed = np.sin(omega * time), omega * np.cos(omega * time)
    window, slope = _window(time, samples / SAMPLE_RATE, min(1.0 / frequency, duration / 2))
    return Movement(
        middle + amplitude * swing * window, amplitude * (speed * window + swing * slope)
    )


def _window(
    time: NDArray[np.float64], duration: float, ramp: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    inside, inside_slope = _ramp(time, ramp)
    outside, outside_slope = _ramp(duration - time, ramp)
    return inside * outside, inside_slope * outside - inside * outside_slope


def _ramp(
    time: NDArray[np.float64], duration: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    x = np.clip(time / duration, 0.0, 1.0)
    return x**3 * (10.0 - 15.0 * x + 6.0 * x**2), 30.0 * x**2 * (1.0 - x) ** 2 / duration
