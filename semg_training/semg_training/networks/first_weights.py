# SPDX-License-Identifier: Apache-2.0
"""First weights of a handwriting network that let what varies through."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn

from semg_training.networks.handwriting import HandwritingNetwork

_LEAST = 1e-3
"""Where something hardly varies, it is not blown up by more than its inverse."""


def standardise(network: HandwritingNetwork, mpf: Tensor) -> None:
    """Scale the first layers so that features of these frames have mean 0 and s.d. 1.

    The level of MPF entries is many times what writing changes in it. Behind the usual first
    weights the layer norms keep that proportion, and training stands still where only the
    frequency of each character has been learnt. The shape of the network does not change.
    After Mishkin and Matas, "All you need is a good init" (2016), arXiv 1511.06422.

    Parameters
    ----------
    network : HandwritingNetwork
        With any first weights; changed in place.
    mpf : Tensor, shape (batch, frames, bands, channels, channels)
        MPF frames to train on.
    """
    settings = network.settings
    features = network.rotation_invariant_mlp
    with torch.no_grad():
        first = cast(nn.Linear, features.fully_connected_layers[0])
        inputs = mpf.flatten(2)[:, :, features.index].flatten(0, 2)
        deviation = inputs.std(dim=0).clamp(min=_LEAST)
        first.weight.div_(deviation)
        first.bias.sub_(first.weight @ inputs.mean(dim=0))
        frames = features(mpf)
        joined = frames.shape[1] // settings.time_reduction
        frames = frames[:, : joined * settings.time_reduction].reshape(len(mpf), joined, -1)
        outputs = network.time_reduction(frames).flatten(0, 1)
        deviation = outputs.std(dim=0).clamp(min=_LEAST)
        network.time_reduction.weight.div_(deviation[:, None])
        network.time_reduction.bias.sub_(outputs.mean(dim=0)).div_(deviation)
