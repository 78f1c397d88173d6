# SPDX-License-Identifier: Apache-2.0
"""From the probabilities of postures, of which there is always one, to which is held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semg_decoders.decoding.events import (
    PRESS_SUFFIX,
    RELEASE_SUFFIX,
    EventKind,
    EventSettings,
    GestureEvent,
    check_rules,
)


@dataclass(frozen=True)
class _Hold:
    label: int
    sample: int


class PostureDetector:
    """Follows which posture is held, frame by frame, in any cut alike.

    A posture is taken up when it is the most probable one and reaches the threshold, which ends
    the one before. It is let go when the neutral one is taken up, or when its own probability
    falls below the threshold less the hysteresis. What is taken up is the press, and what is let
    go the release, of a gesture of that name. A change sooner than the debounce time after the one
    before waits until then, and one that would end a hold sooner than the minimum hold as well.

    Parameters
    ----------
    labels : sequence of str
        Meaning of the columns of the probabilities.
    neutral : str
        The label that means that nothing is held; empty if there is none.
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
        neutral: str = "",
        sample_rate: float = 2000.0,
        settings: EventSettings | None = None,
    ) -> None:
        self.labels = tuple(labels)
        self._neutral = self.labels.index(neutral) if neutral else None
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
        self._minimum_hold = settings.minimum_hold * self._sample_rate
        self._longest_hold = round(settings.longest_hold * self._sample_rate)

    @property
    def held(self) -> tuple[str, ...]:
        """The posture that was taken up and not yet let go; none while neutral."""
        return () if self._hold is None else (self.labels[self._hold.label],)

    def reset(self) -> list[GestureEvent]:
        """Forget the past and let go of what is held.

        Returns
        -------
        list of GestureEvent
            The inferred release, if a posture was held, at the last frame that was seen.
        """
        events = self._let_go(self._last_sample, 0.0, inferred=True)
        self._clear()
        return events

    def push(
        self, samples: NDArray[np.int64], probabilities: NDArray[np.floating]
    ) -> list[GestureEvent]:
        """Follow the posture through the next frames.

        Parameters
        ----------
        samples : array of int64, (frames,)
            Index of the sample of each frame, ascending.
        probabilities : array, (frames, labels)
            0 to 1, of which each frame's sum is 1.

        Returns
        -------
        list of GestureEvent
            In order of time; the release of a posture before the press of the next.
        """
        events: list[GestureEvent] = []
        for sample, frame in zip(samples.tolist(), probabilities, strict=True):
            events += self._overdue(sample)
            events += self._judge(sample, frame)
            self._last_sample = sample
        return events

    def _clear(self) -> None:
        self._hold: _Hold | None = None
        # A posture that was held for too long has to be left before it counts again.
        self._worn_out: int | None = None
        self._last_change: int | None = None
        self._last_sample = 0

    def _judge(self, sample: int, frame: NDArray[np.floating]) -> list[GestureEvent]:
        """Return what one frame changes."""
        best = int(np.argmax(np.nan_to_num(frame, nan=-1.0)))
        reached = bool(frame[best] >= self._settings.threshold)
        if reached and best != self._worn_out:
            self._worn_out = None
        if not self._may_change(sample):
            return []
        held = None if self._hold is None else self._hold.label
        if reached and best not in (held, self._worn_out):
            return self._take_up(best, sample, float(frame[best]))
        lowest = self._settings.threshold - self._settings.hysteresis
        if held is not None and not frame[held] >= lowest:
            return self._let_go(sample, float(np.nan_to_num(1.0 - frame[held])))
        return []

    def _may_change(self, sample: int) -> bool:
        if self._hold is not None and sample - self._hold.sample < self._minimum_hold:
            return False
        return self._last_change is None or sample - self._last_change >= self._debounce

    def _take_up(self, label: int, sample: int, probability: float) -> list[GestureEvent]:
        events = self._let_go(sample, probability)
        if label == self._neutral:
            return events
        self._hold = _Hold(label, sample)
        self._last_change = sample
        name = self.labels[label]
        press = GestureEvent(name + PRESS_SUFFIX, name, EventKind.PRESS, sample, probability)
        return [*events, press]

    def _let_go(
        self, sample: int, probability: float, *, inferred: bool = False
    ) -> list[GestureEvent]:
        """End the hold, if there is one; the probability is that of what ends it."""
        if self._hold is None:
            return []
        name = self.labels[self._hold.label]
        self._hold = None
        self._last_change = sample
        release = name + RELEASE_SUFFIX
        return [GestureEvent(release, name, EventKind.RELEASE, sample, probability, inferred)]

    def _overdue(self, sample: int) -> list[GestureEvent]:
        """Return the release of what has been held for longer than it may be."""
        if self._hold is None or not self._longest_hold:
            return []
        due = self._hold.sample + self._longest_hold
        if sample < due:
            return []
        self._worn_out = self._hold.label
        return self._let_go(due, 0.0, inferred=True)
