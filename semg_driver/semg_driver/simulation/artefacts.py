# SPDX-License-Identifier: Apache-2.0
"""What electrodes that move on the skin add to the signal."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from semg_driver.simulation.band import SAMPLE_RATE
from semg_driver.simulation.passage import Jolt
from semg_driver.simulation.person import CHANNELS, Person

_LENGTH = round(0.5 * SAMPLE_RATE)
_SHIFT = 300e-6  # V of baseline movement, of a usual jolt on a usual channel
_DECAY = 0.08  # s
_FREQUENCIES = (3.0, 12.0)  # Hz
_SCRAPE = 0.02  # of that as contact noise of all frequencies
_SCRAPE_DECAY = 0.03  # s


class Artefacts:
    """Baseline movement and contact noise after each jolt to the band.

    The energy of movement artefacts lies below 20 Hz in the main (De Luca, Gilmore, Kuznetsov,
    Roy 2010, J Biomech 43, 1573), where a band's high pass takes most of it away; what scrapes
    under an electrode is heard at all frequencies. Each jolt is a decaying oscillation whose
    size differs between channels as the person's band sits.

    Parameters
    ----------
    person : Person
        Whose band.
    rng : numpy.random.Generator
        Source of chance.
    """

    def __init__(self, person: Person, rng: np.random.Generator) -> None:
        self._looseness = person.looseness
        self._rng = rng
        self._waves: list[tuple[int, NDArray[np.float32]]] = []

    def begin(self, jolt: Jolt) -> None:
        """Take in a jolt; its sample counts from the wearer's first one."""
        rng = self._rng
        time = np.arange(_LENGTH)[:, None] / SAMPLE_RATE
        size = jolt.strength * self._looseness * rng.normal(0.0, 1.0, CHANNELS)
        turns = rng.uniform(*_FREQUENCIES, CHANNELS) * time
        wave = np.exp(-time / _DECAY) * np.sin(2.0 * np.pi * turns)
        scrape = np.exp(-time / _SCRAPE_DECAY) * rng.normal(0.0, _SCRAPE, (_LENGTH, CHANNELS))
        # Both end before they are cut off.
        fade = np.minimum(1.0, (_LENGTH - 1 - np.arange(_LENGTH))[:, None] / (0.2 * _LENGTH))
        self._waves.append((jolt.sample, (_SHIFT * size * (wave + scrape) * fade).astype("f4")))

    def add_to(self, signal: NDArray[np.float32], first: int) -> None:
        """Add what is due to `signal`, in V, shape (samples, 16), from sample `first` on."""
        stop = first + len(signal)
        for start, wave in self._waves:
            begin, end = max(start, first), min(start + _LENGTH, stop)
            if begin < end:
                signal[begin - first : end - first] += wave[begin - start : end - start]
        self._waves = [(start, wave) for start, wave in self._waves if start + _LENGTH > stop]
