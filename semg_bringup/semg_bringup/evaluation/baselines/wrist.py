# SPDX-License-Identifier: Apache-2.0
"""Wrist velocity by ridge regression on a fifth of a second of log amplitudes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semg_bringup.evaluation.baselines.features import log_amplitudes, stacked
from semg_bringup.evaluation.baselines.regression import Regression, RegressionFit
from semg_bringup.evaluation.people.performance import performance
from semg_decoders.evaluation.velocity import mean_velocity
from semg_decoders.signal.conditioning import SAMPLE_RATE
from semg_decoders.signal.mpf import STRIDE

FRAME = STRIDE
LAGS = 10
SECONDS = 60.0
"""Of wrist movement of each training person."""


@dataclass(frozen=True)
class Example:
    """How a person moved.

    Attributes
    ----------
    amplitudes : ndarray of float64, shape (frames, 32)
        As `log_amplitudes` gives them.
    velocity : ndarray of float64, shape (frames - 1,)
        Mean over each frame but the first, rad/s.
    """

    amplitudes: NDArray[np.float64]
    velocity: NDArray[np.float64]


def examples(person: int) -> Example:
    """Let a training person do what the baseline learns from."""
    done = performance(person, "wrist", SECONDS)
    amplitudes = log_amplitudes(done.emg, FRAME)
    ends = _ends(len(amplitudes))
    velocity = mean_velocity(done.truth.wrist_angle, ends, FRAME, SAMPLE_RATE)
    return Example(amplitudes, velocity)


@dataclass(frozen=True)
class WristBaseline:
    """A linear function of `LAGS` frames.

    Attributes
    ----------
    regression : Regression
        Gives rad/s.
    """

    regression: Regression

    @staticmethod
    def fit(people: Sequence[Example]) -> WristBaseline:
        """Fit to people."""
        fit = RegressionFit(LAGS * people[0].amplitudes.shape[1])
        for example in people:
            fit.add(stacked(example.amplitudes, LAGS)[1:], example.velocity)
        return WristBaseline(fit.fitted())

    def follow(self, emg: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Give last samples of frames of 20 ms, and the mean velocity over each in rad/s."""
        amplitudes = log_amplitudes(emg, FRAME)
        features = stacked(amplitudes, LAGS)[1:]
        return _ends(len(amplitudes)), self.regression.values(features)


def _ends(frames: int) -> NDArray[np.int64]:
    """Last sample of each frame but the first, which has none before it to move from."""
    return np.arange(2, frames + 1, dtype=np.int64) * FRAME - 1
