# SPDX-License-Identifier: Apache-2.0
"""Muscle activity as sampled drive."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATE = 500.0
"""Hz, the rate of muscle drive."""


@dataclass(frozen=True)
class Track:
    """Drive of all muscles, sampled; straight between samples, none before and after.

    Attributes
    ----------
    drive : ndarray, shape (muscles, samples)
        At `RATE`, from time 0 on; 0 is none, 1 is maximal.
    """

    drive: NDArray[np.float64]

    @property
    def end(self) -> float:
        """When all of it is over, in s."""
        return float(self.drive.shape[1] / RATE)

    def scaled(self, strength: NDArray[np.float64]) -> Track:
        """Return this track with each muscle's drive times its `strength`, shape (muscles,)."""
        return dataclasses.replace(self, drive=self.drive * strength[:, None])

    def add_to(self, drive: NDArray[np.float64], times: NDArray[np.float64]) -> None:
        """Add this track to `drive` (muscles, times); `times` in s."""
        place = times * RATE
        inside = np.flatnonzero((place >= 0.0) & (place < self.drive.shape[1] - 1))
        before = place[inside].astype(np.intp)
        share = place[inside] - before
        drive[:, inside] += (1.0 - share) * self.drive[:, before]
        drive[:, inside] += share * self.drive[:, before + 1]
