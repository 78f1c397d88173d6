# SPDX-License-Identifier: Apache-2.0
"""A script laid out in time, as far as it is needed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from semg_driver.simulation.passage import Cue, Script


class Timeline:
    """Wrist movement and cues of a script by sample index.

    Parameters
    ----------
    script : Script
        Without an end.
    """

    def __init__(self, script: Script) -> None:
        self._script = script
        self._first = 0
        self._angle: NDArray[np.float64] = np.empty(0)
        self._velocity: NDArray[np.float64] = np.empty(0)
        self._new: list[Cue] = []

    def movement(self, start: int, stop: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Wrist angle in rad and velocity in rad/s of samples [start, stop)."""
        self._extend(stop)
        inside = slice(start - self._first, stop - self._first)
        return self._angle[inside], self._velocity[inside]

    def cues_until(self, sample: int) -> list[Cue]:
        """Cues of the passages that begin before `sample`, be they later; each only once."""
        self._extend(sample)
        found, self._new = self._new, []
        return found

    def forget(self, sample: int) -> None:
        """Let go of movement before `sample`."""
        count = sample - self._first
        self._angle = self._angle[count:]
        self._velocity = self._velocity[count:]
        self._first = sample

    def _extend(self, stop: int) -> None:
        while self._first + self._angle.size < stop:
            passage = next(self._script)
            start = self._first + self._angle.size
            self._angle = np.concatenate([self._angle, passage.movement.angle])
            self._velocity = np.concatenate([self._velocity, passage.movement.velocity])
            self._new += [Cue(c.gesture, start + c.sample, c.hold) for c in passage.cues]
