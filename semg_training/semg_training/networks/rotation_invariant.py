# SPDX-License-Identifier: Apache-2.0
"""First layers for MPF frames that forgive a band rotated by a channel."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

OFFSETS = (-1, 0, 1)


def adjacent_entries(channels: int, num_adjacent_cov: int, offset: int) -> NDArray[np.int64]:
    """Where the used entries of a matrix rolled by `offset` lie in the unrolled matrix.

    Parameters
    ----------
    channels : int
        Rows and columns of the matrix.
    num_adjacent_cov : int
        Entries whose channels are farther apart on the ring than this are left out.
    offset : int
        ``numpy.roll(matrix, (offset, offset), axis=(0, 1))`` comes first.

    Returns
    -------
    ndarray of int64, shape (entries,)
        Row-major indices into the flattened, unrolled matrix, upper triangle only.
    """
    rows, columns = np.triu_indices(channels)
    apart = columns - rows
    near = np.minimum(apart, channels - apart) <= num_adjacent_cov
    source_rows = (rows[near] - offset) % channels
    source_columns = (columns[near] - offset) % channels
    return np.asarray(source_rows * channels + source_columns, dtype=np.int64)


class RotationInvariantMlp(nn.Module):
    """The same linear layers on an MPF frame rolled by some channels each way, averaged.

    Parameters
    ----------
    channels : int
        EMG channels.
    bands : sequence of int
        Indices of the frequency bands that are used.
    num_adjacent_cov : int
        Largest distance on the ring between the channels of an entry.
    hidden : sequence of int
        Sizes of the linear layers.
    offsets : sequence of int
        Channels to roll by.
    """

    index: Tensor

    def __init__(
        self,
        channels: int,
        bands: Sequence[int],
        num_adjacent_cov: int,
        hidden: Sequence[int],
        offsets: Sequence[int] = OFFSETS,
    ) -> None:
        super().__init__()
        index = [
            [band * channels**2 + adjacent_entries(channels, num_adjacent_cov, o) for band in bands]
            for o in offsets
        ]
        flat = np.array(index).reshape(len(offsets), -1)
        self.register_buffer("index", torch.from_numpy(flat), persistent=False)
        sizes = [flat.shape[1], *hidden]
        self.fully_connected_layers = nn.ModuleList(
            nn.Linear(inputs, outputs) for inputs, outputs in itertools.pairwise(sizes)
        )

    def forward(self, mpf: Tensor) -> Tensor:
        """Map frames (batch, frames, bands, channels, channels) to (batch, frames, hidden[-1])."""
        features = mpf.flatten(2)[:, :, self.index]
        for layer in self.fully_connected_layers:
            features = nn.functional.leaky_relu(layer(features))
        return features.mean(dim=2)
