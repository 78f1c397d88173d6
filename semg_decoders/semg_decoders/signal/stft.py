# SPDX-License-Identifier: Apache-2.0
"""Short-time Fourier transform of the MPF features: 64 samples, hop 10, no padding."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import fft, signal

WINDOW = 64
"""Samples in one transform."""
HOP = 10
"""Samples from one transform to the next."""
BINS = WINDOW // 2 + 1

_TAPER: NDArray[np.float64] = signal.windows.hann(WINDOW, sym=True)
_TAPER = _TAPER / np.linalg.norm(_TAPER)


def bin_frequencies(sample_rate: float) -> NDArray[np.float64]:
    """Return the frequency of every bin in Hz, (BINS,)."""
    frequencies = np.arange(BINS, dtype=np.float64)
    frequencies *= sample_rate / WINDOW
    return frequencies


def samples_for(columns: int) -> int:
    """Return how many samples that many consecutive columns need."""
    return (columns - 1) * HOP + WINDOW


def short_time_spectra(emg: NDArray[np.float64]) -> NDArray[np.complex128]:
    """Transform every whole window.

    A symmetric Hann window divided by its L2 norm; one-sided; the first column starts at the
    first sample.

    Parameters
    ----------
    emg : array of float64, (samples, channels)
        At least `WINDOW` samples.

    Returns
    -------
    array of complex128, (columns, channels, BINS)
    """
    samples, channels = emg.shape
    emg = np.ascontiguousarray(emg)
    step, channel = emg.strides
    # What sliding_window_view gives, without its own work, which is most of it for few samples.
    windows: NDArray[np.float64] = np.ndarray(
        ((samples - WINDOW) // HOP + 1, channels, WINDOW),
        emg.dtype,
        emg,
        strides=(HOP * step, channel, step),
    )
    spectra: NDArray[np.complex128] = fft.rfft(windows * _TAPER, axis=-1)
    return spectra
