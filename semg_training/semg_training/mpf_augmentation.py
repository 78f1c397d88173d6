# SPDX-License-Identifier: Apache-2.0
"""How windows of MPF frames are varied."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np
import torch
from torch import Tensor

NOISIEST = 3.0
"""Largest noise, in usual noise s.d., of a channel without contact."""


@dataclass(frozen=True)
class MpfAugmentation:
    """How windows of MPF frames are varied; the defaults leave them as they are.

    Attributes
    ----------
    roll : int
        Channels are rolled around the ring by up to this many places.
    roll_probability : float
        Share of windows that are rolled.
    drop_probability : float
        Share of windows of which one channel is only noise.
    frame_masks, frame_mask_length : int
        Up to so many stretches, each of at most so many frames, are set to 0.
    band_masks, band_mask_width : int
        Up to so many groups, each of at most so many neighbouring bands, are set to 0.
    """

    roll: int = 0
    roll_probability: float = 0.0
    drop_probability: float = 0.0
    frame_masks: int = 0
    frame_mask_length: int = 0
    band_masks: int = 0
    band_mask_width: int = 0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name.endswith("probability"):
                if not 0 <= value <= 1:
                    raise ValueError(f"{field.name}: {value:g}, must be from 0 to 1")
            elif value < 0:
                raise ValueError(f"{field.name}: {value}, must be at least 0")


def augment_mpf(mpf: Tensor, augmentation: MpfAugmentation, rng: np.random.Generator) -> Tensor:
    """Vary a window of MPF frames (frames, bands, channels, channels); may change it in place."""
    if rng.random() < augmentation.roll_probability:
        places = int(rng.integers(-augmentation.roll, augmentation.roll + 1))
        mpf = torch.roll(mpf, (places, places), (2, 3))
    if rng.random() < augmentation.drop_probability:
        drop_channel(mpf, rng)
    visible = torch.ones(mpf.shape[:2])
    hide(visible, augmentation, rng)
    mpf[visible == 0] = 0.0
    return mpf


def hide(visible: Tensor, augmentation: MpfAugmentation, rng: np.random.Generator) -> None:
    """Set to 0 in `visible` (frames, bands) what is to be hidden of a window."""
    frames, bands = visible.shape
    for start, stop in _masks(
        frames, augmentation.frame_masks, augmentation.frame_mask_length, rng
    ):
        visible[start:stop] = 0.0
    for start, stop in _masks(bands, augmentation.band_masks, augmentation.band_mask_width, rng):
        visible[:, start:stop] = 0.0


def drop_channel(mpf: Tensor, rng: np.random.Generator) -> None:
    """Make any channel of MPF frames (frames, bands, channels, channels) independent noise."""
    channel = int(rng.integers(mpf.shape[-1]))
    drop(mpf, channel, float(rng.uniform(1.0, NOISIEST)))


def drop(mpf: Tensor, channel: int, noise: float) -> None:
    """Make a channel of MPF frames independent noise, of so many usual noise s.d."""
    mpf[:, :, channel, :] = 0.0
    mpf[:, :, :, channel] = 0.0
    # Noise of s.d. 1 has a level of about 0; MPF grows with the fourth power of amplitude.
    mpf[:, :, channel, channel] = 4.0 * math.log(noise)


def _masks(length: int, most: int, longest: int, rng: np.random.Generator) -> list[tuple[int, int]]:
    """Up to `most` stretches of at most `longest` out of `length`."""
    found = []
    for _ in range(int(rng.integers(most + 1)) if most else 0):
        size = min(int(rng.integers(longest + 1)), length)
        start = int(rng.integers(length - size + 1))
        found.append((start, start + size))
    return found
