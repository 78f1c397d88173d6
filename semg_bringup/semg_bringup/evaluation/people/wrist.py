# SPDX-License-Identifier: Apache-2.0
"""Wrist movement of simulated people."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from semg_bringup.evaluation.people.performance import Performance, pieces
from semg_decoders.decoding.wrist import WristDecoder, wrist_settings
from semg_decoders.evaluation.velocity import VelocityScore, mean_velocity, score_velocity
from semg_decoders.inference.session import Model
from semg_decoders.signal.conditioning import SAMPLE_RATE
from semg_decoders.signal.mpf import STRIDE, WRIST_WINDOW, MultiWindowMpf

Follower = Callable[[NDArray[np.float32]], tuple[NDArray[np.int64], NDArray[np.float64]]]
"""Gives, for conditioned EMG (samples, 16), last samples of frames of 20 ms, and the mean velocity
over each in rad/s."""


def score_person(follow: Follower, moving: Performance) -> VelocityScore:
    """Score what follows the wrist on one person.

    Raises
    ------
    ValueError
        If the performance is too short for a frame.
    """
    samples, velocity = follow(moving.emg)
    true = mean_velocity(moving.truth.wrist_angle, samples, STRIDE, SAMPLE_RATE)
    return score_velocity(velocity, true)


def follower(model: Model) -> Follower:
    """Return what follows the wrist by a bundle, streamed."""
    bundle = model.bundle
    settings = wrist_settings(bundle.decoding, bundle.name)

    def follow(emg: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        decoder = WristDecoder(model, settings=settings)
        features = MultiWindowMpf(decoder.channels, (WRIST_WINDOW,))
        found = []
        for first, piece in pieces(emg):
            frames = features.push(piece, first)[WRIST_WINDOW]
            if len(frames):
                # The topic between the two nodes carries float32.
                matrices = frames.log_matrices.astype(np.float32)
                found += decoder.push(matrices, int(frames.last_samples[0]))
        samples = np.array([one.sample for one in found], np.int64)
        return samples, np.array([one.velocity for one in found], np.float64)

    return follow
