# SPDX-License-Identifier: Apache-2.0
"""How hard five postures are for a linear discriminant: on oneself, on others, on a turned ring."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from test.realism.held import POSTURES, RATE, HeldPostures

_WINDOW, _STEP = round(0.2 * RATE), round(0.1 * RATE)
_AFTER, _BEFORE = 0.5, 0.3  # s around a change of cue that are left out
_SMALL = 0.1  # µV
_SHRINKAGE = 0.1


class Discriminant:
    """Shrinkage LDA on log RMS and log waveform length of 200 ms every 100 ms.

    Parameters
    ----------
    held : HeldPostures
        What it is trained on.
    """

    def __init__(self, held: HeldPostures) -> None:
        features, postures = _examples(held)
        means = np.stack([features[postures == p].mean(axis=0) for p in range(len(POSTURES))])
        spread = np.cov((features - means[postures]).T)
        usual = np.trace(spread) / len(spread) * np.eye(len(spread))
        spread = (1.0 - _SHRINKAGE) * spread + _SHRINKAGE * usual
        self._weights = np.linalg.solve(spread, means.T)
        self._offsets = -0.5 * (means * self._weights.T).sum(axis=1)

    def balanced_accuracy(self, held: HeldPostures) -> float:
        """Mean over postures of the share of windows that are taken for what they are."""
        features, postures = _examples(held)
        answers = (features @ self._weights + self._offsets).argmax(axis=1)
        rights = [(answers[postures == p] == p).mean() for p in range(len(POSTURES))]
        return float(np.mean(rights))


def _examples(held: HeldPostures) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    features, postures = [], []
    for name, emg in held.spans(_AFTER, _BEFORE):
        for start in range(0, len(emg) - _WINDOW + 1, _STEP):
            window = emg[start : start + _WINDOW]
            rms = np.sqrt((window**2).mean(axis=0))
            length = np.abs(np.diff(window, axis=0)).sum(axis=0)
            features.append(np.log(np.concatenate([rms, length]) + _SMALL))
            postures.append(POSTURES.index(name))
    return np.array(features), np.array(postures)
