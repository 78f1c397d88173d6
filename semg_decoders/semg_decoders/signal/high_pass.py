# SPDX-License-Identifier: Apache-2.0
"""Causal high-pass filter whose state is carried from block to block."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import signal

CUTOFF = 40.0
"""Corner frequency in Hz, as in the published system."""
ORDER = 4
"""Order of the Butterworth filter, as in the published system."""


class HighPass:
    """Butterworth high-pass, 4th order at 40 Hz unless told otherwise.

    The filter starts as if the first sample had been there for ever, so that an electrode
    offset makes no step. The result does not depend on how the stream is cut into blocks.

    Parameters
    ----------
    channels : int
        Number of channels.
    sample_rate : float
        Hz.
    cutoff : float
        Corner frequency in Hz.
    order : int
        Order of the filter.
    """

    def __init__(
        self,
        channels: int,
        sample_rate: float = 2000.0,
        cutoff: float = CUTOFF,
        order: int = ORDER,
    ) -> None:
        self.channels = channels
        self.sample_rate = sample_rate
        self._sections = signal.butter(order, cutoff, "highpass", fs=sample_rate, output="sos")
        self._steady: NDArray[np.float64] = signal.sosfilt_zi(self._sections)
        self._state: NDArray[np.float64] | None = None

    def reset(self) -> None:
        """Forget the past: the next sample primes the filter anew."""
        self._state = None

    def push(self, block: NDArray[np.floating]) -> NDArray[np.float64]:
        """Filter the next samples.

        Parameters
        ----------
        block : array, (samples, channels)
            Samples that follow those of the last call.

        Returns
        -------
        array of float64, (samples, channels)
            Filtered, in the unit of the input.
        """
        emg = np.asarray(block, dtype=np.float64)
        if emg.shape[0] == 0:
            return np.zeros((0, self.channels))
        if self._state is None:
            self._state = self._steady[:, :, np.newaxis] * emg[0]
        filtered: NDArray[np.float64]
        filtered, self._state = signal.sosfilt(self._sections, emg, axis=0, zi=self._state)
        return filtered
