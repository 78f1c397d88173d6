# SPDX-License-Identifier: Apache-2.0
"""The sizes of a published gesture network."""

from __future__ import annotations

from semg_training.checkpoints.lstm import lstm_sizes
from semg_training.checkpoints.refusal import CheckpointRefused
from semg_training.checkpoints.sources import Sources
from semg_training.networks.gestures import GestureNetworkSettings

_EPS = 1e-5


def gesture_settings(sources: Sources) -> GestureNetworkSettings:
    """Return the sizes of the network.

    Raises
    ------
    CheckpointRefused
        If the files do not fit together, or say what `GestureNetwork` cannot do.
    """
    sources.require(
        {
            "conv_layer.padding": 0,
            "conv_layer.dilation": 1,
            "conv_layer.groups": 1,
            "post_conv_layer_norm.eps": _EPS,
            "post_lstm_layer_norm.eps": _EPS,
        }
    )
    checkpoint = sources.checkpoint
    conv_channels, channels, kernel = checkpoint.shape("conv_layer.weight", 3)
    hidden, layers = lstm_sizes(sources)
    settings = GestureNetworkSettings(
        channels=sources.integer("channels", stored="conv_layer.in_channels", tensors=channels),
        conv_channels=sources.integer(
            "outputs of the convolution", stored="conv_layer.out_channels", tensors=conv_channels
        ),
        hidden=hidden,
        layers=layers,
        outputs=sources.integer(
            "outputs",
            stored="projection.out_features",
            config="output_channels",
            tensors=checkpoint.shape("projection.weight", 2)[0],
        ),
        limit=sources.number("limit of the compression", "compression.range", 64.0),
        compression=sources.number("midpoint of the compression", "compression.midpoint", 32.0),
        kernel=sources.integer(
            "kernel of the convolution", stored="conv_layer.kernel_size", tensors=kernel
        ),
        stride=sources.integer(
            "stride of the convolution", stored="conv_layer.stride", config="stride", published=10
        ),
    )
    if settings.left_context < 0:
        raise CheckpointRefused(
            f"{checkpoint.path}: stride of the convolution: {settings.stride}, must be at most "
            f"its kernel, {settings.kernel}"
        )
    return settings
