# SPDX-License-Identifier: Apache-2.0
"""Training the gesture network: batches, loss, and how good it is on model-choice people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from semg_decoders.decoding.events import EventDetector, EventSettings
from semg_decoders.evaluation.events import EventScore, TimedEvent, pool_scores, score_events
from semg_decoders.signal.conditioning import SAMPLE_RATE
from semg_training.gesture_targets import (
    PUBLISHED_GRID,
    FrameGrid,
    PulseSettings,
    frame_samples,
)
from semg_training.recordings import EmgRecording
from semg_training.windows import Augmentation, Batch, gesture_batch

EVENT_F1, STRONGEST_OUTPUT = "event_f1", "strongest_output"
_BEFORE, _AFTER = round(0.05 * SAMPLE_RATE), round(0.15 * SAMPLE_RATE)
RULES = (EVENT_F1, STRONGEST_OUTPUT)
THRESHOLDS = (0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
MOST_FALSE_PER_MINUTE = 0.3
"""On model-choice people: a new wearer has more of them, and the aim for these is 1."""


@dataclass(frozen=True)
class GestureTarget:
    """What the network is to say at an event.

    Attributes
    ----------
    start, end, release_tail : float
        See `PulseSettings`.
    positive_weight : float
        How much more a frame inside a pulse counts. Published: 1.
    """

    start: float = 0.08
    end: float = 0.12
    release_tail: float = 0.04
    positive_weight: float = 1.0

    def __post_init__(self) -> None:
        if not self.end > self.start:
            raise ValueError(f"end: {self.end:g}, must be above start, {self.start:g}")
        if self.release_tail < 0:
            raise ValueError(f"release_tail: {self.release_tail:g}, must be at least 0")
        if self.positive_weight <= 0:
            raise ValueError(f"positive_weight: {self.positive_weight:g}, must be above 0")

    @property
    def pulse(self) -> PulseSettings:
        """Where the pulse lies."""
        return PulseSettings(self.start, self.end, self.release_tail)


@dataclass(frozen=True)
class GestureTask:
    """Binary cross-entropy on the pulses of gestures.

    Attributes
    ----------
    training, choice : sequence of EmgRecording
        People to train on, and people to choose the model on.
    batch_size, frames : int
        Windows in a batch, and frames in a window.
    positive_weight : float
        How much more a frame inside a pulse counts.
    augmentation : Augmentation
        How windows are varied.
    pulse : PulseSettings
        Twice as long as published, with the same start: a swipe's time is uncertain by tens of
        ms, and a pulse shorter than that never becomes probable.
    choose_by : str
        ``event_f1``, less a little for each false event without gestures; or, as published,
        ``strongest_output``: the share of events around which the output that is strongest is
        the right one.
    grid : FrameGrid
        Where the network's frames lie.
    """

    training: Sequence[EmgRecording]
    choice: Sequence[EmgRecording]
    batch_size: int = 48
    frames: int = 800
    positive_weight: float = 3.0
    augmentation: Augmentation = field(default_factory=Augmentation)
    pulse: PulseSettings = field(default_factory=lambda: PulseSettings(end=0.16))
    choose_by: str = EVENT_F1
    grid: FrameGrid = PUBLISHED_GRID

    def batch(self, rng: np.random.Generator) -> Batch:
        """Draw a training batch."""
        return gesture_batch(
            self.training,
            rng,
            self.batch_size,
            self.frames,
            self.augmentation,
            self.pulse,
            self.grid,
        )

    def loss(self, outputs: Tensor, batch: Batch) -> Tensor:
        """Mean binary cross-entropy over what counts."""
        each = torch.nn.functional.binary_cross_entropy_with_logits(
            outputs,
            batch.targets,
            reduction="none",
            pos_weight=outputs.new_tensor(self.positive_weight),
        )
        return (each * batch.weights).sum() / batch.weights.sum()

    def score(self, network: torch.nn.Module) -> tuple[float, str]:
        """How good the network is on model-choice people, by the rule that was chosen."""
        probabilities = gesture_probabilities(network, self.choice)
        if self.choose_by == STRONGEST_OUTPUT:
            share = strongest_output_accuracy(probabilities, self.choice, self.grid)
            return share, f"strongest output right at {share:.3f} of events"
        found = detection_score(probabilities, self.choice, EventSettings(), self.grid)
        line = f"F1 {found.f1:.3f}, {found.false_per_minute_without:.1f} false/min without gestures"
        return found.merit, line


@dataclass(frozen=True)
class DetectionScore:
    """How well gesture events are detected.

    Attributes
    ----------
    performing : EventScore
        In recordings with gestures.
    still : EventScore
        In recordings without.
    """

    performing: EventScore
    still: EventScore

    @property
    def f1(self) -> float:
        """F1 of all events together."""
        return self.performing.pooled.f1

    @property
    def false_per_minute_without(self) -> float:
        """False events per minute in recordings without gestures."""
        return self.still.false_per_minute if self.still.seconds else 0.0

    @property
    def merit(self) -> float:
        """What models are compared by."""
        return self.f1 - 0.01 * self.false_per_minute_without


def detection_score(
    probabilities: Sequence[NDArray[np.float32]],
    recordings: Sequence[EmgRecording],
    settings: EventSettings,
    grid: FrameGrid = PUBLISHED_GRID,
) -> DetectionScore:
    """Detect the events of recordings in probabilities (frames, labels), and compare with labels.

    Parameters
    ----------
    probabilities : sequence of ndarray
        As `gesture_probabilities` returns them.
    recordings : sequence of EmgRecording
        What they were made from.
    settings : EventSettings
        Rules of detection.
    grid : FrameGrid
        Where the frames lie.
    """
    performing: list[EventScore] = []
    still: list[EventScore] = []
    for probability, recording in zip(probabilities, recordings, strict=True):
        names = recording.gestures.labels
        detector = EventDetector(names, SAMPLE_RATE, settings)
        events = detector.push(frame_samples(len(recording.emg), grid), probability)
        detected = [TimedEvent(event.name, event.sample / SAMPLE_RATE) for event in events]
        labels = [TimedEvent(names[g], s / SAMPLE_RATE) for g, s in recording.events]
        score = score_events(detected, labels, len(recording.emg) / SAMPLE_RATE)
        (performing if labels else still).append(score)
    return DetectionScore(pool_scores(performing), pool_scores(still))


def gesture_probabilities(
    network: torch.nn.Module, recordings: Sequence[EmgRecording]
) -> list[NDArray[np.float32]]:
    """Probabilities (frames, labels) of whole recordings, those of equal length at once."""
    network.eval()
    device = next(network.parameters()).device
    lengths = [len(r.emg) for r in recordings]
    found: dict[int, NDArray[np.float32]] = {}
    for length in sorted(set(lengths)):
        chosen = [i for i, other in enumerate(lengths) if other == length]
        for part in (chosen[i : i + 16] for i in range(0, len(chosen), 16)):
            emg = np.stack([recordings[i].emg.T.astype(np.float32) for i in part])
            shape = network.state_shape(len(part))  # type: ignore[operator]
            state = torch.zeros(shape, device=device)
            with torch.no_grad():
                logits, _, _ = network(torch.from_numpy(emg).to(device), state, state.clone())
            found.update(zip(part, torch.sigmoid(logits).cpu().numpy(), strict=True))
    return [found[i] for i in range(len(recordings))]


def strongest_output_accuracy(
    probabilities: Sequence[NDArray[np.float32]],
    recordings: Sequence[EmgRecording],
    grid: FrameGrid = PUBLISHED_GRID,
) -> float:
    """Share of events around which the output that reaches highest is that of the gesture.

    Around is from 50 ms before the event to 150 ms after it, as published. Parameters are those
    of `detection_score`. Events whose surroundings are not all in the recording are left out.
    """
    right: list[bool] = []
    for probability, recording in zip(probabilities, recordings, strict=True):
        samples = frame_samples(len(recording.emg), grid)
        for gesture, sample in recording.events:
            first, stop = np.searchsorted(samples, [sample - _BEFORE, sample + _AFTER + 1])
            if first > 0 and stop < len(samples):
                right.append(bool(probability[first:stop].max(axis=0).argmax() == gesture))
    return float(np.mean(right)) if right else 0.0


def choose_threshold(
    probabilities: Sequence[NDArray[np.float32]],
    recordings: Sequence[EmgRecording],
    candidates: Sequence[float] = THRESHOLDS,
    grid: FrameGrid = PUBLISHED_GRID,
) -> EventSettings:
    """Return the detection settings with the best F1 among those with few false events.

    Few are at most `MOST_FALSE_PER_MINUTE` in recordings without gestures. If there are more at
    every threshold, those with the fewest are returned.

    Parameters are those of `detection_score`, and thresholds to try.
    """

    def merit(settings: EventSettings) -> tuple[float, float]:
        found = detection_score(probabilities, recordings, settings, grid)
        too_many = max(0.0, found.false_per_minute_without - MOST_FALSE_PER_MINUTE)
        return -too_many, found.f1

    return max((EventSettings(threshold=threshold) for threshold in candidates), key=merit)
