# SPDX-License-Identifier: Apache-2.0
"""Adds a noise floor to MPF frames, and masks the bands that a device cannot deliver."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from semg_decoders.signal.mpf import BANDS, eigen, from_eigen


def with_noise_floor(log_matrices: NDArray[np.floating], floor: float) -> NDArray[np.float64]:
    """Return ``log(exp(L) + floor I)`` of every matrix L.

    Eigenvalues far below the floor are rounding noise or depend on the device's own noise;
    afterwards they all read log(floor).

    Parameters
    ----------
    log_matrices : array, (…, channels, channels)
        Symmetric matrices, such as MPF frames.
    floor : float
        In (noise s.d.)^4, at least 0; 0 changes nothing.

    Returns
    -------
    array of float64, (…, channels, channels)

    Raises
    ------
    ValueError
        If the floor is negative or not finite.
    """
    _check(floor)
    matrices: NDArray[np.float64] = np.array(log_matrices, dtype=np.float64)
    if floor == 0.0:
        return matrices
    values, vectors = eigen(matrices)
    lifted: NDArray[np.float64] = np.logaddexp(values, math.log(floor))
    return from_eigen(lifted, vectors)


def bands_beyond(
    bandwidth: float, bands: Sequence[tuple[float, float]] = BANDS
) -> NDArray[np.bool_]:
    """Return which bands, (bands,), begin where a device's bandwidth (Hz) has ended."""
    return np.fromiter((low >= bandwidth for low, _ in bands), dtype=np.bool_)


def with_masked_bands(
    log_matrices: NDArray[np.floating], masked: NDArray[np.bool_], floor: float
) -> NDArray[np.float64]:
    """Return frames whose masked bands read as if there was nothing but the floor.

    Parameters
    ----------
    log_matrices : array, (…, bands, channels, channels)
        MPF frames.
    masked : array of bool, (bands,)
        Bands to replace.
    floor : float
        The noise floor in (noise s.d.)^4; with 0 the masked bands become zeros.

    Returns
    -------
    array of float64, (…, bands, channels, channels)
    """
    _check(floor)
    matrices = np.array(log_matrices, dtype=np.float64)
    level = math.log(floor) if floor > 0 else 0.0
    matrices[..., masked, :, :] = level * np.eye(matrices.shape[-1])
    return matrices


def _check(floor: float) -> None:
    if not (math.isfinite(floor) and floor >= 0):
        raise ValueError(f"noise floor: {floor}, must be a finite number of at least 0")
