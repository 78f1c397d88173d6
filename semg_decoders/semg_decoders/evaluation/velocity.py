# SPDX-License-Identifier: Apache-2.0
"""How well a decoded wrist velocity agrees with the true one."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class VelocityScore:
    """Agreement over a recording.

    Attributes
    ----------
    frames : int
        Frames compared.
    correlation : float
        Pearson's; NaN where either velocity never changes.
    error : float
        Mean absolute error, deg/s.
    mean_speed : float
        Mean absolute true velocity, deg/s: also the error of always answering zero.
    """

    frames: int
    correlation: float
    error: float
    mean_speed: float

    @property
    def error_ratio(self) -> float:
        """Error over that of always answering zero; NaN if the wrist never moved."""
        return self.error / self.mean_speed if self.mean_speed else math.nan

    def to_dict(self) -> dict[str, Any]:
        """Return everything for a file; what is undefined is None."""
        values = {**asdict(self), "error_ratio": self.error_ratio}
        return {
            name: None if isinstance(value, float) and math.isnan(value) else value
            for name, value in values.items()
        }


def score_velocity(decoded: ArrayLike, truth: ArrayLike) -> VelocityScore:
    """Compare decoded and true velocity.

    Parameters
    ----------
    decoded, truth : array, (frames,)
        rad/s, at the same times.

    Raises
    ------
    ValueError
        If the shapes differ, or there is nothing to compare.
    """
    ours = np.asarray(decoded, dtype=np.float64)
    true = np.asarray(truth, dtype=np.float64)
    if ours.ndim != 1 or ours.shape != true.shape or ours.size == 0:
        raise ValueError(
            f"velocities: shapes {ours.shape} and {true.shape}, must be alike, (frames,), not empty"
        )
    changing = np.ptp(ours) > 0 and np.ptp(true) > 0
    return VelocityScore(
        frames=ours.size,
        correlation=float(np.corrcoef(ours, true)[0, 1]) if changing else math.nan,
        error=float(np.degrees(np.abs(ours - true).mean())),
        mean_speed=float(np.degrees(np.abs(true).mean())),
    )
