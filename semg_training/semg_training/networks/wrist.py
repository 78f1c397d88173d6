# SPDX-License-Identifier: Apache-2.0
"""The network that reads wrist movement from MPF frames."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from semg_training.networks.rotation_invariant import OFFSETS, RotationInvariantMlp


@dataclass(frozen=True)
class WristNetworkSettings:
    """Sizes of a `WristNetwork`.

    Attributes
    ----------
    channels : int
        EMG channels.
    bands : tuple of int
        Frequency bands that are used. Published: all six. The bands above 375 Hz hold nothing
        but rounding for a device of 1 kHz, and are left out by default.
    num_adjacent_cov : int
        Largest distance on the ring between the channels of a used matrix entry.
    mlp : tuple of int
        Sizes of the rotation-invariant layers. Published: 512.
    hidden : int
        Size of each LSTM layer. Published: 512.
    layers : int
        LSTM layers. Published: 2.
    outputs : int
        Angles.
    offsets : tuple of int
        Channels that the rotation-invariant layers roll by.
    """

    channels: int = 16
    bands: tuple[int, ...] = (0, 1, 2, 3)
    num_adjacent_cov: int = 3
    mlp: tuple[int, ...] = (128,)
    hidden: int = 128
    layers: int = 2
    outputs: int = 1
    offsets: tuple[int, ...] = OFFSETS


PUBLISHED_WRIST = WristNetworkSettings(bands=(0, 1, 2, 3, 4, 5), mlp=(512,), hidden=512)


class WristNetwork(nn.Module):
    """Rotation-invariant layer, LSTM layers, one linear output.

    Shape and names of the layers are those published with Kaifosh, Reardon et al. (2025), so that
    weights can be exchanged by name.

    Parameters
    ----------
    settings : WristNetworkSettings
        Sizes.
    """

    def __init__(self, settings: WristNetworkSettings) -> None:
        super().__init__()
        self.settings = settings
        self.rotation_invariant_mlp = RotationInvariantMlp(
            settings.channels,
            settings.bands,
            settings.num_adjacent_cov,
            settings.mlp,
            settings.offsets,
        )
        self.lstm = nn.LSTM(settings.mlp[-1], settings.hidden, settings.layers, batch_first=True)
        self.linear_out = nn.Linear(settings.hidden, settings.outputs)

    def state_shape(self, batch: int = 1) -> tuple[int, int, int]:
        """Return the shape of the hidden and of the cell state."""
        return (self.settings.layers, batch, self.settings.hidden)

    def initial_states(self) -> dict[str, Tensor]:
        """Return the states of a stream that has not begun, by name."""
        return {name: torch.zeros(self.state_shape()) for name in ("lstm_h", "lstm_c")}

    def forward(self, mpf: Tensor, lstm_h: Tensor, lstm_c: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Continue a stream.

        Parameters
        ----------
        mpf : Tensor, shape (batch, frames, 6, channels, channels)
            MPF frames.
        lstm_h, lstm_c : Tensor, shape `state_shape`
            State after the frame before.

        Returns
        -------
        displacement : Tensor, shape (batch, frames, outputs)
            Change of the flexion/extension angle over each frame's 20 ms, in rad; extension > 0.
        lstm_h, lstm_c : Tensor
            State after the last frame.
        """
        features = self.rotation_invariant_mlp(mpf)
        hidden, (lstm_h, lstm_c) = self.lstm(features, (lstm_h, lstm_c))
        return self.linear_out(nn.functional.leaky_relu(hidden)), lstm_h, lstm_c
