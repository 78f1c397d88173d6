# SPDX-License-Identifier: Apache-2.0
"""Training the wrist network: batches, loss, and how good it is on model-choice people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from semg_decoders.evaluation.velocity import VelocityScore, score_velocity
from semg_training.mpf_augmentation import MpfAugmentation
from semg_training.recordings import MpfRecording
from semg_training.ring_entries import from_ring_entries
from semg_training.windows import Batch, wrist_batch

FRAME_RATE = 50.0


@dataclass(frozen=True)
class WristTarget:
    """The wrist's displacement over each frame leaves nothing to choose."""


@dataclass(frozen=True)
class WristTask:
    """L1 loss on the displacement over each frame.

    Attributes
    ----------
    training, choice : sequence of MpfRecording
        People to train on, and recordings of wrist movement to choose the model on.
    batch_size, frames : int
        Windows in a batch, and frames (20 ms) in a window.
    augmentation : MpfAugmentation
        How windows are varied.
    """

    training: Sequence[MpfRecording]
    choice: Sequence[MpfRecording]
    batch_size: int = 64
    frames: int = 200
    augmentation: MpfAugmentation = field(
        default_factory=lambda: MpfAugmentation(drop_probability=0.15)
    )

    def batch(self, rng: np.random.Generator) -> Batch:
        """Draw a training batch."""
        return wrist_batch(self.training, rng, self.batch_size, self.frames, self.augmentation)

    def loss(self, outputs: Tensor, batch: Batch) -> Tensor:
        """Mean absolute error in rad/s: a displacement of 20 ms alone would make tiny steps."""
        each = (outputs - batch.targets).abs() * batch.weights
        return FRAME_RATE * each.sum() / batch.weights.sum()

    def score(self, network: torch.nn.Module) -> tuple[float, str]:
        """Less the mean absolute error on the model-choice recordings, in deg/s."""
        scores = velocity_scores(network, self.choice)
        correlation = float(np.mean([score.correlation for score in scores]))
        error = float(np.mean([score.error for score in scores]))
        speed = float(np.mean([score.mean_speed for score in scores]))
        line = f"correlation {correlation:.3f}, error {error:.1f} deg/s of {speed:.1f} deg/s"
        return -error, line


def moving_recordings(recordings: Sequence[MpfRecording]) -> list[MpfRecording]:
    """Return the recordings of wrist movement, if simulated; real ones are taken as they are."""
    return [one for one in recordings if one.script in ("", "wrist")]


def velocity_scores(
    network: torch.nn.Module, recordings: Sequence[MpfRecording]
) -> list[VelocityScore]:
    """Compare decoded and true velocity, for each recording that knows the latter somewhere."""
    network.eval()
    device = next(network.parameters()).device
    scores = []
    for recording in recordings:
        entries = torch.from_numpy(recording.mpf.astype(np.float32)).to(device)
        frames = from_ring_entries(entries)
        state = torch.zeros(network.state_shape(), device=device)  # type: ignore[operator]
        with torch.no_grad():
            outputs, _, _ = network(frames[None], state, state.clone())
        decoded = FRAME_RATE * outputs[0, :, 0].cpu().numpy()
        known = np.isfinite(recording.displacement)
        known[:1] = False  # nothing came before the first frame
        if known.any():
            true = FRAME_RATE * recording.displacement[known]
            scores.append(score_velocity(decoded[known], true))
    return scores
