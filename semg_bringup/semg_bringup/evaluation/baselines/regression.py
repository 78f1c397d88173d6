# SPDX-License-Identifier: Apache-2.0
"""Ridge regression (Hoerl and Kennard 1970)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve

PENALTY = 1e-2
"""Of squared weights, relative to the mean variance of the features."""


@dataclass(frozen=True)
class Regression:
    """A linear function.

    Attributes
    ----------
    weights : array of float64, (features,)
        Slope by each feature.
    offset : float
        Where all features are zero.
    """

    weights: NDArray[np.float64]
    offset: float

    def values(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return its value (frames,) for each frame of (frames, features)."""
        return features @ self.weights + self.offset


class RegressionFit:
    """Adds up what the fit needs, recording after recording.

    Parameters
    ----------
    features : int
        How many there are.
    """

    def __init__(self, features: int) -> None:
        self._count = 0
        self._sum = np.zeros(features)
        self._squares = np.zeros((features, features))
        self._wanted = 0.0
        self._products = np.zeros(features)

    def add(self, features: NDArray[np.float64], wanted: NDArray[np.float64]) -> None:
        """Take in frames (frames, features) and what their value should be (frames,)."""
        self._count += len(features)
        self._sum += features.sum(axis=0)
        self._squares += features.T @ features
        self._wanted += float(wanted.sum())
        self._products += features.T @ wanted

    def fitted(self, penalty: float = PENALTY) -> Regression:
        """Return the function of least squares and small weights.

        Raises
        ------
        ValueError
            If there were no frames.
        """
        if not self._count:
            raise ValueError("frames: there were none, must be at least one")
        mean, wanted = self._sum / self._count, self._wanted / self._count
        covariance = self._squares / self._count - np.outer(mean, mean)
        together = self._products / self._count - mean * wanted
        size = len(mean)
        ridge = penalty * np.trace(covariance) / size * np.eye(size)
        weights = solve(covariance + ridge, together, assume_a="pos")
        return Regression(weights, wanted - float(mean @ weights))
