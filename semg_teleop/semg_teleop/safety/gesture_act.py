# SPDX-License-Identifier: Apache-2.0
"""Engaging by gestures alone: some that arm, then one that is held."""

from __future__ import annotations

from collections import deque

from semg_teleop.intent import Intent
from semg_teleop.profile.profile import Engagement
from semg_teleop.safety.deliberate_act import Verdict


class GestureAct:
    """Gesture events that arm, in their order and with none between; then a gesture that is held.

    Once armed, a hold counts until `Engagement.armed_for` after the wearer was last engaged.

    Parameters
    ----------
    engagement : Engagement
        Which gestures, and how long.
    latched : bool
        Whether the wearer stays engaged after the hold has ended.
    """

    def __init__(self, engagement: Engagement, *, latched: bool = False) -> None:
        self._engagement = engagement
        self._latched = latched
        self._recent: deque[tuple[float, str]] = deque(maxlen=max(len(engagement.arm), 1))
        self._armed_until = -1.0
        self._hold: str | None = None
        self._since = 0.0
        # What was held when the gate last had reason to distrust it.
        self._spent: frozenset[str] | None = None

    def arm(self, now: float) -> None:
        """Take the arming gestures as made."""
        self._armed_until = now + self._engagement.armed_for

    def disarm(self) -> None:
        """Ask for the arming gestures again, and for a new hold."""
        self._armed_until = -1.0
        self._recent.clear()
        self.spend()

    def spend(self) -> None:
        """Ask for a new hold."""
        self._hold = None
        # Nobody knows what is held until the next good message: let all of it be spent.
        self._spent = frozenset(self._engagement.hold)

    def step(self, now: float, intent: Intent, engaged: bool) -> Verdict:
        """Judge the gestures of this cycle; see `DeliberateAct`."""
        engagement = self._engagement
        self._follow_arming(now, intent.events, engaged)
        armed = not engagement.arm or now <= self._armed_until
        self._follow_hold(now, intent.held, armed or engaged)
        if stopping := [event for event in intent.events if event in engagement.disengage]:
            self.spend()
            return Verdict(False, False, armed, f"stopped by {stopping[0]}")
        holds = self._hold is not None and now - self._since >= engagement.hold_for
        keeps = self._latched or self._hold is not None
        return Verdict(holds, keeps, armed, self._wish(armed, engaged))

    def _follow_arming(self, now: float, events: tuple[str, ...], engaged: bool) -> None:
        arm = self._engagement.arm
        if engaged:
            self._recent.clear()
            self.arm(now)
            return
        for event in events:
            self._recent.append((now, event))
            made = tuple(label for _, label in self._recent)
            if arm and made == arm and now - self._recent[0][0] <= self._engagement.arm_within:
                self._recent.clear()
                self.arm(now)

    def _follow_hold(self, now: float, held: frozenset[str], counts: bool) -> None:
        wanted = held & frozenset(self._engagement.hold)
        if self._spent is not None:
            self._spent &= wanted
        if self._hold is not None and self._hold not in wanted:
            self._hold = None
        if not counts:
            # A hold that began before arming does not count after it.
            self._hold = None
            self._spent = wanted
        spent = self._spent or frozenset()
        if self._hold is None and (new := sorted(wanted - spent)):
            self._hold, self._since = new[0], now

    def _wish(self, armed: bool, engaged: bool) -> str:
        engagement = self._engagement
        if engaged:
            return "released"
        if not engagement.hold:
            return "this profile engages by a dead-man switch only: set the parameter dead_man"
        hold = f"hold {' or '.join(engagement.hold)} for {engagement.hold_for:g} s"
        if not armed:
            return f"to drive: {', '.join(engagement.arm)}, then {hold}"
        return f"{hold} to drive" if self._hold is None else f"keep holding {self._hold}"
