# SPDX-License-Identifier: Apache-2.0
"""Tell a jump in time from time stamps that are only irregular."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SMALLEST_JUMP = 0.1
"""Shift in s from which a jump in time counts as a break."""

REACH = 1.0
"""Stretch in s on either side of a jump that has to agree on it."""


def time_breaks(times: NDArray[np.float64], sample_rate: float) -> NDArray[np.intp]:
    """Find the rows before which time really jumps.

    Stamps may repeat, come in steps, or be wrong in places: what counts is whether time after a
    step stays shifted against the sample count, by more than stamps scatter around it. So the
    shift over `REACH` before and after it is compared. The largest steps are judged first and
    then taken out, so that they do not make breaks of the lesser ones near them.

    Parameters
    ----------
    times : ndarray of float64, shape (samples,)
        Time stamp of each row in s.
    sample_rate : float
        Nominal rate in Hz.

    Returns
    -------
    ndarray of int
        Rows in rising order; empty when there is no break.
    """
    steps = np.diff(times) - 1.0 / sample_rate
    candidates = np.flatnonzero(np.abs(steps) > SMALLEST_JUMP) + 1
    shift = times - np.arange(times.size) / sample_rate if candidates.size else times
    reach = max(round(REACH * sample_rate), 1)
    breaks: list[int] = []
    for row in sorted(candidates.tolist(), key=lambda row: -abs(steps[row - 1])):
        before = shift[max(row - reach, 0) : row]
        after = shift[row : row + reach]
        jump = _level(after) - _level(before)
        if abs(jump) > max(SMALLEST_JUMP, _scatter(before), _scatter(after)):
            breaks.append(row)
            step = steps[row - 1]
            shift[row:] -= jump if abs(jump - step) < 3 * SMALLEST_JUMP else step
    return np.asarray(sorted(breaks), np.intp)


def without_outliers(times: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return time stamps in which single wrong ones are those before them.

    Wrong is what is no number, and what is out of order where its neighbours are in order.

    Parameters
    ----------
    times : ndarray of float64, shape (samples,)
        Time stamp of each row in s.
    """
    rows = np.arange(times.size)
    stamps = times[np.maximum.accumulate(np.where(np.isfinite(times), rows, 0))]
    before, here, after = stamps[:-2], stamps[1:-1], stamps[2:]
    wrong = (before <= after) & ((here < before) | (here > after))
    stamps[1:-1] = np.where(wrong, before, here)
    return stamps


def _level(values: NDArray[np.float64]) -> float:
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if finite.size else float("nan")


def _scatter(values: NDArray[np.float64]) -> float:
    """Return the range of the middle 80 %."""
    finite = values[np.isfinite(values)]
    return float(np.subtract(*np.percentile(finite, [90, 10]))) if finite.size else 0.0
