# SPDX-License-Identifier: Apache-2.0
"""Movements of the pen as overlapping strokes whose speeds are lognormal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

_TAIL = 2.5758  # s.d. of a normal distribution beyond which half a percent lies on each side
_OVER = 4.5  # s.d. after which nothing of a stroke is left to be seen


@dataclass(frozen=True)
class Strokes:
    """Strokes that are added up (sigma-lognormal model).

    Each has a speed that is its length times a lognormal density in time, and a heading that
    turns with the way covered, so that it alone would draw an arc (Plamondon 1995, Biol Cybern
    72, 295; Plamondon and Djioua 2006, Hum Mov Sci 25, 586).

    Attributes
    ----------
    onset : ndarray, shape (strokes,)
        s, before which nothing of a stroke is there.
    delay : ndarray, shape (strokes,)
        Mean of the logarithm of the time in s from the onset.
    width : ndarray, shape (strokes,)
        S.d. of that logarithm.
    length : ndarray, shape (strokes,)
        Along the arc.
    heading, turn : ndarray, shape (strokes,)
        rad; heading at first, and by how much it turns to the left.
    """

    onset: NDArray[np.float64]
    delay: NDArray[np.float64]
    width: NDArray[np.float64]
    length: NDArray[np.float64]
    heading: NDArray[np.float64]
    turn: NDArray[np.float64]

    def velocity(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """Velocity of the pen to the right and upwards.

        Parameters
        ----------
        times : ndarray, shape (times,)
            s, ascending.

        Returns
        -------
        ndarray, shape (2, times)
            Lengths per s.
        """
        velocity = np.zeros((2, times.size))
        over = self.onset + np.exp(self.delay + _OVER * self.width)
        first = np.searchsorted(times, self.onset, side="right")
        last = np.searchsorted(times, over)
        for i in range(self.onset.size):
            inside = slice(first[i], last[i])
            passed = times[inside] - self.onset[i]
            z = (np.log(passed) - self.delay[i]) / self.width[i]
            speed = np.exp(-0.5 * z**2) / (np.sqrt(2.0 * np.pi) * self.width[i] * passed)
            heading = self.heading[i] + self.turn[i] * ndtr(z)
            velocity[0, inside] += self.length[i] * speed * np.cos(heading)
            velocity[1, inside] += self.length[i] * speed * np.sin(heading)
        return velocity

    def position(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where the pen is, from where it started; arguments and shape as of `velocity`."""
        passed = np.maximum(times[None, :] - self.onset[:, None], 1e-300)
        share = ndtr((np.log(passed) - self.delay[:, None]) / self.width[:, None])
        # The chord of an arc is sin(turn / 2) / (turn / 2) times as long as the arc.
        turned = self.turn[:, None] * share
        chord = self.length[:, None] * share * np.sinc(turned / (2.0 * np.pi))
        towards = self.heading[:, None] + turned / 2.0
        return np.stack([(chord * np.cos(towards)).sum(0), (chord * np.sin(towards)).sum(0)])


def strokes_between(
    points: NDArray[np.float64],
    turns: NDArray[np.float64],
    start: NDArray[np.float64],
    duration: NDArray[np.float64],
    width: float,
) -> Strokes:
    """Strokes from point to point.

    Parameters
    ----------
    points : ndarray, shape (strokes + 1, 2)
        Where each ends and the next begins, or would if they did not overlap.
    turns : ndarray, shape (strokes,)
        rad, less than a full turn; see `Strokes`.
    start, duration : ndarray, shape (strokes,)
        s; 99 % of each stroke lie within its duration.
    width : float
        S.d. of the logarithm of time: how skewed the speed is.
    """
    way = np.diff(points, axis=0)
    delay = np.log(duration / (2.0 * np.sinh(_TAIL * width)))
    return Strokes(
        onset=start - np.exp(delay - _TAIL * width),
        delay=delay,
        width=np.full(turns.size, width),
        length=np.hypot(way[:, 0], way[:, 1]) / np.sinc(turns / (2.0 * np.pi)),
        heading=np.arctan2(way[:, 1], way[:, 0]) - turns / 2.0,
        turn=turns,
    )
