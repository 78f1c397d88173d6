# SPDX-License-Identifier: Apache-2.0
"""A power law through errors against numbers of people."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, stats

_RESAMPLES = 500
_INTERVAL = (2.5, 97.5)
_SIGNIFICANT = 0.05


@dataclass(frozen=True)
class PowerLaw:
    """``error = factor * people ** -exponent + floor``.

    Attributes
    ----------
    factor, exponent, floor : float
        Of the law; `floor` is 0 where the data do not support one.
    interval : (float, float)
        Of the exponent, 95 %.
    """

    factor: float
    exponent: float
    floor: float
    interval: tuple[float, float]

    def __call__(self, people: ArrayLike) -> NDArray[np.float64]:
        """Return the errors that the law gives for numbers of people."""
        return _law(np.asarray(people, np.float64), self.factor, self.exponent, self.floor)


def fit_power_law(people: ArrayLike, errors: ArrayLike, seed: int = 0) -> PowerLaw:
    """Fit a law to the mean errors of persons.

    Least squares of the logarithm of the mean over persons. A floor is part of the law if it
    lowers the squares by more than chance would: F test, p < 0.05, with at least four numbers of
    people. The interval is that of percentiles over persons drawn with replacement (bootstrap):
    it says how much depends on who was held out, not how much on chance in the trainings.

    Parameters
    ----------
    people : array, (numbers,)
        Trained on.
    errors : array, (numbers, persons)
        Of the same persons for each number; what is not finite is left out.
    seed : int
        Of the bootstrap.

    Raises
    ------
    ValueError
        If there are not at least two numbers of people with an error above 0.
    """
    numbers, values = np.asarray(people, np.float64), np.asarray(errors, np.float64)
    means = _means(values)
    usable = np.isfinite(means) & (means > 0)
    if np.unique(numbers[usable]).size < 2:
        raise ValueError("a power law needs two numbers of people with errors above 0")
    numbers, values, means = numbers[usable], values[usable], means[usable]
    with_floor = _supports_floor(numbers, means)
    law = _fit(numbers, means, with_floor)
    rng = np.random.default_rng(seed)
    exponents = []
    for _ in range(_RESAMPLES):
        drawn = _means(values[:, rng.integers(values.shape[1], size=values.shape[1])])
        there = np.isfinite(drawn) & (drawn > 0)
        if np.unique(numbers[there]).size >= (4 if with_floor else 2):
            exponents.append(_fit(numbers[there], drawn[there], with_floor)[1])
    low, high = np.percentile(exponents, _INTERVAL) if exponents else (math.nan, math.nan)
    return PowerLaw(*law, (float(low), float(high)))


def _means(values: NDArray[np.float64]) -> NDArray[np.float64]:
    finite = np.isfinite(values)
    sums = np.where(finite, values, 0.0).sum(axis=1)
    counts = finite.sum(axis=1)
    return np.divide(sums, counts, out=np.full(len(values), np.nan), where=counts > 0)


def _law(
    people: NDArray[np.float64], factor: float, exponent: float, floor: float
) -> NDArray[np.float64]:
    return np.asarray(factor * people**-exponent + floor, np.float64)


def _fit(
    people: NDArray[np.float64], means: NDArray[np.float64], with_floor: bool
) -> tuple[float, float, float]:
    """Return factor, exponent and floor."""
    slope, height = np.polyfit(np.log(people), np.log(means), 1)
    straight = (math.exp(height), float(-slope), 0.0)
    if not with_floor:
        return straight
    lowest = float(means.min())

    def residuals(values: NDArray[np.float64]) -> NDArray[np.float64]:
        factor, exponent, floor = values
        law = np.maximum(_law(people, math.exp(factor), exponent, floor), 1e-12)
        return np.asarray(np.log(law) - np.log(means), np.float64)

    found = optimize.least_squares(
        residuals,
        [height, max(-slope, 0.1), 0.5 * lowest],
        bounds=([-np.inf, 0.0, 0.0], [np.inf, 10.0, lowest]),
    )
    factor, exponent, floor = found.x.tolist()
    return math.exp(factor), exponent, floor


def _supports_floor(people: NDArray[np.float64], means: NDArray[np.float64]) -> bool:
    spare = np.unique(people).size - 3
    if spare < 1:
        return False
    without, with_one = (
        float(np.sum((np.log(_law(people, *_fit(people, means, floor))) - np.log(means)) ** 2))
        for floor in (False, True)
    )
    # Rounding is no misfit.
    if without <= 1e-12:
        return False
    f = (without - with_one) / max(with_one / spare, 1e-15)
    return bool(stats.f.sf(f, 1, spare) < _SIGNIFICANT)
