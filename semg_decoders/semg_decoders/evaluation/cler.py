# SPDX-License-Identifier: Apache-2.0
"""CLER: the class-balanced error over detected gestures.

After Kaifosh, Reardon et al., Nature 2025, doi 10.1038/s41586-025-09255-w. It says how often a
gesture that was detected was taken for another one. Gestures that were missed and detections of
nothing are not in it; they are counted beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from semg_decoders.decoding.events import EventKind, parse_label
from semg_decoders.evaluation.alignment import Span, align
from semg_decoders.evaluation.detection import is_release
from semg_decoders.evaluation.events import EARLIEST, LATEST, TimedEvent

NOTHING = None
"""In place of a detection: the label was missed."""


@dataclass(frozen=True)
class GestureErrors:
    """What became of the gestures that were done.

    Attributes
    ----------
    confusion : mapping of (str, str or None) to int
        How often a label was matched with a detection, or with none.
    false_alarms : mapping of str to int
        Detections, by name, that belong to no label.
    seconds : float
        Length of what was decoded.
    """

    confusion: Mapping[tuple[str, str | None], int]
    false_alarms: Mapping[str, int]
    seconds: float

    @property
    def cler(self) -> float:
        """Mean over gestures of the share of wrong ones among those detected; 0 without any."""
        errors = self.error_by_gesture.values()
        return sum(errors) / len(errors) if errors else 0.0

    @property
    def error_by_gesture(self) -> dict[str, float]:
        """Share of wrong ones among the detected; only gestures that were detected as any."""
        errors = {}
        for name in self.labels:
            # Detections of a gesture that nobody did do not count as matches.
            matches = sum(self.confusion.get((name, other), 0) for other in self.labels)
            if matches:
                errors[name] = 1.0 - self.confusion.get((name, name), 0) / matches
        return errors

    @property
    def labels(self) -> dict[str, int]:
        """How often each gesture was done."""
        counts: Counter[str] = Counter()
        for (name, _), count in self.confusion.items():
            counts[name] += count
        return dict(sorted(counts.items()))

    @property
    def misses(self) -> int:
        """Labels without detection."""
        return sum(count for (_, found), count in self.confusion.items() if found is NOTHING)

    @property
    def false(self) -> int:
        """Detections without label."""
        return sum(self.false_alarms.values())

    @property
    def misses_per_minute(self) -> float:
        """Labels without detection, per minute; 0 for no time at all."""
        return self._per_minute(self.misses)

    @property
    def false_per_minute(self) -> float:
        """Detections without label, per minute; 0 for no time at all."""
        return self._per_minute(self.false)

    def __add__(self, other: GestureErrors) -> GestureErrors:
        return GestureErrors(
            dict(Counter(self.confusion) + Counter(other.confusion)),
            dict(Counter(self.false_alarms) + Counter(other.false_alarms)),
            self.seconds + other.seconds,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything for a file; a confusion is [label, detection or None, count]."""
        return {
            "cler": self.cler,
            "error_by_gesture": self.error_by_gesture,
            "seconds": self.seconds,
            "labels": self.labels,
            "misses": self.misses,
            "misses_per_minute": self.misses_per_minute,
            "false_alarms": self.false,
            "false_alarms_per_minute": self.false_per_minute,
            "false_alarms_by_gesture": dict(sorted(self.false_alarms.items())),
            "confusion": [
                [label, found, count]
                for (label, found), count in sorted(
                    self.confusion.items(), key=lambda item: (item[0][0], item[0][1] or "")
                )
            ],
        }

    def _per_minute(self, count: int) -> float:
        return 60.0 * count / self.seconds if self.seconds else 0.0


def score_gestures(
    detected: Sequence[TimedEvent], labels: Sequence[TimedEvent], seconds: float
) -> GestureErrors:
    """Compare detections with what was done.

    A detection can stand for a label from 50 ms before to 250 ms after it, whatever its name.
    Detections that are not `possible` are dropped before the alignment that counts.

    Parameters
    ----------
    detected : sequence of TimedEvent
        From `semg_decoders.evaluation.detection.detect`, in order of time.
    labels : sequence of TimedEvent
        What was done, on the same clock, in order of time.
    seconds : float
        Length of what was decoded.
    """
    kept = [detected[i] for i in possible(detected, labels)]
    confusion: Counter[tuple[str, str | None]] = Counter()
    false_alarms: Counter[str] = Counter()
    for label, detection in align(_wide(labels), _narrow(kept)):
        found = NOTHING if detection is None else kept[detection].name
        if label is not None:
            confusion[labels[label].name, found] += 1
        elif found is not NOTHING:
            false_alarms[found] += 1
    return GestureErrors(dict(confusion), dict(false_alarms), seconds)


def pool_errors(errors: Iterable[GestureErrors]) -> GestureErrors:
    """Return the errors over several recordings, every event counting the same."""
    return sum(errors, GestureErrors({}, {}, 0.0))


def possible(detected: Sequence[TimedEvent], labels: Sequence[TimedEvent]) -> list[int]:
    """Tell detections from releases that no hand could have made.

    Such as one of the index finger after the middle finger was pressed. Which finger is pressed
    is known from the labels: a detection is judged by those that come before it when both are
    aligned.

    Returns
    -------
    list of int
        Indices into `detected` of those that remain; parameters as for `score_gestures`.
    """
    kept = []
    pressed = ""
    for detection, label in align(_narrow(detected), _wide(labels)):
        if detection is not None:
            name = detected[detection].name
            if not is_release(name) or parse_label(name)[0] == pressed:
                kept.append(detection)
        if label is not None:
            gesture, kind = parse_label(labels[label].name)
            pressed = gesture if kind is EventKind.PRESS else ""
    return kept


def _narrow(events: Sequence[TimedEvent]) -> list[Span]:
    return [Span(event.name, event.time, event.time, event.time) for event in events]


def _wide(events: Sequence[TimedEvent]) -> list[Span]:
    return [
        Span(event.name, event.time, event.time + EARLIEST, event.time + LATEST) for event in events
    ]
