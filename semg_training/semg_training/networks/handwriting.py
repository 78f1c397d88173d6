# SPDX-License-Identifier: Apache-2.0
"""The network that reads handwriting from MPF frames."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

from semg_training.networks.conformer import ConformerBlock, masks
from semg_training.networks.rotation_invariant import OFFSETS, RotationInvariantMlp

SEEN = "seen"


@dataclass(frozen=True)
class HandwritingNetworkSettings:
    """Sizes of a `HandwritingNetwork`; the defaults are the published ones.

    Attributes
    ----------
    channels : int
        EMG channels.
    bands : tuple of int
        Frequency bands that are used.
    num_adjacent_cov : int
        Largest distance on the ring between the channels of a used matrix entry.
    mlp : tuple of int
        Layers of the rotation-invariant part; the last is the size of a frame from there on.
    time_reduction : int
        MPF frames that are joined into one.
    feed_forward : int
        Inner size of the feed-forward layers.
    kernel : int
        Frames that a convolution sees.
    strides, attention_windows : tuple of int
        Of each block.
    heads : int
        Of the attention.
    outputs : int
        Characters and the blank.
    offsets : tuple of int
        Channels that the rotation-invariant layers roll by.
    dropout : float
        In training only.
    """

    channels: int = 16
    bands: tuple[int, ...] = (0, 1, 2, 3, 4, 5)
    num_adjacent_cov: int = 8
    mlp: tuple[int, ...] = (64,)
    time_reduction: int = 2
    feed_forward: int = 128
    kernel: int = 8
    strides: tuple[int, ...] = (1, 1, 1, 1, 2, 1, 1, 1, 1, 2, 1, 1, 1, 1, 1)
    attention_windows: tuple[int, ...] = (16,) * 10 + (8,) * 5
    heads: int = 4
    outputs: int = 100
    offsets: tuple[int, ...] = OFFSETS
    dropout: float = 0.1

    @property
    def size(self) -> int:
        """Size of a frame between the blocks."""
        return self.mlp[-1]

    @property
    def frames_per_emission(self) -> int:
        """MPF frames from one emission to the next; 8 as published."""
        return self.time_reduction * math.prod(self.strides)

    @property
    def warm_up(self) -> int:
        """MPF frames before the one that the first emission belongs to; 491 as published."""
        needed = 1
        for stride in reversed(self.strides):
            needed = (needed - 1) * stride + self.kernel
        return needed * self.time_reduction - 1

    @property
    def leading_frames(self) -> int:
        """Frames put before a stream, so that its first emission ends a group of frames."""
        return -(self.warm_up + 1) % self.frames_per_emission

    def emissions(self, frames: int) -> int:
        """Return how many emissions there are in so many MPF frames from a stream's beginning."""
        return max(0, (frames - self.warm_up - 1) // self.frames_per_emission + 1)

    def first_frames(self) -> list[int]:
        """Where the stream begins at the input of each block, leading frames counted."""
        first = self.leading_frames // self.time_reduction
        found = []
        for stride in self.strides:
            found.append(first)
            first = (first + self.kernel - 1) // stride
        return found


class HandwritingNetwork(nn.Module):
    """Rotation-invariant layers, time reduction, conformer blocks, one linear layer.

    After Kaifosh, Reardon et al. (2025). Everything looks back only, so that a stream can be
    continued from the ends of what each block saw: states are those ends, and how many frames
    went in. Frames come in groups of `HandwritingNetworkSettings.frames_per_emission`, each
    group has one emission, and a stream is led by `leading_frames` frames of anything. Emissions
    count from MPF frame `warm_up` on.

    Parameters
    ----------
    settings : HandwritingNetworkSettings
        Sizes.
    """

    def __init__(self, settings: HandwritingNetworkSettings) -> None:
        super().__init__()
        self.settings = settings
        size = settings.size
        self.rotation_invariant_mlp = RotationInvariantMlp(
            settings.channels,
            settings.bands,
            settings.num_adjacent_cov,
            settings.mlp,
            settings.offsets,
        )
        self.time_reduction = nn.Linear(settings.time_reduction * size, size)
        self.blocks = nn.ModuleList(
            ConformerBlock(
                size, settings.feed_forward, window, settings.heads, settings.kernel, stride,
                settings.dropout,
            )
            for window, stride in zip(settings.attention_windows, settings.strides, strict=True)
        )  # fmt: skip
        self.output = nn.Linear(size, settings.outputs)
        # From here on every window is full, and counting further changes nothing.
        group = settings.frames_per_emission
        full = settings.warm_up + settings.leading_frames + group * max(settings.attention_windows)
        self._most = float(math.ceil(full / group) * group)

    def initial_states(self) -> dict[str, Tensor]:
        """Return the states of a stream that has not begun, by name."""
        settings = self.settings
        states = {SEEN: torch.zeros(1)}
        for number, window in enumerate(settings.attention_windows):
            states[f"attention_{number:02d}"] = torch.zeros(window - 1, settings.size)
            states[f"convolution_{number:02d}"] = torch.zeros(settings.kernel - 1, settings.size)
        return states

    def forward(self, mpf: Tensor, seen: Tensor, *ends: Tensor) -> tuple[Tensor, ...]:
        """Continue a stream.

        Parameters
        ----------
        mpf : Tensor, shape (1, frames, 6, channels, channels)
            MPF frames, a multiple of `frames_per_emission`.
        seen, ends : Tensor
            As from `initial_states`, or from the call before.

        Returns
        -------
        log_probabilities : Tensor, shape (1, emissions, outputs)
        seen, ends : Tensor
            To be given to the next call.
        """
        settings = self.settings
        features = self.rotation_invariant_mlp(mpf)[0]
        frames = self.time_reduction(features.reshape(-1, settings.time_reduction * settings.size))
        begun, hidden = self._masks(seen, mpf.shape[1])
        kept: list[Tensor] = []
        for number, block in enumerate(self.blocks):
            attended, convolved = ends[2 * number], ends[2 * number + 1]
            mask = hidden[number][..., -settings.attention_windows[number] :]
            frames, attended, convolved = block(frames, attended, convolved, begun[number], mask)
            kept += [attended, convolved]
        emissions = self.output(frames).log_softmax(-1)[None]
        return emissions, (seen + mpf.shape[1]).clamp(max=self._most), *kept

    def whole(self, mpf: Tensor) -> Tensor:
        """Take streams from their beginning, all at once.

        Parameters
        ----------
        mpf : Tensor, shape (batch, frames, 6, channels, channels)
            MPF frames, at least ``warm_up + 1``. As everything looks back only, a shorter stream
            may be followed by anything.

        Returns
        -------
        log_probabilities : Tensor, shape (batch, emissions, outputs)
            What `forward` says from the emission on that belongs to frame `warm_up`, one of
            `HandwritingNetworkSettings.emissions` of the frames.
        """
        settings = self.settings
        features = self.rotation_invariant_mlp(mpf)
        joined = features.shape[1] // settings.time_reduction
        features = features[:, : joined * settings.time_reduction]
        frames = self.time_reduction(features.reshape(len(mpf), joined, -1))
        for block in self.blocks:
            frames = cast(ConformerBlock, block).whole(frames)
        return torch.log_softmax(self.output(frames), -1)

    def _masks(self, seen: Tensor, new: int) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
        """Return for each block how far back the stream reaches at each of its frames."""
        settings = self.settings
        rate = settings.time_reduction
        scales, offsets, counts = [], [], []
        for stride, first in zip(settings.strides, settings.first_frames(), strict=True):
            count = new // rate
            counts.append(count)
            scales += [1.0 / rate] * count
            offsets += [float(place + 1 - first) for place in range(count)]
            rate *= stride
        places = seen * torch.tensor(scales) + torch.tensor(offsets)
        begun, mask = masks(places, max(settings.attention_windows))
        return torch.split(begun, counts), torch.split(mask, counts)
