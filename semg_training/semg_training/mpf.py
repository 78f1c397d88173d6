# SPDX-License-Identifier: Apache-2.0
"""MPF features of many recordings at once, on the processor or a GPU.

The arithmetic is that of `semg_decoders.signal.mpf`, which says where it comes from; it is float64
here as well, as the logarithm of small eigenvalues is rounding noise in float32.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from semg_decoders.signal.mpf import BANDS, SAMPLE_RATE, STRIDE, samples_needed
from semg_decoders.signal.stft import HOP, WINDOW, bin_frequencies

FRAMES_AT_ONCE = 64
"""Frames of all recordings together that are worked on at a time: what suits a processor's cache.
A GPU wants thousands, for which it needs some 400 kB each."""


def mpf(
    emg: Tensor,
    window: int,
    floor: float = 0.0,
    bands: Sequence[int] = tuple(range(len(BANDS))),
    at_once: int = FRAMES_AT_ONCE,
) -> Tensor:
    """Return the MPF frames of recordings of equal length.

    Parameters
    ----------
    emg : Tensor, shape (batch, samples, channels)
        Conditioned EMG at 2 kHz in noise s.d., at least `samples_needed` samples.
    window : int
        Samples, a multiple of 40.
    floor : float
        Noise floor in (noise s.d.)^4, as `semg_decoders.signal.noise_floor` adds it.
    bands : sequence of int
        Those to compute.
    at_once : int
        How many frames of all recordings together are worked on at a time.

    Returns
    -------
    Tensor of float64, shape (batch, frames, bands, channels, channels)
        On the device of `emg`. Frame k is made from samples 40 k … 40 k + `samples_needed` - 1.

    Raises
    ------
    ValueError
        If the EMG is too short for a frame, the window is no multiple of 40, or the floor is
        negative or not finite.
    """
    needed = samples_needed(window)
    if emg.ndim != 3 or emg.shape[1] < needed:
        raise ValueError(
            f"emg: shape {tuple(emg.shape)}, must be (batch, samples, channels) with at least "
            f"{needed} samples"
        )
    if not (math.isfinite(floor) and floor >= 0):
        raise ValueError(f"noise floor: {floor}, must be a finite number of at least 0")
    frames = (emg.shape[1] - needed) // STRIDE + 1
    each = max(1, at_once // len(emg))
    pieces = []
    for first in range(0, frames, each):
        begin = first * STRIDE
        end = begin + (min(each, frames - first) - 1) * STRIDE + needed
        powers = _powers(emg[:, begin:end].double(), window // HOP, bands)
        pieces.append(_logarithm(powers, floor))
    return torch.cat(pieces, dim=1)


def _powers(emg: Tensor, columns: int, bands: Sequence[int]) -> Tensor:
    """Mean squared magnitude of the cross-spectra, (batch, frames, bands, channels, channels)."""
    taper = torch.hann_window(WINDOW, periodic=False, dtype=emg.dtype, device=emg.device)
    windows = emg.unfold(1, WINDOW, HOP) * (taper / taper.norm())
    weights = _band_weights(emg, bands)
    wanted = weights.any(dim=0).nonzero().flatten()
    spectra = torch.fft.rfft(windows)[..., wanted].permute(0, 1, 3, 2)
    per_stride = STRIDE // HOP
    strides = spectra.shape[1] // per_stride
    grouped = spectra[:, : strides * per_stride].reshape(
        len(emg), strides, per_stride, *spectra.shape[2:]
    )
    # (batch, strides, bins, channels, columns of a stride)
    ordered = grouped.permute(0, 1, 3, 4, 2)
    products = ordered @ ordered.conj().transpose(-1, -2)
    covered = products.unfold(1, columns // per_stride, 1).sum(-1) / columns
    squares = covered.real**2 + covered.imag**2
    powers: Tensor = torch.einsum("ab,nfbcd->nfacd", weights[:, wanted], squares)
    return powers


def _logarithm(matrices: Tensor, floor: float) -> Tensor:
    """Matrix logarithm; that of an eigenvalue that has none is 0 before the floor is added."""
    values, vectors = torch.linalg.eigh(matrices)
    logarithms = torch.where(values > 0, values, 1.0).log()
    if floor:
        level = torch.tensor(math.log(floor), dtype=values.dtype, device=values.device)
        logarithms = torch.logaddexp(logarithms, level)
    frames: Tensor = (vectors * logarithms[..., None, :]) @ vectors.transpose(-1, -2)
    return frames


def _band_weights(like: Tensor, bands: Sequence[int]) -> Tensor:
    """Return (bands, bins): each band's mean over its bins."""
    frequencies = torch.as_tensor(bin_frequencies(SAMPLE_RATE)).to(like)
    edges = [BANDS[band] for band in bands]
    inside = torch.stack([(frequencies > low) & (frequencies <= high) for low, high in edges])
    weights: Tensor = inside.to(like) / inside.sum(dim=1, keepdim=True)
    return weights
