# SPDX-License-Identifier: Apache-2.0
"""Batches of random windows from recordings, the same for the same seed and step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from semg_training.gesture_targets import (
    PUBLISHED_GRID,
    FrameGrid,
    PulseSettings,
    gesture_targets,
)
from semg_training.mpf_augmentation import MpfAugmentation, augment_mpf
from semg_training.recordings import EmgRecording, MpfRecording
from semg_training.ring_entries import from_ring_entries

_NOISIEST = 3.0
"""Largest noise, in usual noise s.d., of a channel without contact."""


@dataclass(frozen=True)
class Batch:
    """Windows that a network is trained on together.

    Attributes
    ----------
    inputs : Tensor, shape (batch, *input shape)
        EMG (batch, channels, samples) or MPF (batch, frames, bands, channels, channels).
    targets : Tensor, shape (batch, frames, outputs)
        What the network should say.
    weights : Tensor, shape (batch, frames, outputs)
        How much each answer counts.
    """

    inputs: Tensor
    targets: Tensor
    weights: Tensor


@dataclass(frozen=True)
class Augmentation:
    """How windows of EMG are varied.

    Attributes
    ----------
    gain_sd : float
        S.d. of the logarithm of a factor on the whole window.
    channel_gain_sd : float
        S.d. of the logarithm of a factor on each channel.
    roll : int
        Channels are rolled around the ring by up to this many places.
    roll_probability : float
        Share of windows that are rolled.
    drop_probability : float
        Share of windows of which one channel is only noise.
    """

    gain_sd: float = 0.2
    channel_gain_sd: float = 0.1
    roll: int = 1
    roll_probability: float = 0.2
    drop_probability: float = 0.1

    def __post_init__(self) -> None:
        for name in ("gain_sd", "channel_gain_sd", "roll"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name}: {getattr(self, name):g}, must be at least 0")
        for name in ("roll_probability", "drop_probability"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name}: {getattr(self, name):g}, must be from 0 to 1")


def gesture_batch(
    recordings: Sequence[EmgRecording],
    rng: np.random.Generator,
    size: int,
    frames: int,
    augmentation: Augmentation | None = None,
    pulse: PulseSettings | None = None,
    grid: FrameGrid = PUBLISHED_GRID,
) -> Batch:
    """Draw windows of EMG with their gesture targets.

    Parameters
    ----------
    recordings : sequence of EmgRecording
        All of one set of gestures. Each sample is equally likely to be in a window; shorter
        recordings are left out.
    rng : numpy.random.Generator
        Source of every choice.
    size, frames : int
        Windows, and output frames in each.
    augmentation : Augmentation, optional
        None leaves the EMG as it is.
    pulse : PulseSettings, optional
        Where the pulse of an event lies.
    grid : FrameGrid
        Where the frames lie.
    """
    samples = grid.samples(frames)
    gestures = recordings[0].gestures
    emg = np.empty((size, gestures.channels, samples), np.float32)
    targets, weights = [], []
    chosen = _draw([len(r.emg) for r in recordings], samples, size, rng)
    for row, (index, start) in enumerate(chosen):
        recording = recordings[index]
        emg[row] = recording.emg[start : start + samples].T
        if augmentation is not None:
            emg[row] = augmented(emg[row], augmentation, rng)
        near = recording.events[:, 1] < start + samples
        events = [(int(g), int(s) - start) for g, s in recording.events[near]]
        target, weight = gesture_targets(
            events, samples, pulse=pulse, grid=grid, labels=gestures.labels
        )
        targets.append(target)
        weights.append(weight)
    return Batch(
        torch.from_numpy(emg),
        torch.from_numpy(np.stack(targets)),
        torch.from_numpy(np.stack(weights)),
    )


def augmented(
    emg: NDArray[np.float32], augmentation: Augmentation, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Vary a window of EMG (channels, samples): gain, rotation of the band, a lost contact."""
    channels = emg.shape[0]
    logarithm = rng.normal(0.0, augmentation.gain_sd) + rng.normal(
        0.0, augmentation.channel_gain_sd, (channels, 1)
    )
    varied = emg * np.exp(logarithm).astype(np.float32)
    if rng.random() < augmentation.roll_probability:
        places = int(rng.integers(-augmentation.roll, augmentation.roll + 1))
        varied = np.roll(varied, places, axis=0)
    if rng.random() < augmentation.drop_probability:
        noise = rng.standard_normal(emg.shape[1], dtype=np.float32)
        varied[int(rng.integers(channels))] = rng.uniform(1.0, _NOISIEST) * noise
    return varied


def wrist_batch(
    recordings: Sequence[MpfRecording],
    rng: np.random.Generator,
    size: int,
    frames: int,
    augmentation: MpfAugmentation | None = None,
) -> Batch:
    """Draw windows of MPF frames with the wrist's displacement over each.

    Parameters are those of `gesture_batch`. The first frame of a recording has no displacement
    and does not count.
    """
    chosen = _draw([len(r.mpf) for r in recordings], frames, size, rng)
    entries = np.stack([recordings[i].mpf[start : start + frames] for i, start in chosen])
    moved = np.stack([recordings[i].displacement[start : start + frames] for i, start in chosen])
    known = np.isfinite(moved)
    inputs = from_ring_entries(torch.from_numpy(entries.astype(np.float32)))
    if augmentation is not None:
        inputs = torch.stack([augment_mpf(window, augmentation, rng) for window in inputs])
    return Batch(
        inputs,
        torch.from_numpy(np.where(known, moved, 0.0).astype(np.float32)[:, :, None]),
        torch.from_numpy(known.astype(np.float32)[:, :, None]),
    )


def _draw(
    lengths: Sequence[int], window: int, size: int, rng: np.random.Generator
) -> list[tuple[int, int]]:
    starts = np.maximum(np.array(lengths) - window + 1, 0)
    if starts.sum() == 0:
        raise ValueError(f"no recording is as long as a window of {window}")
    indices = rng.choice(len(lengths), size, p=starts / starts.sum())
    return [(int(i), int(rng.integers(starts[i]))) for i in indices]
