# SPDX-License-Identifier: Apache-2.0
"""Pools of motor units: who is recruited, and when each one fires."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RECRUITMENT_RANGE = 30.0
MINIMUM_RATE = 8.0  # Hz
PEAK_RATE_FIRST = 45.0  # Hz
PEAK_RATE_DROP = 10.0  # Hz
RATE_GAIN = 1.0  # Hz per unit of excitation
INTERVAL_VARIATION = 0.2
SIZE_RANGE = 15.0
_SHORTEST_INTERVAL = 0.35  # of the mean


@dataclass(frozen=True)
class Pools:
    """All motor units of a forearm, muscle after muscle.

    Attributes
    ----------
    muscle : ndarray of int, shape (units,)
        Which muscle a unit is from.
    threshold : ndarray, shape (units,)
        Excitation at which it starts to fire; 1 for the first unit of a muscle.
    peak_rate : ndarray, shape (units,)
        Hz.
    size : ndarray, shape (units,)
        Relative amplitude of its action potential; the mean over a muscle is 1.
    full_excitation : float
        Excitation at which every unit fires at its peak rate.
    """

    muscle: NDArray[np.intp]
    threshold: NDArray[np.float64]
    peak_rate: NDArray[np.float64]
    size: NDArray[np.float64]
    full_excitation: float

    def rates(self, drive: NDArray[np.float64]) -> NDArray[np.float64]:
        """Firing rates under a drive.

        Parameters
        ----------
        drive : ndarray, shape (muscles, times)
            0 is none, 1 is maximal.

        Returns
        -------
        ndarray, shape (units, times)
            Hz.
        """
        excitation = (drive * self.full_excitation)[self.muscle]
        excitation -= self.threshold[:, None]
        silent = excitation < 0.0
        excitation *= RATE_GAIN
        excitation += MINIMUM_RATE
        np.minimum(excitation, self.peak_rate[:, None], out=excitation)
        excitation[silent] = 0.0
        return excitation


def pools(units: tuple[int, ...]) -> Pools:
    """Make one pool per muscle.

    Thresholds rise exponentially over the pool with a range of 30, later units are larger,
    rates rise linearly with excitation from 8 Hz to a peak that is lower for later units, and
    intervals vary by 20 % (Fuglevand, Winter, Patla 1993, J Neurophysiol 70, 2470). The range
    of 15 in size is narrower than that of twitch force: surface amplitude grows more slowly.

    Parameters
    ----------
    units : tuple of int
        Size of each muscle's pool.
    """
    muscle: list[NDArray[np.intp]] = []
    threshold: list[NDArray[np.float64]] = []
    peak: list[NDArray[np.float64]] = []
    size: list[NDArray[np.float64]] = []
    for index, count in enumerate(units):
        place = np.arange(count) / max(count - 1, 1)
        muscle.append(np.full(count, index, dtype=np.intp))
        threshold.append(RECRUITMENT_RANGE**place)
        peak.append(PEAK_RATE_FIRST - PEAK_RATE_DROP * place)
        relative = SIZE_RANGE**place
        size.append(relative / relative.mean())
    full = RECRUITMENT_RANGE + (PEAK_RATE_FIRST - MINIMUM_RATE) / RATE_GAIN
    return Pools(
        np.concatenate(muscle),
        np.concatenate(threshold),
        np.concatenate(peak),
        np.concatenate(size),
        full,
    )


class SpikeTrains:
    """Renewal processes whose rates change over time, one for each motor unit.

    A unit fires when the integral of its rate since its last spike reaches an interval drawn
    from a normal distribution of mean 1 (time rescaling).

    Parameters
    ----------
    units : int
        Number of motor units.
    rng : numpy.random.Generator
        Source of the intervals.
    """

    def __init__(self, units: int, rng: np.random.Generator) -> None:
        self._rng = rng
        self._wait = rng.uniform(0.0, 1.0, units)

    def advance(
        self, rates: NDArray[np.float64], step: float
    ) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Let time pass under given rates.

        Parameters
        ----------
        rates : ndarray, shape (units, times)
            Hz, each constant for `step`.
        step : float
            s.

        Returns
        -------
        unit : ndarray of int, shape (spikes,)
            Who fired.
        time : ndarray, shape (spikes,)
            When, in steps from the start, in [0, times).
        """
        active = np.flatnonzero(rates.any(axis=1))
        if active.size == 0:
            return np.empty(0, np.intp), np.empty(0)
        phase = np.cumsum(rates[active] * step, axis=1)
        passed = phase[:, -1]
        draws = int(passed.max() / _SHORTEST_INTERVAL) + 2
        intervals = self._rng.normal(1.0, INTERVAL_VARIATION, (active.size, draws))
        np.maximum(intervals, _SHORTEST_INTERVAL, out=intervals)
        intervals[:, 0] = self._wait[active]
        due = np.cumsum(intervals, axis=1)
        row, column = np.nonzero(due <= passed[:, None])
        fired = np.count_nonzero(due <= passed[:, None], axis=1)
        self._wait[active] = due[np.arange(active.size), fired] - passed
        # One search over all units: each unit's phase is lifted above that of the one before.
        lift = float(passed.max()) + 1.0
        at = due[row, column]
        flat = (phase + lift * np.arange(active.size)[:, None]).ravel()
        place = np.searchsorted(flat, at + lift * row) - row * rates.shape[1]
        place = np.clip(place, 0, rates.shape[1] - 1)
        growth = rates[active[row], place] * step
        late = np.where(growth > 0, (phase[row, place] - at) / np.maximum(growth, 1e-12), 0.0)
        time = np.clip(place + 1.0 - late, 0.0, np.nextafter(rates.shape[1], 0.0))
        return active[row], time
