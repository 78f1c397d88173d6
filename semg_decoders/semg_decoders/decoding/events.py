# SPDX-License-Identifier: Apache-2.0
"""From gesture probabilities to events, and to which gestures are held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semg_decoders.inference.strict_mapping import BundleError
from semg_node.settings import SettingError, from_mapping, setting, validate

PRESS_SUFFIX = "_press"
RELEASE_SUFFIX = "_release"


class EventKind(IntEnum):
    """What an event does to its gesture; the values are those of ``GestureEvent.msg``."""

    INSTANT = 0
    PRESS = 1
    RELEASE = 2


@dataclass(frozen=True)
class EventSettings:
    """Rules that turn probabilities into events."""

    threshold: float = setting(
        0.5, "probability whose upward crossing is an event", minimum=0.0, maximum=1.0
    )
    hysteresis: float = setting(
        0.0,
        "how far below the threshold a probability must fall before it can cross it again",
        minimum=0.0,
        maximum=1.0,
    )
    debounce: float = setting(
        0.05,
        "an event sooner than this after the one before is dropped, unless a press and a "
        "release follow each other",
        unit="s",
        minimum=0.0,
        maximum=10.0,
    )
    minimum_hold: float = setting(
        0.0,
        "a release sooner than this after its press is put off until then",
        unit="s",
        minimum=0.0,
        maximum=10.0,
    )
    longest_hold: float = setting(
        0.0, "a press without release ends after this; 0: never", unit="s", minimum=0.0
    )


def event_settings(values: Mapping[str, Any], bundle: str) -> EventSettings:
    """Return the settings that a bundle recommends.

    Parameters
    ----------
    values : mapping
        `ModelBundle.decoding`.
    bundle : str
        Name of the bundle, for the message.

    Raises
    ------
    BundleError
        If a setting is unknown or out of range.
    """
    try:
        settings = from_mapping(EventSettings, values, "decoding.")
        check_rules(settings, "decoding.")
        return settings
    except SettingError as error:
        raise BundleError(f"bundle '{bundle}': {error}") from None


def check_rules(settings: EventSettings, prefix: str = "") -> None:
    """Check every rule, and that they can be kept together.

    Raises
    ------
    SettingError
        If one is out of range, or no probability could fall low enough to cross again.
    """
    validate(settings, prefix)
    if settings.hysteresis and settings.hysteresis >= settings.threshold:
        raise SettingError(
            f"{prefix}hysteresis: {settings.hysteresis:g}, must be below the threshold, "
            f"{settings.threshold:g}"
        )


@dataclass(frozen=True)
class GestureEvent:
    """A gesture began, ended, or happened.

    Attributes
    ----------
    name : str
        The model's label, such as ``index_press``.
    gesture : str
        The gesture without its phase, such as ``index``.
    kind : EventKind
        Press, release or instant.
    sample : int
        Index of the sample of the crossing; of the frame that ended the press, if inferred.
    probability : float
        At the crossing; 0 if inferred.
    inferred : bool
        A release that was not decoded.
    """

    name: str
    gesture: str
    kind: EventKind
    sample: int
    probability: float
    inferred: bool = False


@dataclass(frozen=True)
class _Press:
    gesture: str
    sample: int


def parse_label(label: str) -> tuple[str, EventKind]:
    """Return the gesture and the kind of event that a label stands for."""
    for suffix, kind in ((PRESS_SUFFIX, EventKind.PRESS), (RELEASE_SUFFIX, EventKind.RELEASE)):
        if label.endswith(suffix) and len(label) > len(suffix):
            return label[: -len(suffix)], kind
    return label, EventKind.INSTANT


class EventDetector:
    """Finds events in the probabilities of a stream, frame by frame, in any cut alike.

    Upward crossings of the threshold, debounced; a release without its press is dropped; an
    event other than its release ends a press, for which a release is made up.

    Parameters
    ----------
    labels : sequence of str
        Meaning of the columns of the probabilities.
    sample_rate : float
        Hz, of the sample indices.
    settings : EventSettings, optional
        The rules.

    Raises
    ------
    SettingError
        If a setting is out of range.
    """

    def __init__(
        self,
        labels: Sequence[str],
        sample_rate: float = 2000.0,
        settings: EventSettings | None = None,
    ) -> None:
        self.labels = tuple(labels)
        self._meanings = [parse_label(label) for label in self.labels]
        self._sample_rate = sample_rate
        self.settings = EventSettings() if settings is None else settings
        self._clear()

    @property
    def settings(self) -> EventSettings:
        """The rules; new ones hold from the next frame on."""
        return self._settings

    @settings.setter
    def settings(self, settings: EventSettings) -> None:
        check_rules(settings)
        self._settings = settings
        self._debounce = settings.debounce * self._sample_rate
        self._minimum_hold = round(settings.minimum_hold * self._sample_rate)
        self._longest_hold = round(settings.longest_hold * self._sample_rate)

    @property
    def held(self) -> tuple[str, ...]:
        """Gestures pressed and not yet released."""
        return () if self._press is None else (self._press.gesture,)

    def reset(self) -> list[GestureEvent]:
        """Forget the past and release what is held.

        Returns
        -------
        list of GestureEvent
            The inferred release, if there was a press, at the last frame that was seen.
        """
        events = [] if self._press is None else [self._end_press(self._last_sample)]
        self._clear()
        return events

    def push(
        self, samples: NDArray[np.int64], probabilities: NDArray[np.floating]
    ) -> list[GestureEvent]:
        """Find the events in the next frames.

        Parameters
        ----------
        samples : array of int64, (frames,)
            Index of the sample of each frame, ascending.
        probabilities : array, (frames, labels)
            0 to 1.

        Returns
        -------
        list of GestureEvent
            In order of time; ties in the order of the labels.
        """
        events: list[GestureEvent] = []
        if len(samples) == 0:
            return events
        for frame, label in self._crossings(probabilities):
            sample = int(samples[frame])
            events += self._overdue(sample)
            events += self._judge(label, sample, float(probabilities[frame, label]))
        self._last_sample = int(samples[-1])
        events += self._overdue(self._last_sample)
        return events

    def _clear(self) -> None:
        self._above = np.zeros(len(self.labels), dtype=np.bool_)
        self._press: _Press | None = None
        # A decoded release that waits for the minimum hold to be over.
        self._waiting: GestureEvent | None = None
        self._last_label: int | None = None
        self._last_event = 0
        self._last_sample = 0

    def _crossings(self, probabilities: NDArray[np.floating]) -> list[tuple[int, int]]:
        """Return (frame, label) of the upward crossings, in order."""
        high = probabilities >= self._settings.threshold
        low = ~(probabilities >= self._settings.threshold - self._settings.hysteresis)
        rows = np.arange(1, len(high) + 1)[:, np.newaxis]
        decided = np.maximum.accumulate(np.where(high | low, rows, 0), axis=0)
        past = np.concatenate([self._above[np.newaxis], high])
        above = np.take_along_axis(past, decided, axis=0)
        before = np.concatenate([self._above[np.newaxis], above[:-1]])
        self._above = above[-1]
        frames, labels = np.nonzero(above & ~before)
        return list(zip(frames.tolist(), labels.tolist(), strict=True))

    def _judge(self, label: int, sample: int, probability: float) -> list[GestureEvent]:
        """Return the events that one crossing amounts to."""
        gesture, kind = self._meanings[label]
        release = kind is EventKind.RELEASE
        if release and (gesture not in self.held or self._waiting is not None):
            return []
        if self._too_soon(label, sample):
            return []
        self._last_label, self._last_event = label, sample
        event = GestureEvent(self.labels[label], gesture, kind, sample, probability)
        if release:
            return self._release(event)
        events = [] if self._press is None else [self._end_press(sample)]
        if kind is EventKind.PRESS:
            self._press = _Press(gesture, sample)
        return [*events, event]

    def _too_soon(self, label: int, sample: int) -> bool:
        if self._last_label is None or sample - self._last_event >= self._debounce:
            return False
        kinds = {self._meanings[label][1], self._meanings[self._last_label][1]}
        return EventKind.RELEASE not in kinds or label == self._last_label

    def _release(self, event: GestureEvent) -> list[GestureEvent]:
        assert self._press is not None
        if event.sample < self._press.sample + self._minimum_hold:
            self._waiting = event
            return []
        self._press = None
        return [event]

    def _overdue(self, sample: int) -> list[GestureEvent]:
        """Return the release that is due at or before a sample without a crossing of its own."""
        if self._press is None:
            return []
        due = self._press.sample + self._minimum_hold
        if self._waiting is None:
            if not self._longest_hold:
                return []
            due = self._press.sample + max(self._longest_hold, self._minimum_hold)
        return [self._end_press(due)] if sample >= due else []

    def _end_press(self, sample: int) -> GestureEvent:
        """Return the release that waits, or a made-up one, at a sample."""
        assert self._press is not None
        gesture, waiting = self._press.gesture, self._waiting
        self._press = self._waiting = None
        return GestureEvent(
            gesture + RELEASE_SUFFIX,
            gesture,
            EventKind.RELEASE,
            sample,
            0.0 if waiting is None else waiting.probability,
            inferred=waiting is None,
        )
