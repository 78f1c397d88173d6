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
    step stays shifted against the sample count. So the median shift over `REACH` before and
    after it are compared.

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
    steps = np.diff(times)
    candidates = np.flatnonzero(np.abs(steps - 1.0 / sample_rate) > SMALLEST_JUMP) + 1
    if candidates.size == 0:
        return candidates
    shift = times - np.arange(times.size) / sample_rate
    reach = max(round(REACH * sample_rate), 1)
    breaks = [
        row
        for row in candidates
        if abs(_median(shift[row : row + reach]) - _median(shift[max(row - reach, 0) : row]))
        > SMALLEST_JUMP
    ]
    return np.asarray(breaks, np.intp)


def _median(values: NDArray[np.float64]) -> float:
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if finite.size else float("nan")
