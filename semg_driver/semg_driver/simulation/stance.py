# SPDX-License-Identifier: Apache-2.0
"""How the arm is held: on a table, hanging, raised. It changes what the band sees of the hand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semg_driver.simulation.anatomy import MUSCLES


@dataclass(frozen=True)
class Stance:
    """A way to hold the arm.

    Attributes
    ----------
    turn : float
        Of the muscles under the skin against the band, in degrees.
    gain : ndarray, shape (muscles,)
        Factor on what the band sees of each muscle, as it comes nearer or goes farther away.
    tone : ndarray, shape (muscles,)
        Factor on each muscle's drive at rest.
    """

    turn: float
    gain: NDArray[np.float64]
    tone: NDArray[np.float64]


NEUTRAL = Stance(0.0, np.ones(len(MUSCLES)), np.ones(len(MUSCLES)))


class Stances:
    """Stances that follow one another, each held for a while.

    Pronation turns the forearm's skin against its muscles, and both it and the weight of a raised
    arm change the activity at rest (Fougner, Scheme, Chan, Englehart, Stavdahl 2011, IEEE Trans
    Neural Syst Rehabil Eng 19, 644, on the effect of limb position).

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of chance.
    size : float
        How much they differ: 1 is usual, 0 not at all.
    """

    SHORTEST = 8.0  # s
    MEAN_MORE = 20.0  # s
    _TURN_SD = 4.0  # degrees
    _GAIN_SD = 0.08
    _TONE_SD = 0.35

    def __init__(self, rng: np.random.Generator, size: float = 1.0) -> None:
        self._rng = rng
        self._size = size

    def next(self) -> tuple[Stance, float]:
        """Return another stance, and for how many s it is held."""
        rng, size, muscles = self._rng, self._size, len(MUSCLES)
        stance = Stance(
            size * float(rng.normal(0.0, self._TURN_SD)),
            np.exp(size * rng.normal(0.0, self._GAIN_SD, muscles)),
            np.exp(size * (rng.normal(0.0, 0.2) + rng.normal(0.0, self._TONE_SD, muscles))),
        )
        return stance, self.SHORTEST + float(rng.exponential(self.MEAN_MORE))
