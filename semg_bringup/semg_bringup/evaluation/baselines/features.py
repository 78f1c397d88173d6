# SPDX-License-Identifier: Apache-2.0
"""How strong and how rough EMG is from moment to moment: all that the linear decoders see."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_SMALL = 0.1
"""Noise s.d., added before the logarithm."""


def log_amplitudes(emg: NDArray[np.floating], samples: int) -> NDArray[np.float64]:
    """Logarithm of RMS and of mean absolute difference of each channel in consecutive frames.

    Parameters
    ----------
    emg : array, (samples, channels)
        Conditioned.
    samples : int
        Of a frame; what is left over at the end is dropped.

    Returns
    -------
    array of float64, (frames, 2 * channels)
        Frame k is of samples [k * samples, (k + 1) * samples).
    """
    values = np.asarray(emg, np.float64)
    frames = len(values) // samples
    steps = np.abs(np.diff(values, axis=0, prepend=values[:1]))

    def mean(of: NDArray[np.float64]) -> NDArray[np.float64]:
        return of[: frames * samples].reshape(frames, samples, -1).mean(axis=1)

    return np.log(np.concatenate([np.sqrt(mean(values**2)), mean(steps)], axis=1) + _SMALL)


def stacked(features: NDArray[np.float64], lags: int) -> NDArray[np.float64]:
    """Put each frame beside those before it.

    Parameters
    ----------
    features : array, (frames, features)
        In order of time.
    lags : int
        Frames that are put side by side; before the first one it is repeated.

    Returns
    -------
    array of float64, (frames, lags * features)
        The latest first.
    """
    padded = np.concatenate([np.repeat(features[:1], lags - 1, axis=0), features])
    frames = len(features)
    return np.concatenate([padded[lags - 1 - k :][:frames] for k in range(lags)], axis=1)
