# SPDX-License-Identifier: Apache-2.0
"""The sizes of the rotation-invariant layers, which wrist and handwriting begin with."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from semg_decoders.signal.mpf import BANDS
from semg_training.checkpoints.checkpoint import PREFIX
from semg_training.checkpoints.refusal import CheckpointRefused
from semg_training.checkpoints.sources import Sources
from semg_training.checkpoints.stored_tensor import StoredTensor
from semg_training.networks.rotation_invariant import OFFSETS, adjacent_entries

MODULE = "rotation_invariant_mlp"
_CONFIG = "invariance_layer"
_INDICES = f"{MODULE}.vectorize.flattened_matrix_indices"
_MOST_CHANNELS = 256


@dataclass(frozen=True)
class RotationInvariantSizes:
    """Sizes of a `RotationInvariantMlp`.

    Attributes
    ----------
    channels, num_adjacent_cov : int
        EMG channels, and the largest distance between those of an entry.
    hidden, offsets : tuple of int
        Sizes of the layers, and channels to roll by.
    """

    channels: int
    num_adjacent_cov: int
    hidden: tuple[int, ...]
    offsets: tuple[int, ...]


def rotation_invariant_sizes(
    sources: Sources, hidden_config: str, published_channels: int = 16
) -> RotationInvariantSizes:
    """Return the sizes; the distance follows from the number of inputs of the first layer.

    Parameters
    ----------
    sources : Sources
        The files.
    hidden_config : str
        Where the configuration says the sizes of the layers.
    published_channels : int
        Taken if no file says how many there are.

    Raises
    ------
    CheckpointRefused
        If the files do not fit together, or say what the layers here cannot do.
    """
    sources.require({f"{MODULE}.activation.negative_slope": 0.01})
    sources.require_config({f"{_CONFIG}.num_freqs": len(BANDS)})
    checkpoint = sources.checkpoint
    channels = sources.integer(
        "channels",
        config="num_channels",
        stored="num_channels",
        tensors=_stored_channels(sources),
        published=published_channels,
        most=_MOST_CHANNELS,
    )
    layers = f"{MODULE}.fully_connected_layers."
    count = checkpoint.count(layers, ".weight")
    sizes = [checkpoint.shape(f"{layers}{layer}.weight", 2)[0] for layer in range(max(1, count))]
    hidden = sources.integers(
        "rotation-invariant layers", config=hidden_config, tensors=tuple(sizes)
    )
    offsets = sources.integers(
        "offsets of the rotation-invariant layers",
        stored=(f"{MODULE}.offsets",),
        config=f"{_CONFIG}.offsets",
        published=OFFSETS,
        least=-channels,
        most=channels,
    )
    inputs = checkpoint.shape(f"{layers}0.weight", 2)[1]
    distance = _distance(sources, f"{layers}0.weight", inputs, channels)
    _check_order(sources, channels, distance)
    return RotationInvariantSizes(channels, distance, hidden, offsets)


def entries(channels: int, num_adjacent_cov: int) -> int:
    """Return how many entries of the upper triangle lie at most that far apart on the ring."""
    near = min(num_adjacent_cov, channels // 2)
    # The channels opposite each other are half as many pairs.
    opposite = channels // 2 if near and 2 * near == channels else 0
    return channels * (near + 1) - opposite


def _distance(sources: Sources, tensor: str, inputs: int, channels: int) -> int:
    said = sources.config.of_network(f"{_CONFIG}.num_adjacent_cov")
    if said is not None:
        return sources.integer(
            "num_adjacent_cov", config=f"{_CONFIG}.num_adjacent_cov", least=0, most=channels
        )
    for distance in range(channels // 2 + 1):
        if len(BANDS) * entries(channels, distance) == inputs:
            return distance
    possible = [len(BANDS) * entries(channels, distance) for distance in range(channels // 2 + 1)]
    raise CheckpointRefused(
        f"{sources.checkpoint.path}: tensor {PREFIX}{tensor} has {inputs} inputs, must have one "
        f"of {', '.join(map(str, possible))} for {channels} channels"
    )


def _stored_channels(sources: Sources) -> int | None:
    """Return how many channels the stored indices are for: the last is that of the last entry."""
    indices = sources.checkpoint.attributes.get(_INDICES)
    if not isinstance(indices, StoredTensor) or 0 in indices.shape:
        return None
    return math.isqrt(int(indices.read(sources.checkpoint.archive).max())) + 1


def _check_order(sources: Sources, channels: int, distance: int) -> None:
    indices = sources.checkpoint.attributes.get(_INDICES)
    if not isinstance(indices, StoredTensor):
        return
    wanted = adjacent_entries(channels, distance, 0)
    if not np.array_equal(indices.read(sources.checkpoint.archive), wanted):
        raise CheckpointRefused(
            f"{sources.checkpoint.path}: {_INDICES} are not the entries of the upper triangle "
            f"of {channels} channels at most {distance} apart, in order of rows"
        )
