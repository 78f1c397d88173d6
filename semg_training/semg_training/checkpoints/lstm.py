# SPDX-License-Identifier: Apache-2.0
"""The sizes of the LSTM layers, which gestures and wrist have."""

from __future__ import annotations

from semg_training.checkpoints.sources import Sources

_MOST_LAYERS = 64


def lstm_sizes(sources: Sources) -> tuple[int, int]:
    """Return the size and the number of the layers.

    Raises
    ------
    CheckpointRefused
        If the files do not fit together, or say what the layers here cannot do.
    """
    sources.require(
        {
            "lstm.mode": "LSTM",
            "lstm.bidirectional": False,
            "lstm.proj_size": 0,
            "lstm.bias": True,
        }
    )
    checkpoint = sources.checkpoint
    hidden = sources.integer(
        "size of the LSTM layers",
        stored="lstm.hidden_size",
        config="lstm_hidden_dim",
        tensors=checkpoint.shape("lstm.weight_hh_l0", 2)[1],
    )
    layers = sources.integer(
        "LSTM layers",
        stored="lstm.num_layers",
        config="lstm_num_layers",
        tensors=checkpoint.count("lstm.weight_hh_l", ""),
        most=_MOST_LAYERS,
    )
    return hidden, layers
