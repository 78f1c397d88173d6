# SPDX-License-Identifier: Apache-2.0
"""How strong the EMG is in a few bands, on each channel and between channels."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.signal import firwin, oaconvolve

from semg_decoders.signal.conditioning import SAMPLE_RATE

LOWEST = 90.0
"""Hz: the filters damp 60 Hz by 38 dB and 50 Hz by more, however strong the mains are."""
HIGHEST = 450.0
"""Hz: what a device of 1 kHz delivers. Surface EMG has little above it."""
FILTER_TAPS = 97
FRAME_SAMPLES = 40
_BAND_RATIO = 5 / 3

Bands = tuple[tuple[float, float], ...]


def bands_within(bandwidth: float) -> Bands:
    """Return the bands (Hz) that a device with a bandwidth (Hz) delivers, up to three.

    Raises
    ------
    ValueError
        If it delivers too little.
    """
    highest = min(bandwidth, HIGHEST)
    if highest < LOWEST * _BAND_RATIO:
        raise ValueError(
            f"bandwidth: {bandwidth:g} Hz, must be at least {LOWEST * _BAND_RATIO:g} Hz"
        )
    count = round(np.log(highest / LOWEST) / np.log(_BAND_RATIO))
    edges = np.geomspace(LOWEST, highest, count + 1).round(1).tolist()
    return tuple(pairwise(edges))


ALL_BANDS = bands_within(HIGHEST)


def band_filters(bands: Bands) -> NDArray[np.float64]:
    """Return band-pass filters of linear phase (Hamming window) at 2 kHz, (bands, taps)."""
    return np.stack([firwin(FILTER_TAPS, band, pass_zero=False, fs=SAMPLE_RATE) for band in bands])


def band_covariances(emg: NDArray[np.floating], bands: Bands) -> NDArray[np.float32]:
    """Return the covariances of filtered EMG, frame by frame.

    Parameters
    ----------
    emg : array, (samples, channels)
        Conditioned EMG at 2 kHz in noise s.d.
    bands : tuple of (float, float)
        Hz.

    Returns
    -------
    array of float32, (frames, bands, channels, channels)
        Mean products over frames of 20 ms. Frame k ends with sample
        ``FILTER_TAPS - 1 + FRAME_SAMPLES * (k + 1) - 1``.
    """
    frames = max(0, (len(emg) - FILTER_TAPS + 1) // FRAME_SAMPLES)
    found = np.zeros((frames, len(bands), emg.shape[1], emg.shape[1]), np.float32)
    for band, taps in enumerate(band_filters(bands) if frames else ()):
        filtered = oaconvolve(emg.astype(np.float64), taps[:, np.newaxis], "valid", axes=0)
        cut = filtered[: frames * FRAME_SAMPLES].reshape(frames, FRAME_SAMPLES, -1)
        found[:, band] = np.matmul(cut.transpose(0, 2, 1), cut) / FRAME_SAMPLES
    return found


def frame_ends(frames: int) -> NDArray[np.int64]:
    """Return the last sample of each frame of `band_covariances`, (frames,)."""
    return FILTER_TAPS - 1 + FRAME_SAMPLES * np.arange(1, frames + 1, dtype=np.int64) - 1


def noise_level(covariances: Sequence[NDArray[np.floating]]) -> float:
    """Return the power, in (noise s.d.)², that channels have in a band in the quietest tenth."""
    powers = np.concatenate(
        [np.diagonal(one, axis1=-2, axis2=-1).reshape(-1) for one in covariances]
    )
    return float(np.quantile(powers, 0.1))
