# SPDX-License-Identifier: Apache-2.0
"""The network that tells held postures by how strong the EMG is around the ring."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from semg_training.band_covariances import (
    ALL_BANDS,
    FILTER_TAPS,
    FRAME_SAMPLES,
    Bands,
    band_filters,
)


@dataclass(frozen=True)
class PostureNetworkSettings:
    """Sizes of a `PostureNetwork`.

    Attributes
    ----------
    channels, outputs : int
        EMG channels, and postures.
    bands : tuple of (float, float)
        Hz, in each of which power is measured.
    any_rotation : bool
        Whether the answer is the same wherever on the ring the pattern lies.
    window : int
        Frames of 20 ms over which power is averaged.
    distance : int
        Powers of differences are measured between channels up to this far apart on the ring.
    hidden, layers, kernel : int
        Outputs and number of convolutions along the ring, and how many channels each sees.
    members : int
        Networks whose probabilities are averaged.
    dropout : float
        After the convolutions, in training only.
    floor : float
        Power, in (noise s.d.)², below which differences do not count.
    """

    channels: int = 16
    outputs: int = 5
    bands: Bands = ALL_BANDS
    any_rotation: bool = False
    window: int = 6
    distance: int = 3
    hidden: int = 48
    layers: int = 3
    kernel: int = 5
    members: int = 1
    dropout: float = 0.1
    floor: float = 1.0

    @property
    def left_context(self) -> int:
        """Samples before those that a frame adds: the reach of the filters."""
        return FILTER_TAPS - 1

    @property
    def stride(self) -> int:
        """Samples from one frame to the next."""
        return FRAME_SAMPLES

    @property
    def distances(self) -> tuple[int, ...]:
        """Distances along the ring at which powers are measured; 0 is a channel's own."""
        return tuple(range(min(self.distance, self.channels // 2) + 1))

    @property
    def features(self) -> int:
        """Powers of each channel."""
        return len(self.bands) * len(self.distances)


class PostureNetwork(nn.Module):
    """Band powers of channels and of their differences; layers along the ring; one linear layer.

    With `PostureNetworkSettings.any_rotation` these layers are convolutions that go around the
    ring, followed by the mean and the maximum over it, so that a rotated pattern gives the same
    answer. Without, they are linear layers that know each channel.

    Parameters
    ----------
    settings : PostureNetworkSettings
        Sizes.
    """

    filters: Tensor

    def __init__(self, settings: PostureNetworkSettings) -> None:
        super().__init__()
        self.settings = settings
        filters = torch.from_numpy(band_filters(settings.bands)).float()
        # Convolutions of torch run backwards in time; the filters are symmetric.
        self.register_buffer("filters", filters[:, None], persistent=False)
        member = RingMember if settings.any_rotation else PlacedMember
        self.normalisation = nn.BatchNorm1d(settings.features, affine=False)
        self.members = nn.ModuleList(member(settings) for _ in range(settings.members))

    def initial_states(self) -> dict[str, Tensor]:
        """Return the state of a stream that has not begun: the powers of frames that are past."""
        settings = self.settings
        shape = (1, settings.window - 1, settings.features, settings.channels)
        return {"powers": torch.zeros(shape)}

    def forward(self, emg: Tensor, powers: Tensor) -> tuple[Tensor, Tensor]:
        """Continue a stream.

        Parameters
        ----------
        emg : Tensor, shape (batch, channels, left_context + stride * frames)
            Conditioned EMG in noise s.d.
        powers : Tensor, shape (batch, window - 1, features, channels)
            Of the frames before.

        Returns
        -------
        logits : Tensor, shape (batch, frames, outputs)
            Logarithms of the probabilities.
        powers : Tensor
            Of the last frames.
        """
        settings = self.settings
        batch, channels, samples = emg.shape
        frames = (samples - settings.left_context) // settings.stride
        rows = emg.reshape(batch * channels, 1, samples)
        filtered = nn.functional.conv1d(rows, self.filters)
        filtered = filtered.reshape(
            batch, channels, len(settings.bands), frames, settings.stride
        ).permute(0, 3, 2, 1, 4)
        measured = [filtered.square().mean(-1)]
        for distance in settings.distances[1:]:
            other = filtered[:, :, :, self._neighbours(distance)]
            measured.append((filtered - other).square().mean(-1))
        fresh = torch.cat(measured, dim=2)
        seen = torch.cat([powers, fresh], dim=1)
        averaged = torch.stack(
            [seen[:, k : k + settings.window].mean(1) for k in range(frames)], dim=1
        )
        flat = averaged.reshape(batch * frames, settings.features, channels)
        logits = self._average(self._answers(flat)).reshape(batch, frames, settings.outputs)
        return logits, seen[:, frames:]

    def classify(self, covariances: Tensor) -> Tensor:
        """Tell what each member says to covariances of whole windows.

        Parameters
        ----------
        covariances : Tensor, shape (batch, bands, channels, channels)
            In (noise s.d.)².

        Returns
        -------
        Tensor, shape (members, batch, outputs)
            Logits.
        """
        own = torch.diagonal(covariances, dim1=-2, dim2=-1)
        measured = [own]
        here = torch.arange(self.settings.channels, device=covariances.device)
        for distance in self.settings.distances[1:]:
            there = self._neighbours(distance).to(covariances.device)
            difference = own + own[..., there] - 2.0 * covariances[:, :, here, there]
            measured.append(difference.clamp(min=0.0))
        return self._answers(torch.cat(measured, dim=1))

    def probabilities(self, covariances: Tensor) -> Tensor:
        """Return the probabilities, (batch, outputs), of postures; see `classify`."""
        return self._average(self.classify(covariances)).exp()

    def _answers(self, powers: Tensor) -> Tensor:
        """Return the members' logits for powers (batch, features, channels)."""
        features = self.normalisation(torch.log(powers + self.settings.floor))
        return torch.stack([member(features) for member in self.members])

    def _average(self, answers: Tensor) -> Tensor:
        return torch.log(torch.softmax(answers, -1).mean(0) + 1e-9)

    def _neighbours(self, distance: int) -> Tensor:
        channels = self.settings.channels
        return (torch.arange(channels) + distance) % channels


class RingMember(nn.Module):
    """Convolutions around the ring, the mean and the maximum over it, and linear layers.

    Parameters
    ----------
    settings : PostureNetworkSettings
        Sizes.
    """

    def __init__(self, settings: PostureNetworkSettings) -> None:
        super().__init__()
        self.settings = settings
        inputs = [settings.features, *[settings.hidden] * (settings.layers - 1)]
        self.convolutions = nn.ModuleList(
            nn.Conv1d(size, settings.hidden, settings.kernel) for size in inputs
        )
        self.dropout = nn.Dropout(settings.dropout)
        self.hidden = nn.Linear(2 * settings.hidden, settings.hidden)
        self.projection = nn.Linear(settings.hidden, settings.outputs)

    def forward(self, features: Tensor) -> Tensor:
        """Return logits (batch, outputs) of features (batch, features, channels)."""
        for convolution in self.convolutions:
            features = torch.relu(convolution(self._around(features)))
        pooled = torch.cat([features.mean(-1), features.amax(-1)], dim=1)
        hidden = torch.relu(self.hidden(self.dropout(pooled)))
        logits: Tensor = self.projection(self.dropout(hidden))
        return logits

    def _around(self, features: Tensor) -> Tensor:
        """Return features as the first and the last channels see them, beyond their ends too."""
        channels, kernel = self.settings.channels, self.settings.kernel
        before = kernel // 2
        turns = -(-before // channels)
        copies = turns + 1 + -(-(kernel - 1 - before) // channels)
        start = turns * channels - before
        return torch.cat([features] * copies, dim=-1)[..., start : start + channels + kernel - 1]


class PlacedMember(nn.Module):
    """Linear layers that know each channel.

    Parameters
    ----------
    settings : PostureNetworkSettings
        Sizes; the first layer has four times as many outputs as a convolution would.
    """

    def __init__(self, settings: PostureNetworkSettings) -> None:
        super().__init__()
        wide, narrow = 4 * settings.hidden, 2 * settings.hidden
        self.dropout = nn.Dropout(settings.dropout)
        self.first = nn.Linear(settings.features * settings.channels, wide)
        self.second = nn.Linear(wide, narrow)
        self.projection = nn.Linear(narrow, settings.outputs)

    def forward(self, features: Tensor) -> Tensor:
        """Return logits (batch, outputs) of features (batch, features, channels)."""
        hidden = torch.relu(self.first(features.flatten(1)))
        hidden = torch.relu(self.second(self.dropout(hidden)))
        logits: Tensor = self.projection(self.dropout(hidden))
        return logits
