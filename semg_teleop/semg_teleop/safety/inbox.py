# SPDX-License-Identifier: Apache-2.0
"""What the decoders said since the last cycle."""

from __future__ import annotations

from collections.abc import Iterable

from semg_teleop.intent import Intent

_LONGEST_STEP_NS = 100_000_000
"""Two velocities further apart than this have a piece missing between them."""


class Inbox:
    """Collects messages that nothing is wrong with, until a cycle takes them."""

    def __init__(self) -> None:
        self._held: frozenset[str] = frozenset()
        self._kept: frozenset[str] = frozenset()
        self._velocity = 0.0
        self._velocity_at: int | None = None
        self._collect()

    def _collect(self) -> None:
        self._events: list[str] = []
        self._travel = 0.0
        self._text = ""

    def held(self, gestures: Iterable[str]) -> None:
        """Take in which gestures are held."""
        self._held = frozenset(gestures)
        self._kept &= self._held

    def event(self, name: str) -> None:
        """Take in a gesture event."""
        self._events.append(name)

    def text(self, text: str) -> None:
        """Take in handwritten characters."""
        self._text += text

    def wrist(self, sample_time: int, velocity: float) -> None:
        """Take in a velocity in rad/s, of the time up to `sample_time` in ns."""
        if self._velocity_at is not None:
            step = sample_time - self._velocity_at
            if 0 < step <= _LONGEST_STEP_NS:
                self._travel += velocity * step / 1e9
        self._velocity_at = sample_time
        self._velocity = velocity

    def take(self) -> Intent:
        """Return what came since this was last called."""
        intent = Intent(
            held=self._held,
            kept=self._kept,
            events=tuple(self._events),
            wrist_travel=self._travel,
            wrist_velocity=self._velocity,
            text=self._text,
        )
        self._collect()
        self._kept = self._held
        return intent

    def discard(self) -> None:
        """Throw away what came, and what the wrist did."""
        self._collect()
        self._velocity = 0.0
        self._velocity_at = None
