# SPDX-License-Identifier: Apache-2.0
"""A wearer who does what is asked, while it is being asked."""

from __future__ import annotations

import math
import threading
from collections import deque

from semg_driver.devices.device import Intent
from semg_driver.simulation.gestures import GESTURES, PREPARATION, RELEASE_OF
from semg_driver.simulation.passage import AHEAD, Cue, Passage
from semg_driver.simulation.redirection import WristState, redirected
from semg_driver.simulation.trajectory import SAMPLE_RATE, still

PASSAGE = 100
"""Samples of one passage, for a wearer of the same step: what is asked waits for the next one."""
_SHORTEST_HOLD = 0.15  # s
_BETWEEN = 0.5  # s from the end of a gesture to the next one, at least; both as in other scripts
_MOST_WAITING = 16


class IntentError(ValueError):
    """Something was asked that nobody can do. The message is one line for the user."""


class IntentScript:
    """A script that is made up of intents, passage by passage.

    With nothing else to do first, a press, a release or a click is labelled 0.1 to 0.15 s after
    the sample at which it was asked for, a swipe 0.32 to 0.37 s, as its activity begins sooner;
    the wrist begins to move after 0.1 to 0.15 s. Gestures are done in the order asked for, a
    release at least 0.15 s after its press, any other at least 0.5 s after the one before. A
    press is held until its release is asked for. Whatever gesture is asked for meanwhile
    releases it first; asking for a press that is held, or to release what is not, does nothing.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._heard: list[Intent] = []
        self._waiting: deque[str] = deque()
        self._started = False
        self._first = 0
        self._held = ""
        self._free = 0
        self._pressed = 0
        self._reach = redirected(WristState(0.0), 0.0)
        self._reach_began = 0

    def act(self, intent: Intent) -> None:
        """Do something as soon as possible. May be called on any thread.

        Parameters
        ----------
        intent : Intent
            An angle beyond 60 degrees is met there.

        Raises
        ------
        IntentError
            For an unknown gesture, an angle or a duration that is none, or with 16 gestures
            waiting already.
        """
        if intent.gesture and intent.gesture not in GESTURES:
            known = ", ".join(GESTURES)
            raise IntentError(f"gesture: there is no '{intent.gesture}'; there are: {known}")
        if math.isinf(intent.wrist_angle):
            raise IntentError(f"wrist_angle: {intent.wrist_angle} rad, must be finite, or NaN")
        if not 0.0 <= intent.wrist_duration < math.inf:
            raise IntentError(f"wrist_duration: {intent.wrist_duration} s, must be at least 0")
        with self._lock:
            waiting = len(self._waiting) + sum(bool(heard.gesture) for heard in self._heard)
            if intent.gesture and waiting >= _MOST_WAITING:
                raise IntentError(
                    f"gesture: '{intent.gesture}' is one too many, {waiting} are waiting already"
                )
            self._heard.append(intent)

    def __iter__(self) -> IntentScript:
        return self

    def __next__(self) -> Passage:
        """Return the next stretch, with what was asked for since the one before."""
        if not self._started:
            # What is asked before anything is made finds as much room as later.
            self._started = True
            self._first = round(AHEAD * SAMPLE_RATE)
            return Passage(still(0.0, AHEAD))
        with self._lock:
            heard, self._heard = self._heard, []
            self._waiting += [intent.gesture for intent in heard if intent.gesture]
            cues = self._cues()
        for intent in heard:
            if not math.isnan(intent.wrist_angle):
                state = self._reach.state(self._first - self._reach_began)
                self._reach = redirected(state, intent.wrist_angle, intent.wrist_duration)
                self._reach_began = self._first
        movement = self._reach.movement(self._first - self._reach_began, PASSAGE)
        self._first += PASSAGE
        return Passage(movement, tuple(cues))

    def _cues(self) -> list[Cue]:
        cues: list[Cue] = []
        while self._waiting:
            asked = self._waiting[0]
            if asked == self._held or (asked in RELEASE_OF.values() and not self._releases(asked)):
                self._waiting.popleft()
                continue
            gesture = RELEASE_OF[self._held] if self._held else asked
            sample = self._soonest(gesture)
            begins = sample - round(PREPARATION[gesture] * SAMPLE_RATE)
            if begins >= self._first + PASSAGE - round(AHEAD * SAMPLE_RATE):
                break
            hold = math.inf if gesture in RELEASE_OF else 0.0
            cues.append(Cue(gesture, sample - self._first, hold))
            self._held = gesture if hold else ""
            self._pressed = sample
            self._free = sample + round(_BETWEEN * SAMPLE_RATE)
            if gesture == asked:
                self._waiting.popleft()
        return cues

    def _releases(self, gesture: str) -> bool:
        return bool(self._held) and RELEASE_OF[self._held] == gesture

    def _soonest(self, gesture: str) -> int:
        """Sample at which a gesture can be."""
        now = self._first - round(AHEAD * SAMPLE_RATE)
        prepared = now + round(PREPARATION[gesture] * SAMPLE_RATE)
        if self._held:
            return max(prepared, self._pressed + round(_SHORTEST_HOLD * SAMPLE_RATE))
        return max(prepared, self._free)
