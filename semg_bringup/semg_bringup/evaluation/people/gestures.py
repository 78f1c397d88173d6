# SPDX-License-Identifier: Apache-2.0
"""Gestures of simulated people: the published error, misses, and false events of no gesture."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semg_bringup.evaluation.people.performance import Performance, performance, pieces
from semg_decoders.decoding.events import event_settings
from semg_decoders.decoding.gestures import GestureDecoder
from semg_decoders.evaluation.cler import GestureErrors, pool_errors, score_gestures
from semg_decoders.evaluation.detection import detect
from semg_decoders.evaluation.events import TimedEvent
from semg_decoders.inference.session import Model
from semg_decoders.signal.conditioning import SAMPLE_RATE

NULL_SCRIPTS = ("rest", "grasp", "typing", "walking", "scratching", "daily")
"""What is no gesture, and takes equal shares of the time."""

Finder = Callable[[NDArray[np.float32]], Sequence[TimedEvent]]
"""Finds the events in conditioned EMG (samples, 16); times in s from its first sample."""


@dataclass(frozen=True)
class GestureScore:
    """How well gestures of one person, or of several, are found.

    Attributes
    ----------
    doing : GestureErrors
        While doing gestures.
    null : mapping of str to GestureErrors
        By script, while doing anything else: every event is false.
    """

    doing: GestureErrors
    null: Mapping[str, GestureErrors]

    @property
    def cler(self) -> float:
        """Class-balanced error over detected gestures."""
        return self.doing.cler

    @property
    def missed(self) -> float:
        """Gestures that were not detected as any, in % of those done."""
        done = sum(self.doing.labels.values())
        return 100.0 * self.doing.misses / done if done else 0.0

    @property
    def false_per_minute(self) -> float:
        """False events per minute of null activity."""
        return pool_errors(self.null.values()).false_per_minute

    def to_dict(self) -> dict[str, Any]:
        """Return everything for a file."""
        return {
            "cler": self.cler,
            "missed_percent": self.missed,
            "false_per_minute_of_null_activity": self.false_per_minute,
            "false_per_minute_by_script": {
                script: errors.false_per_minute for script, errors in self.null.items()
            },
            "gestures": self.doing.to_dict(),
        }


@dataclass(frozen=True)
class GesturePerformances:
    """What one person does to be scored.

    Attributes
    ----------
    doing : Performance
        Gestures.
    null : mapping of str to Performance
        Anything else, by script.
    """

    doing: Performance
    null: Mapping[str, Performance]

    @staticmethod
    def of(person: int, minutes: float, spread: float = 1.0) -> GesturePerformances:
        """Let a person do gestures for some minutes, and as long all that is none."""
        share = 60.0 * minutes / len(NULL_SCRIPTS)
        return GesturePerformances(
            performance(person, "gestures", 60.0 * minutes, spread),
            {script: performance(person, script, share, spread) for script in NULL_SCRIPTS},
        )


def score_person(find: Finder, done: GesturePerformances) -> GestureScore:
    """Score what finds events on one person."""
    return GestureScore(
        _errors(find, done.doing),
        {script: _errors(find, null) for script, null in done.null.items()},
    )


def _errors(find: Finder, done: Performance) -> GestureErrors:
    labels = [TimedEvent(g.name, g.sample / SAMPLE_RATE) for g in done.truth.gestures]
    labels.sort(key=lambda event: event.time)
    return score_gestures(find(done.emg), labels, done.seconds)


def live_threshold(model: Model) -> float:
    """Return the probability at which a bundle's events come up in the live node."""
    return event_settings(model.bundle.decoding, model.bundle.name).threshold


def finder(model: Model, threshold: float) -> Finder:
    """Return what finds events by a bundle, streamed, where its probabilities cross a threshold."""

    def find(emg: NDArray[np.float32]) -> Sequence[TimedEvent]:
        decoder = GestureDecoder(model)
        steps = [step for first, piece in pieces(emg) for step in decoder.push(piece, first)]
        if not steps:
            return []
        probabilities = np.concatenate([step.probabilities for step in steps])
        times = np.concatenate([step.samples for step in steps]) / SAMPLE_RATE
        return detect(probabilities, times, decoder.labels, threshold)

    return find
