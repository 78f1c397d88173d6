# SPDX-License-Identifier: Apache-2.0
"""How a band can sit on an arm otherwise than when it was recorded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

_LOST = 0.03
"""Gain of a channel without contact."""
_AVERAGED = 60.0
"""Degrees of freedom of the power of noise in a window of some 100 ms."""


@dataclass(frozen=True)
class Mounting:
    """How covariances are varied; each is that of a linear mixture of channels, plus noise.

    Attributes
    ----------
    any_rotation : bool
        Whether the band may sit anywhere around the ring.
    rotation_sd : float
        Where it may not: s.d. of its rotation, in channels.
    warp_sd : float
        S.d. of how far, in channels, the ring is stretched on one side and squeezed on the other,
        as the cross-section of the arm has another shape there; half of the windows are.
    gain_sd, channel_gain_sd : float
        S.d. of the logarithm of a factor on everything, and on each channel.
    noisy_share, lost_share : float
        Share of channels that a bad contact fills with noise, and of those without contact.
    least_noise, most_noise : float
        Range of such noise in noise s.d., in each band.
    """

    any_rotation: bool = False
    rotation_sd: float = 0.3
    warp_sd: float = 0.75
    gain_sd: float = 0.5
    channel_gain_sd: float = 0.3
    noisy_share: float = 0.12
    lost_share: float = 0.04
    least_noise: float = 2.0
    most_noise: float = 200.0


def mixtures(
    mounting: Mounting, count: int, channels: int, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Draw mountings.

    Parameters
    ----------
    mounting : Mounting
        How far they may go.
    count, channels : int
        How many, and of how many channels.
    rng : numpy.random.Generator
        Source of every choice.

    Returns
    -------
    mixtures : ndarray of float32, shape (count, channels, channels)
        What each channel is made of.
    noise : ndarray of float32, shape (count, channels)
        Power that is added to each, in (noise s.d.)².
    """
    place = np.arange(channels)
    warped = rng.random((count, 1)) < 0.5
    if mounting.any_rotation:
        rotation = rng.uniform(0.0, channels, (count, 1))
    else:
        rotation = rng.normal(0.0, mounting.rotation_sd, (count, 1))
    # Between two places a channel is a mixture, which is weaker; half stay as they were recorded.
    rotation = np.where(warped, rotation, np.round(rotation))
    extent = warped * rng.normal(0.0, mounting.warp_sd, (count, 1))
    phase = rng.uniform(0.0, 2.0 * np.pi, (count, 1))
    position = place + rotation + extent * np.sin(2.0 * np.pi * place / channels + phase)
    below = np.floor(position).astype(np.int64)
    share = (position - below).astype(np.float32)
    mixed = np.zeros((count, channels, channels), np.float32)
    row = np.arange(count)[:, np.newaxis]
    mixed[row, place, below % channels] += 1.0 - share
    mixed[row, place, (below + 1) % channels] += share
    gain = np.exp(
        rng.normal(0.0, mounting.gain_sd, (count, 1))
        + rng.normal(0.0, mounting.channel_gain_sd, (count, channels))
    )
    gain = np.where(_some(mounting.lost_share, count, channels, rng), _LOST, gain)
    logarithm = rng.uniform(
        np.log(mounting.least_noise), np.log(mounting.most_noise), (count, channels)
    )
    noisy = _some(mounting.noisy_share, count, channels, rng)
    noise = np.where(noisy, np.exp(2.0 * logarithm), 0.0)
    return mixed * gain.astype(np.float32)[:, :, np.newaxis], noise.astype(np.float32)


def mounted(covariances: Tensor, mounting: Mounting, rng: np.random.Generator) -> Tensor:
    """Return covariances (batch, bands, channels, channels), each as if mounted otherwise."""
    count, bands, channels, _ = covariances.shape
    mixed, noise = mixtures(mounting, count, channels, rng)
    mixture = torch.from_numpy(mixed)[:, None]
    moved = mixture @ covariances @ mixture.transpose(-1, -2)
    scatter = rng.chisquare(_AVERAGED, (count, bands, channels)) / _AVERAGED
    added = noise[:, np.newaxis] * scatter.astype(np.float32)
    return moved + torch.diag_embed(torch.from_numpy(added.astype(np.float32)))


def _some(share: float, count: int, channels: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Choose channels: of some mountings none, of others up to twice the share."""
    chosen: NDArray[np.bool_] = rng.random((count, channels)) < (
        2.0 * share * rng.random((count, 1))
    )
    return chosen
