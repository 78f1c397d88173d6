# SPDX-License-Identifier: Apache-2.0
"""How well detected gesture events agree with what was really done."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

EARLIEST = -0.050
LATEST = 0.250
"""Seconds from a label within which a detection counts as the same event."""


@dataclass(frozen=True)
class TimedEvent:
    """Something named that happened at a time.

    Attributes
    ----------
    name : str
        Such as ``index_press``.
    time : float
        s.
    """

    name: str
    time: float


@dataclass(frozen=True)
class EventCounts:
    """How many events were done, detected, and both.

    Attributes
    ----------
    labels, detected, matched : int
        Events that were done, that were detected, and pairs of both.
    """

    labels: int = 0
    detected: int = 0
    matched: int = 0

    def __add__(self, other: EventCounts) -> EventCounts:
        return EventCounts(
            self.labels + other.labels,
            self.detected + other.detected,
            self.matched + other.matched,
        )

    @property
    def false(self) -> int:
        """Detections of something that was not done."""
        return self.detected - self.matched

    @property
    def missed(self) -> int:
        """Events that were done and not detected."""
        return self.labels - self.matched

    @property
    def precision(self) -> float:
        """Share of the detections that are right; NaN without detections."""
        return _ratio(self.matched, self.detected)

    @property
    def recall(self) -> float:
        """Share of the labels that were detected; NaN without labels."""
        return _ratio(self.matched, self.labels)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; NaN with neither labels nor detections."""
        return _ratio(2 * self.matched, self.labels + self.detected)

    def to_dict(self) -> dict[str, Any]:
        """Return counts and ratios for a file; what is undefined is None."""
        return {
            "labels": self.labels,
            "detected": self.detected,
            "matched": self.matched,
            "precision": _or_none(self.precision),
            "recall": _or_none(self.recall),
            "f1": _or_none(self.f1),
        }


@dataclass(frozen=True)
class EventScore:
    """Agreement over a recording, or over several.

    Attributes
    ----------
    by_gesture : dict of str to EventCounts
        For each name among labels and detections.
    seconds : float
        Length of the recordings.
    delays : tuple of float
        Detection minus label, s, of every matched pair.
    """

    by_gesture: dict[str, EventCounts]
    seconds: float
    delays: tuple[float, ...]

    @property
    def pooled(self) -> EventCounts:
        """Counts over all gestures."""
        return sum(self.by_gesture.values(), EventCounts())

    @property
    def macro_f1(self) -> float:
        """Mean F1 of the gestures that were done; NaN if none was."""
        values = [counts.f1 for counts in self.by_gesture.values() if counts.labels]
        return sum(values) / len(values) if values else math.nan

    @property
    def false_per_minute(self) -> float:
        """Detections of something that was not done, per minute; NaN for no time at all."""
        return _ratio(self.pooled.false, self.seconds / 60)

    @property
    def median_delay(self) -> float:
        """Median of detection minus label, s; NaN without matches."""
        ordered = sorted(self.delays)
        if not ordered:
            return math.nan
        middle = len(ordered) // 2
        return (ordered[middle] + ordered[-middle - 1]) / 2

    def to_dict(self) -> dict[str, Any]:
        """Return everything for a file; what is undefined is None."""
        return {
            **self.pooled.to_dict(),
            "macro_f1": _or_none(self.macro_f1),
            "false_per_minute": _or_none(self.false_per_minute),
            "median_delay": _or_none(self.median_delay),
            "seconds": self.seconds,
            "by_gesture": {name: counts.to_dict() for name, counts in self.by_gesture.items()},
        }


def match_times(
    detected: Sequence[float],
    labels: Sequence[float],
    earliest: float = EARLIEST,
    latest: float = LATEST,
) -> list[tuple[int, int]]:
    """Pair detections with labels of the same event, one to one.

    In order of time each label takes the first detection left within its window; since all
    windows are equally long, no other choice pairs more.

    Parameters
    ----------
    detected, labels : sequence of float
        Times in s, in any order.
    earliest, latest : float
        A pair's detection minus label lies between them, ends included, s.

    Returns
    -------
    list of (int, int)
        Indices into `detected` and `labels`.
    """
    pairs = []
    # A nanosecond of room: sums of times in float64 must not decide over the ends.
    earliest, latest = earliest - 1e-9, latest + 1e-9
    waiting = iter(sorted(range(len(detected)), key=detected.__getitem__))
    candidate = next(waiting, None)
    for label in sorted(range(len(labels)), key=labels.__getitem__):
        while candidate is not None and detected[candidate] - labels[label] < earliest:
            candidate = next(waiting, None)
        if candidate is None:
            break
        if detected[candidate] - labels[label] <= latest:
            pairs.append((candidate, label))
            candidate = next(waiting, None)
    return pairs


def score_events(
    detected: Sequence[TimedEvent],
    labels: Sequence[TimedEvent],
    seconds: float,
    earliest: float = EARLIEST,
    latest: float = LATEST,
) -> EventScore:
    """Compare detected events with labels of the same name.

    Parameters
    ----------
    detected, labels : sequence of TimedEvent
        In any order, on one clock.
    seconds : float
        Length of the recording.
    earliest, latest : float
        A detection counts if it comes so long after its label, s.
    """
    by_gesture = {}
    delays: list[float] = []
    for name in sorted({event.name for event in (*detected, *labels)}):
        found = [event.time for event in detected if event.name == name]
        done = [event.time for event in labels if event.name == name]
        pairs = match_times(found, done, earliest, latest)
        by_gesture[name] = EventCounts(len(done), len(found), len(pairs))
        delays += [found[i] - done[j] for i, j in pairs]
    return EventScore(by_gesture, seconds, tuple(delays))


def pool_scores(scores: Iterable[EventScore]) -> EventScore:
    """Return the score over several recordings, every event counting the same."""
    by_gesture: dict[str, EventCounts] = {}
    seconds = 0.0
    delays: list[float] = []
    for score in scores:
        seconds += score.seconds
        delays += score.delays
        for name, counts in score.by_gesture.items():
            by_gesture[name] = by_gesture.get(name, EventCounts()) + counts
    return EventScore(dict(sorted(by_gesture.items())), seconds, tuple(delays))


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else math.nan


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else value
