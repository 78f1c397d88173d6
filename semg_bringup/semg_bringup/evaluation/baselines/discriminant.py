# SPDX-License-Identifier: Apache-2.0
"""Linear discriminant analysis whose covariance is shrunk, as in Friedman (1989)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve
from scipy.special import log_softmax

SHRINKAGE = 0.1


@dataclass(frozen=True)
class Discriminant:
    """Log-probabilities of classes that are normal with one covariance.

    Attributes
    ----------
    weights : array of float64, (features, classes)
        What a feature says for a class.
    offsets : array of float64, (classes,)
        What is said for it beforehand; minus infinity for classes that never came.
    """

    weights: NDArray[np.float64]
    offsets: NDArray[np.float64]

    def log_probabilities(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the log-probability of each class, (frames, classes), for (frames, features)."""
        return np.asarray(log_softmax(features @ self.weights + self.offsets, axis=1))


class DiscriminantFit:
    """Adds up what the fit needs, recording after recording.

    Parameters
    ----------
    features, classes : int
        How many there are.
    """

    def __init__(self, features: int, classes: int) -> None:
        self._counts = np.zeros(classes)
        self._sums = np.zeros((classes, features))
        self._squares = np.zeros((features, features))

    def add(self, features: NDArray[np.float64], labels: NDArray[np.integer]) -> None:
        """Take in frames (frames, features) and their classes (frames,)."""
        np.add.at(self._counts, labels, 1.0)
        np.add.at(self._sums, labels, features)
        self._squares += features.T @ features

    def fitted(self, shrinkage: float = SHRINKAGE) -> Discriminant:
        """Return the discriminant; `shrinkage` is the part of the covariance made spherical.

        Raises
        ------
        ValueError
            If there were no frames.
        """
        total = self._counts.sum()
        if not total:
            raise ValueError("frames: there were none, must be at least one")
        seen = self._counts > 0
        means = self._sums / np.maximum(self._counts, 1.0)[:, None]
        within = (self._squares - (self._counts[:, None] * means).T @ means) / total
        size = len(within)
        sphere = np.trace(within) / size * np.eye(size)
        covariance = (1.0 - shrinkage) * within + shrinkage * sphere
        weights = solve(covariance, means.T, assume_a="pos")
        with np.errstate(divide="ignore"):
            prior = np.log(self._counts / total)
        offsets = prior - 0.5 * np.einsum("cf,fc->c", means, weights)
        return Discriminant(weights, np.where(seen, offsets, -np.inf))
