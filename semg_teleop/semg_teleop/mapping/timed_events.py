# SPDX-License-Identifier: Apache-2.0
"""Gesture events that count for a while."""

from __future__ import annotations

from semg_teleop.profile.profile import Event


class TimedEvents:
    """Which events still count."""

    def __init__(self) -> None:
        self._left: dict[Event, float] = {}

    def begin(self, event: Event) -> None:
        """Let an event count from now on, anew if it does already."""
        self._left[event] = event.duration

    def pass_time(self, elapsed: float) -> None:
        """Let `elapsed` s pass; every event counts in at least the cycle that it began in."""
        left = {event: rest - elapsed for event, rest in self._left.items()}
        self._left = {event: rest for event, rest in left.items() if rest > 0.0}

    def counts(self, event: Event) -> bool:
        """Say whether an event counts."""
        return event in self._left

    def clear(self) -> None:
        """Forget all."""
        self._left.clear()
