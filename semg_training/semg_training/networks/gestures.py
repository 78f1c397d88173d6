# SPDX-License-Identifier: Apache-2.0
"""The network that detects discrete gestures in conditioned EMG."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from semg_training.gesture_targets import FrameGrid


@dataclass(frozen=True)
class GestureNetworkSettings:
    """Sizes of a `GestureNetwork`.

    Attributes
    ----------
    channels : int
        EMG channels.
    conv_channels : int
        Outputs of the convolution. Published: 512.
    hidden : int
        Size of each LSTM layer. Published: 512.
    layers : int
        LSTM layers. Published: 3.
    outputs : int
        Gesture outputs.
    dropout : float
        After the ReLU and between LSTM layers, in training only.
    limit, compression : float
        What ``limit x / (compression + |x|)`` cannot exceed, and the EMG level, in noise s.d., at
        which it reaches half of it.
    kernel, stride : int
        Of the convolution, in samples.
    """

    channels: int = 16
    conv_channels: int = 128
    hidden: int = 128
    layers: int = 3
    outputs: int = 9
    dropout: float = 0.1
    limit: float = 64.0
    compression: float = 32.0
    kernel: int = 21
    stride: int = 10

    @property
    def left_context(self) -> int:
        """Samples before those that a frame adds; 11 as published."""
        return self.kernel - self.stride

    @property
    def grid(self) -> FrameGrid:
        """Where the frames lie among the samples."""
        return FrameGrid(self.kernel - 1, self.stride)


PUBLISHED_GESTURES = GestureNetworkSettings(conv_channels=512, hidden=512)


class GestureNetwork(nn.Module):
    """Compression, one strided convolution, LSTM layers, one linear layer.

    Shape and names of the layers are those published with Kaifosh, Reardon et al. (2025), so that
    weights can be exchanged by name.

    Parameters
    ----------
    settings : GestureNetworkSettings
        Sizes.
    """

    def __init__(self, settings: GestureNetworkSettings) -> None:
        super().__init__()
        self.settings = settings
        self.conv_layer = nn.Conv1d(
            settings.channels, settings.conv_channels, settings.kernel, settings.stride
        )
        self.post_conv_layer_norm = nn.LayerNorm(settings.conv_channels)
        self.dropout = nn.Dropout(settings.dropout)
        self.lstm = nn.LSTM(
            settings.conv_channels,
            settings.hidden,
            settings.layers,
            batch_first=True,
            dropout=settings.dropout if settings.layers > 1 else 0.0,
        )
        self.post_lstm_layer_norm = nn.LayerNorm(settings.hidden)
        self.projection = nn.Linear(settings.hidden, settings.outputs)

    def state_shape(self, batch: int = 1) -> tuple[int, int, int]:
        """Return the shape of the hidden and of the cell state."""
        return (self.settings.layers, batch, self.settings.hidden)

    def initial_states(self) -> dict[str, Tensor]:
        """Return the states of a stream that has not begun, by name."""
        return {name: torch.zeros(self.state_shape()) for name in ("lstm_h", "lstm_c")}

    def forward(self, emg: Tensor, lstm_h: Tensor, lstm_c: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Continue a stream.

        Parameters
        ----------
        emg : Tensor, shape (batch, channels, left_context + stride * frames)
            Conditioned EMG in noise s.d.
        lstm_h, lstm_c : Tensor, shape `state_shape`
            State after the frame before.

        Returns
        -------
        logits : Tensor, shape (batch, frames, outputs)
            Frame k belongs to the time of sample ``kernel - 1 + stride * k`` of `emg`.
        lstm_h, lstm_c : Tensor
            State after the last frame.
        """
        compressed = self.settings.limit * emg / (self.settings.compression + emg.abs())
        features = torch.relu(self.conv_layer(compressed)).transpose(1, 2)
        features = self.dropout(self.post_conv_layer_norm(features))
        hidden, (lstm_h, lstm_c) = self.lstm(features, (lstm_h, lstm_c))
        return self.projection(self.post_lstm_layer_norm(hidden)), lstm_h, lstm_c
