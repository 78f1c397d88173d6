# SPDX-License-Identifier: Apache-2.0
"""The sizes of a published wrist network."""

from __future__ import annotations

from semg_decoders.signal.mpf import BANDS
from semg_training.checkpoints.lstm import lstm_sizes
from semg_training.checkpoints.rotation_invariant import rotation_invariant_sizes
from semg_training.checkpoints.sources import Sources
from semg_training.networks.wrist import WristNetworkSettings

FEATURES = "mpf_featurizer"


def wrist_settings(sources: Sources) -> WristNetworkSettings:
    """Return the sizes of the network.

    Raises
    ------
    CheckpointRefused
        If the files do not fit together, or say what `WristNetwork` cannot do.
    """
    sources.require({"relu.negative_slope": 0.01})
    first = rotation_invariant_sizes(sources, hidden_config="hidden_dims")
    hidden, layers = lstm_sizes(sources)
    return WristNetworkSettings(
        channels=first.channels,
        bands=tuple(range(len(BANDS))),
        num_adjacent_cov=first.num_adjacent_cov,
        mlp=first.hidden,
        hidden=hidden,
        layers=layers,
        outputs=sources.integer(
            "outputs",
            stored="linear_out.out_features",
            config="output_dim",
            tensors=sources.checkpoint.shape("linear_out.weight", 2)[0],
        ),
        offsets=first.offsets,
    )
