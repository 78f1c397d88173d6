# SPDX-License-Identifier: Apache-2.0
"""Gestures by a linear discriminant on a quarter of a second of log amplitudes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semg_bringup.evaluation.baselines.discriminant import Discriminant, DiscriminantFit
from semg_bringup.evaluation.baselines.features import log_amplitudes, stacked
from semg_bringup.evaluation.people.performance import Performance, performance
from semg_decoders.evaluation.cler import GestureErrors, score_gestures
from semg_decoders.evaluation.detection import detect
from semg_decoders.evaluation.events import TimedEvent
from semg_decoders.signal.conditioning import SAMPLE_RATE
from semg_driver.simulation.gestures import GESTURES

FRAME = 40
LAGS = 12
SECONDS = {"gestures": 60.0, "daily": 20.0, "rest": 10.0}
"""What each training person does."""
_NOTHING = len(GESTURES)
_PULSE = (0.06, 0.16)
"""Seconds after a label between which frames end that are of its gesture."""
_THRESHOLDS = (0.2, 0.4, 0.6, 0.8, 0.9, 0.97, 0.99, 0.997, 0.999, 0.9997, 0.9999, 0.99999, 0.999999)


@dataclass(frozen=True)
class Example:
    """What a person did, in features.

    Attributes
    ----------
    amplitudes : ndarray of float64, shape (frames, 32)
        As `log_amplitudes` gives them.
    labels : tuple of TimedEvent
        What was done, in order of time.
    """

    amplitudes: NDArray[np.float64]
    labels: tuple[TimedEvent, ...]

    @staticmethod
    def of(done: Performance) -> Example:
        """Return a performance in features."""
        labels = [TimedEvent(g.name, g.sample / SAMPLE_RATE) for g in done.truth.gestures]
        labels.sort(key=lambda event: event.time)
        return Example(log_amplitudes(done.emg, FRAME), tuple(labels))

    @property
    def classes(self) -> NDArray[np.intp]:
        """Index into `GESTURES` of each frame, or the number of them for none."""
        times = frame_times(len(self.amplitudes))
        found = np.full(len(times), _NOTHING, np.intp)
        for event in self.labels:
            after = times - event.time
            found[(after >= _PULSE[0]) & (after < _PULSE[1])] = GESTURES.index(event.name)
        return found


def examples(person: int) -> list[Example]:
    """Let a training person do what the baseline learns from."""
    return [Example.of(performance(person, script, s)) for script, s in SECONDS.items()]


@dataclass(frozen=True)
class GestureBaseline:
    """A discriminant of the nine gestures and nothing.

    Attributes
    ----------
    discriminant : Discriminant
        Of `LAGS` frames.
    threshold : float
        Probability whose crossing is an event.
    """

    discriminant: Discriminant
    threshold: float

    @staticmethod
    def fit(people: Sequence[list[Example]]) -> GestureBaseline:
        """Fit to people; the threshold is the one with the fewest mistakes on them."""
        everything = [example for person in people for example in person]
        fit = DiscriminantFit(LAGS * everything[0].amplitudes.shape[1], len(GESTURES) + 1)
        for example in everything:
            fit.add(stacked(example.amplitudes, LAGS), example.classes)
        discriminant = fit.fitted()
        likely = [_probabilities(discriminant, example.amplitudes) for example in everything]

        def mistakes(threshold: float) -> int:
            pairs = zip(likely, everything, strict=True)
            return sum(_mistakes(_events(p, threshold), example.labels) for p, example in pairs)

        return GestureBaseline(discriminant, min(_THRESHOLDS, key=mistakes))

    def find(self, emg: NDArray[np.float32]) -> list[TimedEvent]:
        """Find the events in conditioned EMG (samples, 16)."""
        amplitudes = log_amplitudes(emg, FRAME)
        if not len(amplitudes):
            return []
        return _events(_probabilities(self.discriminant, amplitudes), self.threshold)


def frame_times(frames: int) -> NDArray[np.float64]:
    """Time of the last sample of each frame in s."""
    return np.asarray((np.arange(1, frames + 1) * FRAME - 1) / SAMPLE_RATE)


def _probabilities(
    discriminant: Discriminant, amplitudes: NDArray[np.float64]
) -> NDArray[np.float64]:
    return np.exp(discriminant.log_probabilities(stacked(amplitudes, LAGS))[:, :_NOTHING])


def _events(probabilities: NDArray[np.float64], threshold: float) -> list[TimedEvent]:
    return detect(probabilities, frame_times(len(probabilities)), GESTURES, threshold)


def _mistakes(found: Sequence[TimedEvent], labels: Sequence[TimedEvent]) -> int:
    errors: GestureErrors = score_gestures(found, labels, 1.0)
    wrong = sum(n for (label, as_what), n in errors.confusion.items() if as_what != label)
    return wrong + errors.false
