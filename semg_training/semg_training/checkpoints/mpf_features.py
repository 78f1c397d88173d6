# SPDX-License-Identifier: Apache-2.0
"""Whether the MPF features that a network wants are those computed here."""

from __future__ import annotations

import numpy as np
from scipy import signal

from semg_decoders.signal.mpf import BANDS, SAMPLE_RATE, STRIDE
from semg_decoders.signal.stft import BINS, HOP, WINDOW, bin_frequencies
from semg_training.checkpoints.checkpoint import PREFIX
from semg_training.checkpoints.refusal import CheckpointRefused
from semg_training.checkpoints.sources import Sources

_CONFIG = "featurizer"


def feature_window(sources: Sources, stored: str, published: int) -> int:
    """Return how many samples a feature frame covers; refuse features that differ otherwise.

    Parameters
    ----------
    sources : Sources
        The files.
    stored : str
        Name of the features' module in the network.
    published : int
        Samples, taken if no file says it.

    Raises
    ------
    CheckpointRefused
        If transform, hop, stride, bands or sample rate are others than `MultiWindowMpf` has.
    """
    bands = tuple(BANDS)
    wanted = {"stride": STRIDE, "n_fft": WINDOW, "fft_stride": HOP, "frequency_bins": bands}
    sources.require_config({f"{_CONFIG}.{name}": value for name, value in wanted.items()})
    wanted["fs"] = SAMPLE_RATE
    sources.require({f"{stored}.{name}": value for name, value in wanted.items()})
    inside = [(low < _FREQUENCIES) & (high >= _FREQUENCIES) for low, high in BANDS]
    taper = signal.windows.hann(WINDOW, sym=True)
    _require_values(sources, f"{stored}.window", taper, "a symmetric Hann window")
    shape = (1, 1, len(BANDS), BINS, 1, 1)
    _require_values(
        sources, f"{stored}.freq_masks", np.reshape(inside, shape), "1 for the bins of each band"
    )
    window = sources.integer(
        "window of the MPF features",
        stored=f"{stored}.window_length",
        config=f"{_CONFIG}.window_length",
        published=published,
    )
    if window % STRIDE:
        raise CheckpointRefused(
            f"{sources.checkpoint.path}: window of the MPF features: {window} samples, must be a "
            f"multiple of {STRIDE}"
        )
    return window


_FREQUENCIES = bin_frequencies(SAMPLE_RATE)


def _require_values(sources: Sources, name: str, wanted: np.ndarray, meaning: str) -> None:
    checkpoint = sources.checkpoint
    if name not in checkpoint.tensors:
        return
    found = checkpoint.tensors[name].shape
    if found != wanted.shape:
        raise CheckpointRefused(
            f"{checkpoint.path}: tensor {PREFIX}{name} has shape {list(found)}, must be "
            f"{list(wanted.shape)}"
        )
    if not np.allclose(checkpoint.values(name).astype(np.float64), wanted, rtol=0, atol=1e-6):
        raise CheckpointRefused(
            f"{checkpoint.path}: tensor {PREFIX}{name} holds other values, must be {meaning}"
        )
