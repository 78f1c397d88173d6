# SPDX-License-Identifier: Apache-2.0
"""A wearer, decoders, teleoperation and a base in a few lines, to try pilots on quickly.

It knows delays, gestures that are missed or taken for others, and a wrist whose integral drifts.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from semg_driver.devices.device import Intent
from test.course.sight import Sight

STEP_S = 0.02
_MOTOR_S, _DECODER_S = 0.15, 0.12
_REST_S, _CLICKS, _ARM_S, _ARMED_S, _AGAIN_S = 2.0, 3, 2.0, 5.0, 3.0
_REST_BEFORE_HOLD_S, _HOLD_S = 0.7, 0.7
_SPEED, _TURNING, _FULL, _DEAD, _CURVE = 0.25, 0.7, 0.4, 0.15, 1.5
_LABELS = ("index_press", "middle_press", "thumb_click", "thumb_down", "thumb_in", "thumb_up")
_MODES = {"thumb_up": "drive", "thumb_down": "reverse", "thumb_in": "pause"}


@dataclass(frozen=True)
class Flaws:
    """What goes wrong.

    Attributes
    ----------
    missed, mistaken : float
        Shares of gestures that are not decoded, or decoded as another.
    false_per_s : float
        Events per s that are decoded though nothing was done.
    wrist_gain : float
        Decoded over true velocity.
    wrist_drift : float
        rad/s; s.d. of a decoded velocity that is not there, slowly changing.
    """

    missed: float = 0.05
    mistaken: float = 0.02
    false_per_s: float = 0.03
    wrist_gain: float = 1.0
    wrist_drift: float = 0.02


class ImaginedRobot:
    """Does what a hand asks of it, more or less.

    Parameters
    ----------
    flaws : Flaws
        What goes wrong.
    seed : int
        Of chance.
    """

    def __init__(self, flaws: Flaws, seed: int) -> None:
        self._flaws = flaws
        self._rng = np.random.default_rng(seed)
        self.time = 0.0
        self._doing: deque[tuple[float, str]] = deque()
        self._free = 0.0
        self._pressed = ""
        self._reach = (0.0, 0.0, 0.0, 0.5)
        self._travels: deque[float] = deque([0.0] * round((_MOTOR_S + _DECODER_S) / STEP_S))
        self._drift = 0.0
        self._held = ""
        self._held_since = 0.0
        self._last_event = -math.inf
        self._clicks: list[float] = []
        self._armed_until = -1.0
        self._mode = "drive"
        self._engaged = False
        self._axis = 0.0
        self._x = self._y = self._heading = self._speed = self._turning = 0.0

    @property
    def sight(self) -> Sight:
        """What there is to be seen now."""
        return Sight(
            self._x,
            self._y,
            self._heading,
            self._speed,
            self._turning,
            self._engaged,
            self.time <= self._armed_until,
            self._mode,
        )

    def ask(self, hand: Iterable[Intent]) -> None:
        """Ask the hand for something."""
        for intent in hand:
            if intent.gesture:
                self._plan(intent.gesture)
            if not math.isnan(intent.wrist_angle):
                here = self._wrist()
                self._reach = (self.time, here, intent.wrist_angle, intent.wrist_duration)

    def step(self) -> None:
        """Let `STEP_S` pass."""
        before = self._wrist()
        self.time += STEP_S
        self._travels.append(self._wrist() - before)
        events = []
        while self._doing and self._doing[0][0] <= self.time - _DECODER_S:
            events += self._decoded(self._doing.popleft()[1])
        if self._rng.random() < self._flaws.false_per_s * STEP_S:
            events.append(str(self._rng.choice(_LABELS)))
        for event in events:
            self._take(event)
        self._gate()
        self._move()

    def _plan(self, gesture: str) -> None:
        if gesture.endswith("_release"):
            if self._pressed + "_release" != gesture:
                return
            self._pressed = ""
        elif gesture.endswith("_press"):
            self._pressed = gesture.removesuffix("_press")
        at = max(self.time + _MOTOR_S, self._free)
        self._free = at + 0.5
        self._doing.append((at, gesture))

    def _wrist(self) -> float:
        began, start, end, duration = self._reach
        share = min((self.time - began) / max(duration, 0.1), 1.0)
        return start + (end - start) * share**3 * (10 - 15 * share + 6 * share**2)

    def _decoded(self, gesture: str) -> list[str]:
        chance = self._rng.random()
        if chance < self._flaws.missed:
            return []
        if chance < self._flaws.missed + self._flaws.mistaken:
            return [str(self._rng.choice(_LABELS))]
        return [gesture]

    def _take(self, event: str) -> None:
        rested = 0.0 if self._held else self.time - self._last_event
        self._last_event = self.time
        self._mode = _MODES.get(event, self._mode)
        is_hold = event.endswith(("_press", "_release"))
        too_short = 0.0 < self.time - self._held_since < _HOLD_S
        if (self._held and too_short) or not (is_hold or event in _MODES):
            self._armed_until = -1.0
        self._held = event.removesuffix("_press") if event.endswith("_press") else ""
        self._held_since = self.time if rested >= _REST_BEFORE_HOLD_S else math.inf
        self._click(event, rested)

    def _click(self, event: str, rested: float) -> None:
        if event != "thumb_click":
            self._clicks.clear()
        elif self._clicks or rested >= _REST_S:
            self._clicks.append(self.time)
        if len(self._clicks) == _CLICKS:
            if self.time - self._clicks[0] <= _ARM_S:
                self._armed_until = self.time + _ARMED_S
            self._clicks.clear()

    def _gate(self) -> None:
        if not self._held:
            self._engaged = False
        elif (
            not self._engaged
            and self._held_since <= self._armed_until
            and self.time - self._held_since >= _HOLD_S
        ):
            self._axis = 0.0
            self._engaged = True
        if self._engaged:
            self._armed_until = self.time + _AGAIN_S

    def _move(self) -> None:
        flaws = self._flaws
        kick = self._rng.normal(0.0, flaws.wrist_drift * math.sqrt(2 * STEP_S))
        self._drift += -self._drift * STEP_S + kick
        travel = flaws.wrist_gain * self._travels.popleft() + self._drift * STEP_S
        self._axis = max(-_FULL, min(_FULL, self._axis + travel)) if self._engaged else 0.0
        drives = self._engaged and self._mode == "drive"
        self._speed = _SPEED if drives and self._held == "index" else 0.0
        share = max(abs(self._axis) / _FULL - _DEAD, 0.0) / (1.0 - _DEAD)
        self._turning = math.copysign(_TURNING * share**_CURVE, self._axis) if drives else 0.0
        self._x += STEP_S * self._speed * math.cos(self._heading)
        self._y += STEP_S * self._speed * math.sin(self._heading)
        self._heading += STEP_S * self._turning
