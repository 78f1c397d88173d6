# SPDX-License-Identifier: Apache-2.0
"""Batches of written windows: drawn, hidden in part, rolled, made into MPF frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from semg_decoders.signal.mpf import BANDS, HANDWRITING_WINDOW
from semg_training.handwriting_recordings import WrittenRecording
from semg_training.mpf import mpf
from semg_training.mpf_augmentation import NOISIEST, MpfAugmentation, drop, hide
from semg_training.networks.handwriting import HandwritingNetworkSettings
from semg_training.recordings import NOISE_FLOOR
from semg_training.ring_entries import from_ring_entries
from semg_training.written_windows import (
    BLANK,
    UNKNOWN,
    WrittenWindow,
    class_indices,
    frame_targets,
)


@dataclass(frozen=True)
class WrittenBatch:
    """Windows that a network is trained on together.

    Attributes
    ----------
    inputs : Tensor of float16
        Ring entries of MPF frames, (batch, frames, bands, channels, distance + 1), or EMG,
        (batch, samples, channels); what follows a shorter window is of no account.
    visible : Tensor of float32, shape (batch, frames, bands)
        0 where a frame's band is hidden, else 1.
    roll : Tensor of int64, shape (batch,)
        Places to roll the channels by.
    dropped : Tensor of int64, shape (batch,)
        Channel that is only noise, once they are rolled; below 0 for none.
    noise : Tensor of float32, shape (batch,)
        Its noise, in usual noise s.d.
    targets : Tensor of int64, shape (batch, longest text)
        Classes of the characters, each row followed by blanks.
    target_lengths, emissions : Tensor of int64, shape (batch,)
        Characters of each text, and emissions that count.
    frame_targets : Tensor of int64, shape (batch, most emissions)
        As from `frame_targets`, each row followed by `UNKNOWN`.
    """

    inputs: Tensor
    visible: Tensor
    roll: Tensor
    dropped: Tensor
    noise: Tensor
    targets: Tensor
    target_lengths: Tensor
    emissions: Tensor
    frame_targets: Tensor


def collate(
    windows: Sequence[tuple[WrittenRecording, WrittenWindow]],
    settings: HandwritingNetworkSettings,
    pulse: float,
) -> WrittenBatch:
    """Put windows of recordings of one kind into a batch, with nothing hidden or rolled.

    Parameters
    ----------
    windows : sequence of (WrittenRecording, WrittenWindow)
        What to read.
    settings : HandwritingNetworkSettings
        Of the network that will.
    pulse : float
        Seconds, as for `frame_targets`.
    """
    longest = max(window.frames for _, window in windows)
    inputs = np.stack([r.inputs(window.first, longest) for r, window in windows])
    texts = [torch.tensor(class_indices(w.text), dtype=torch.int64) for _, w in windows]
    frames = [torch.from_numpy(frame_targets(r, w, settings, pulse)) for r, w in windows]
    size = len(windows)
    return WrittenBatch(
        inputs=torch.from_numpy(inputs),
        visible=torch.ones(size, longest, inputs.shape[2] if inputs.ndim == 5 else len(BANDS)),
        roll=torch.zeros(size, dtype=torch.int64),
        dropped=torch.full((size,), -1),
        noise=torch.ones(size),
        targets=pad_sequence(texts, batch_first=True, padding_value=BLANK),
        target_lengths=torch.tensor([len(text) for text in texts]),
        emissions=torch.tensor([len(targets) for targets in frames]),
        frame_targets=pad_sequence(frames, batch_first=True, padding_value=UNKNOWN),
    )


def vary(batch: WrittenBatch, augmentation: MpfAugmentation, rng: np.random.Generator) -> None:
    """Draw how each window of a batch is rolled, and what of it is hidden or lost."""
    channels = batch.inputs.shape[-2 if batch.inputs.ndim == 5 else -1]
    for row, visible in enumerate(batch.visible):
        if rng.random() < augmentation.roll_probability:
            batch.roll[row] = int(rng.integers(-augmentation.roll, augmentation.roll + 1))
        if rng.random() < augmentation.drop_probability:
            batch.dropped[row] = int(rng.integers(channels))
            batch.noise[row] = rng.uniform(1.0, NOISIEST)
        hide(visible, augmentation, rng)


def network_inputs(batch: WrittenBatch) -> Tensor:
    """Return the MPF frames of a batch, (batch, frames, bands, channels, channels), float32.

    Made where the batch is, be it a GPU. What is hidden reads as zero.
    """
    if batch.inputs.ndim == 3:
        rolled = _rolled(batch.inputs, batch.roll, dim=-1)
        frames = mpf(rolled, HANDWRITING_WINDOW, NOISE_FLOOR).float()
    else:
        frames = from_ring_entries(_rolled(batch.inputs, batch.roll, dim=-2).float())
    for row in (batch.dropped >= 0).nonzero().flatten().tolist():
        drop(frames[row], int(batch.dropped[row]), float(batch.noise[row]))
    return frames * batch.visible[..., None, None]


def _rolled(inputs: Tensor, places: Tensor, dim: int) -> Tensor:
    """Roll the channels, which are the axis `dim`, of each row of a batch."""
    rolled = [row.roll(shift, dim) for row, shift in zip(inputs, places.tolist(), strict=True)]
    return torch.stack(rolled)
