# SPDX-License-Identifier: Apache-2.0
"""Training a network to tell held postures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from semg_decoders.evaluation.postures import (
    PostureScore,
    decision_times,
    pool_postures,
    score_postures,
)
from semg_decoders.signal.conditioning import SAMPLE_RATE
from semg_training.band_covariances import FRAME_SAMPLES, frame_ends, noise_level
from semg_training.mounting import Mounting, mounted
from semg_training.networks.postures import PostureNetwork, PostureNetworkSettings
from semg_training.posture_recordings import PostureRecording

_FLOOR = 3.0
"""By how much the floor of a network lies above the power of quiet channels."""
_SCORED_BATCHES = 20
_SCORED_SEED = 20_000_000


@dataclass(frozen=True)
class PostureTarget:
    """What a window is trained to say.

    Attributes
    ----------
    after_start, before_end : float
        s of a span, at its beginning and its end, on which no window is trained: people react up
        to half a second after a cue, and some are ahead of the next one.
    label_smoothing : float
        Share of each target that is spread over all postures.
    """

    after_start: float = 0.5
    before_end: float = 0.4
    label_smoothing: float = 0.05

    def __post_init__(self) -> None:
        for name in ("after_start", "before_end"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name}: {getattr(self, name):g} s, must be at least 0")
        if not 0 <= self.label_smoothing < 1:
            raise ValueError(
                f"label_smoothing: {self.label_smoothing:g}, must be from 0 to below 1"
            )


@dataclass(frozen=True)
class PostureBatch:
    """Windows that a network is trained on together.

    Attributes
    ----------
    inputs : Tensor, shape (batch, bands, channels, channels)
        Covariances.
    targets : Tensor of int64, shape (batch,)
        Index of the posture.
    """

    inputs: Tensor
    targets: Tensor


@dataclass(frozen=True)
class Windows:
    """Where windows can be drawn.

    Attributes
    ----------
    recordings : tuple of PostureRecording
        From which.
    places : tuple of ndarray of int64, shape (windows, 2)
        For each posture, which recording, and the last frame.
    """

    recordings: tuple[PostureRecording, ...]
    places: tuple[NDArray[np.int64], ...]


@dataclass(frozen=True)
class PostureTask:
    """Cross-entropy over windows, as many of each posture.

    Attributes
    ----------
    training, choice : sequence of PostureRecording
        What to train on, and to choose the model on; the latter may be empty.
    labels : tuple of str
        Postures, in the order of the outputs.
    window : int
        Frames in a window, as in the network's settings.
    batch_size : int
        Windows in a batch.
    mounting : Mounting
        How the band may sit.
    target : PostureTarget
        What it is to say, and of which part of each span.

    Raises
    ------
    ValueError
        If a posture is never held for long enough to be trained on.
    """

    training: Sequence[PostureRecording]
    choice: Sequence[PostureRecording]
    labels: tuple[str, ...]
    window: int = PostureNetworkSettings.window
    batch_size: int = 100
    mounting: Mounting = field(default_factory=Mounting)
    target: PostureTarget = field(default_factory=PostureTarget)
    _windows: Windows = field(init=False, repr=False, compare=False)
    _choice_windows: Windows | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_windows", self._find_windows(self.training))
        choice = self._find_windows(self.choice) if self.choice else None
        object.__setattr__(self, "_choice_windows", choice)

    def batch(self, rng: np.random.Generator) -> PostureBatch:
        """Draw a training batch."""
        return self._draw(self._windows, rng)

    def outputs(self, network: torch.nn.Module, batch: PostureBatch) -> Tensor:
        """Return what the members of the network say, (members, batch, postures)."""
        assert isinstance(network, PostureNetwork)
        return network.classify(batch.inputs)

    def loss(self, outputs: Tensor, batch: PostureBatch) -> Tensor:
        """Mean cross-entropy of the members, each by itself."""
        members = len(outputs)
        return torch.nn.functional.cross_entropy(
            outputs.flatten(0, 1),
            batch.targets.repeat(members),
            label_smoothing=self.target.label_smoothing,
        )

    def score(self, network: torch.nn.Module) -> tuple[float, str]:
        """How small the loss is on windows for model choice, varied always alike.

        Where there are none it is that on the windows trained on, which falls until training
        ends: what is kept are then the last weights, or nearly.
        """
        assert isinstance(network, PostureNetwork)
        windows = self._choice_windows or self._windows
        network.eval()
        losses, right = [], []
        with torch.no_grad():
            for draw in range(_SCORED_BATCHES):
                batch = self._draw(windows, np.random.default_rng([_SCORED_SEED, draw]))
                outputs = network.classify(batch.inputs.to(next(network.parameters()).device)).cpu()
                losses.append(float(self.loss(outputs, batch)))
                best = torch.softmax(outputs, -1).mean(0).argmax(1)
                right.append(float((best == batch.targets).float().mean()))
        on = "for model choice" if self._choice_windows else "trained on"
        line = f"{np.mean(right):.4f} of windows right, varied ones {on}"
        return -float(np.mean(losses)), line

    def _draw(self, windows: Windows, rng: np.random.Generator) -> PostureBatch:
        targets = np.arange(self.batch_size) % len(self.labels)
        recordings = windows.recordings
        inputs = np.empty((self.batch_size, *recordings[0].covariances.shape[1:]), np.float32)
        chosen = np.empty((self.batch_size, 2), np.int64)
        for label, places in enumerate(windows.places):
            rows = targets == label
            chosen[rows] = places[rng.integers(len(places), size=int(rows.sum()))]
        within = np.arange(-self.window + 1, 1)
        for index in np.unique(chosen[:, 0]):
            rows = chosen[:, 0] == index
            frames = chosen[rows, 1, np.newaxis] + within
            inputs[rows] = recordings[index].covariances[frames].mean(axis=1)
        return PostureBatch(
            mounted(torch.from_numpy(inputs), self.mounting, rng), torch.from_numpy(targets)
        )

    def _find_windows(self, recordings: Sequence[PostureRecording]) -> Windows:
        found: list[list[tuple[int, int]]] = [[] for _ in self.labels]
        reach = self.window * FRAME_SAMPLES / SAMPLE_RATE
        for index, recording in enumerate(recordings):
            ends = frame_ends(len(recording.covariances)) / SAMPLE_RATE
            whole = np.arange(len(ends)) >= self.window - 1
            for span in recording.spans:
                start = span.start + self.target.after_start + reach
                until = span.end - self.target.before_end
                frames = np.flatnonzero(whole & (ends >= start) & (ends < until))
                found[self.labels.index(span.name)] += [(index, int(end)) for end in frames]
        for name, windows in zip(self.labels, found, strict=True):
            if not windows:
                needed = self.target.after_start + self.target.before_end + reach
                raise ValueError(f"posture '{name}' is never held for more than {needed:.1f} s")
        places = tuple(np.array(windows, dtype=np.int64) for windows in found)
        return Windows(tuple(recordings), places)


def posture_network(
    settings: PostureNetworkSettings, recordings: Sequence[PostureRecording], outputs: int
) -> PostureNetwork:
    """Return a network of such sizes for such recordings.

    Channels and the floor follow from the recordings; `settings.bands` are those of their
    covariances.
    """
    floor = _FLOOR * noise_level([recording.covariances for recording in recordings])
    return PostureNetwork(
        replace(settings, channels=recordings[0].channels, outputs=outputs, floor=floor)
    )


def posture_score(
    network: PostureNetwork,
    recordings: Sequence[PostureRecording],
    labels: Sequence[str],
    rotation: int = 0,
) -> PostureScore:
    """Judge the most probable posture of each frame that a decision falls on.

    Parameters
    ----------
    network : PostureNetwork
        Put into evaluation mode.
    recordings : sequence of PostureRecording
        Streams with labels.
    labels : sequence of str
        Meaning of the outputs.
    rotation : int
        Places by which the channels are rolled first.
    """
    network.eval()
    window = network.settings.window
    scores = []
    for recording in recordings:
        ends = frame_ends(len(recording.covariances)) / SAMPLE_RATE
        times, names = decision_times(recording.spans, 0.0, recording.seconds)
        frames = np.searchsorted(ends, times + 1e-6, "right") - 1
        known = frames >= window - 1
        rolled = np.roll(recording.covariances, (rotation, rotation), axis=(2, 3))
        windows = [rolled[k - window + 1 : k + 1].mean(axis=0) for k in frames[known]]
        if not windows:
            continue
        device = next(network.parameters()).device
        with torch.no_grad():
            answers = network.probabilities(torch.from_numpy(np.stack(windows)).to(device))
        held = [labels[best] for best in answers.argmax(1).tolist()]
        asked = [name for name, judged in zip(names, known, strict=True) if judged]
        scores.append(score_postures(asked, held))
    return pool_postures(scores)
