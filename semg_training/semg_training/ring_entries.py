# SPDX-License-Identifier: Apache-2.0
"""MPF frames kept small: only the entries near the diagonal of the ring."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import Tensor


def to_ring_entries(mpf: NDArray[np.floating], distance: int) -> NDArray[np.float16]:
    """Keep the entries whose channels are at most `distance` apart on the ring.

    Parameters
    ----------
    mpf : ndarray, shape (frames, bands, channels, channels)
        Symmetric matrices.
    distance : int
        Less than half the number of channels.

    Returns
    -------
    ndarray of float16, shape (frames, bands, channels, distance + 1)
        Entry [c, d] is that of channels c and c + d.
    """
    rows, columns = _rows_and_columns(mpf.shape[-1], distance)
    return mpf[:, :, rows, columns].astype(np.float16)


def from_ring_entries(entries: Tensor) -> Tensor:
    """Put entries (…, channels, distance + 1) back into matrices with zeros elsewhere."""
    channels, width = entries.shape[-2:]
    rows, columns = _rows_and_columns(channels, width - 1)
    matrices = entries.new_zeros((*entries.shape[:-2], channels, channels))
    matrices[..., rows, columns] = entries
    matrices[..., columns, rows] = entries
    return matrices


def _rows_and_columns(channels: int, distance: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    rows = np.repeat(np.arange(channels)[:, None], distance + 1, axis=1)
    return rows, (rows + np.arange(distance + 1)) % channels
