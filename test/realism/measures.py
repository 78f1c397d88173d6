# SPDX-License-Identifier: Apache-2.0
"""What is compared: frequency, correlation around the ring, amplitude over rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import welch

from test.realism.held import POSTURES, RATE, HeldPostures

_SETTLED, _EARLY = 1.0, 0.5  # s after a cue, and before the next one
_MAINS = (50.0, 60.0)
_SLOPE_FROM, _SLOPE_TO = 1, 4  # places on the ring


@dataclass(frozen=True)
class Measures:
    """Of one posture of one person.

    Attributes
    ----------
    median_frequency : float
        Hz; the median over channels. Mains frequencies and their multiples are left out.
    correlation : ndarray, shape (9,)
        Mean correlation of channels so many places apart on the ring.
    strongest, typical : float
        RMS of the strongest channel, and of the median one, relative to the median at rest.
    """

    median_frequency: float
    correlation: NDArray[np.float64]
    strongest: float
    typical: float

    @property
    def neighbours(self) -> float:
        """Correlation of channels that lie beside each other."""
        return float(self.correlation[1])

    @property
    def slope(self) -> float:
        """Of the correlation from 1 to 4 places, per place."""
        places = np.arange(_SLOPE_FROM, _SLOPE_TO + 1)
        return float(np.polyfit(places, self.correlation[_SLOPE_FROM : _SLOPE_TO + 1], 1)[0])


def measure(held: HeldPostures) -> dict[str, Measures]:
    """Measure each posture of a recording."""
    pieces: dict[str, list[NDArray[np.float64]]] = {name: [] for name in POSTURES}
    for name, emg in held.spans(_SETTLED, _EARLY):
        pieces[name].append(emg)
    resting = float(np.median(_rms(np.concatenate(pieces["rest"]))))
    found = {}
    for name, emgs in pieces.items():
        rms = _rms(np.concatenate(emgs))
        found[name] = Measures(
            median_frequency(emgs),
            ring_correlation(np.concatenate(emgs)),
            float(rms.max()) / resting,
            float(np.median(rms)) / resting,
        )
    return found


def median_frequency(emgs: list[NDArray[np.float64]]) -> float:
    """Frequency in Hz that halves the power of pieces (samples, channels), median of channels."""
    spectra = []
    for emg in emgs:
        frequency, power = welch(emg, RATE, nperseg=round(RATE), axis=0)
        spectra.append(power)
    mean = np.mean(spectra, axis=0)
    for mains in _MAINS:
        distance = np.abs(frequency - mains * np.rint(frequency / mains))
        mean[(distance <= 1.0) & (frequency > mains / 2)] = 0.0
    share = np.cumsum(mean, axis=0) / mean.sum(axis=0)
    return float(np.median(frequency[(share < 0.5).sum(axis=0)]))


def ring_correlation(emg: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean correlation of channels 0 to half a ring apart; `emg` is (samples, channels)."""
    matrix = np.corrcoef(emg.T)
    channels = np.arange(len(matrix))
    return np.array(
        [
            matrix[channels, (channels + distance) % len(matrix)].mean()
            for distance in range(len(matrix) // 2 + 1)
        ]
    )


def _rms(emg: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.sqrt((emg**2).mean(axis=0)))
