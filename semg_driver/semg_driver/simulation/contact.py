# SPDX-License-Identifier: Apache-2.0
"""Electrodes that lose the skin for a moment."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from semg_driver.simulation.band import NOISE_SD, SAMPLE_RATE
from semg_driver.simulation.person import CHANNELS, Person

_LOST = (0.1, 2.0)  # s
_LEFT = 0.03  # of the signal while the contact is lost
_NOISE = 3.0  # noise s.d. more
_HUM = 15e-6  # V
_POP = 150e-6  # V
_POP_DECAY = 0.01  # s
_NEVER = 2**62


class Contact:
    """Lets channels of some people lose their contact now and then, for 0.1 to 2 s.

    Parameters
    ----------
    person : Person
        How often which electrode does.
    rng : numpy.random.Generator
        Source of chance.
    """

    def __init__(self, person: Person, rng: np.random.Generator) -> None:
        self._rng = rng
        self._losses = person.losses / 60.0 / SAMPLE_RATE
        self._mains = person.mains
        self._start = np.full(CHANNELS, _NEVER)
        self._stop = np.full(CHANNELS, _NEVER)
        for channel in np.flatnonzero(self._losses):
            self._plan(int(channel), 0)

    def apply(self, signal: NDArray[np.float32], first: int) -> None:
        """Change `signal`, in V, shape (samples, 16), from sample `first` on."""
        stop = first + len(signal)
        for channel in np.flatnonzero(self._losses).tolist():
            while self._start[channel] < stop:
                begin = max(int(self._start[channel]), first)
                end = min(int(self._stop[channel]), stop)
                self._lose(signal[begin - first : end - first, channel], channel, begin)
                if self._stop[channel] > stop:
                    break
                self._plan(channel, int(self._stop[channel]))

    def _plan(self, channel: int, after: int) -> None:
        self._start[channel] = after + int(self._rng.exponential(1.0 / self._losses[channel])) + 1
        lost = float(np.exp(self._rng.uniform(*np.log(_LOST))))
        self._stop[channel] = self._start[channel] + round(lost * SAMPLE_RATE)

    def _lose(self, signal: NDArray[np.float32], channel: int, first: int) -> None:
        samples = first + np.arange(len(signal))
        signal *= _LEFT
        signal += _NOISE * NOISE_SD * self._rng.standard_normal(len(signal))
        signal += _HUM * np.sin(2.0 * np.pi * ((samples * (self._mains / SAMPLE_RATE)) % 1.0))
        since = (samples - self._start[channel]) / SAMPLE_RATE
        signal += _POP * np.exp(-since / _POP_DECAY)
