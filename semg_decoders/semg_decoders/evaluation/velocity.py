# SPDX-License-Identifier: Apache-2.0
"""How well a decoded wrist velocity agrees with the true one."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


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


def mean_velocity(
    angle: ArrayLike, last_samples: ArrayLike, stride: int = 40, sample_rate: float = 2000.0
) -> NDArray[np.float64]:
    """Return the true mean velocity over the stride that ends at each sample.

    Parameters
    ----------
    angle : array, (samples,)
        Wrist angle in rad, from sample 0 on.
    last_samples : array of int, (frames,)
        Index of the last sample of each frame, at least `stride`.
    stride : int
        Samples from one frame to the next.
    sample_rate : float
        Hz.

    Returns
    -------
    array of float64, (frames,)
        rad/s.

    Raises
    ------
    ValueError
        If a frame reaches beyond the angles.
    """
    angles = np.asarray(angle, dtype=np.float64)
    ends = np.asarray(last_samples, dtype=np.int64)
    if ends.size and not (stride <= ends.min() and ends.max() < len(angles)):
        raise ValueError(
            f"last_samples: from {ends.min()} to {ends.max()}, must be from {stride} "
            f"to {len(angles) - 1}"
        )
    velocities: NDArray[np.float64] = (angles[ends] - angles[ends - stride]) * (
        sample_rate / stride
    )
    return velocities


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
