# SPDX-License-Identifier: Apache-2.0
"""Engaging by gestures alone: some that arm, then one that is held."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Collection

from semg_teleop.intent import Intent
from semg_teleop.profile.profile import Engagement
from semg_teleop.safety.deliberate_act import Verdict


class GestureAct:
    """Rest, gesture events that arm, rest, then a gesture that is held.

    Hands that type, grasp or scratch make what looks like any of these, but not all of them in
    their order with rest before and between. Once armed, a hold counts for some seconds, as it
    does after an engagement, and until the hand does anything else.

    Parameters
    ----------
    engagement : Engagement
        Which gestures, and how long.
    harmless : collection of str
        Gesture events that do not disarm, such as those that switch modes.
    latched : bool
        Whether the wearer stays engaged after the hold has ended.
    """

    def __init__(
        self,
        engagement: Engagement,
        *,
        harmless: Collection[str] = (),
        latched: bool = False,
    ) -> None:
        self._engagement = engagement
        self._presses = frozenset(f"{gesture}_press" for gesture in engagement.hold)
        releases = {f"{gesture}_release" for gesture in engagement.hold}
        self._harmless = frozenset(harmless) | self._presses | releases
        self._latched = latched
        # When each of the latest gestures came, and how long the hand had rested before it.
        self._recent: deque[tuple[float, float, str]] = deque(maxlen=max(len(engagement.arm), 1))
        self._armed_until = -math.inf
        # None: what the hand did before is not known.
        self._busy_until: float | None = None
        self._hold: str | None = None
        self._since = 0.0
        # What was held when the gate last had reason to distrust it.
        self._spent: frozenset[str] | None = None

    def arm(self, now: float) -> None:
        """Take the arming gestures as made."""
        self._armed_until = now + self._engagement.armed_for

    def disarm(self) -> None:
        """Ask for the arming gestures again, and for a new hold."""
        self._armed_until = -math.inf
        self._recent.clear()
        self._busy_until = None
        self.spend()

    def spend(self) -> None:
        """Ask for a new hold."""
        self._hold = None
        # Nobody knows what is held until the next good message: let all of it be spent.
        self._spent = frozenset(self._engagement.hold)

    def step(self, now: float, intent: Intent, engaged: bool) -> Verdict:
        """Judge the gestures of this cycle; see `DeliberateAct`."""
        engagement = self._engagement
        if self._busy_until is None:
            self._busy_until = now
        rested = now - self._busy_until
        self._follow_hold(now, intent, rested, engaged)
        self._follow_arming(now, intent.events, rested, engaged)
        # The press of a hold may be told before the hold.
        if intent.held or any(event not in self._presses for event in intent.events):
            self._busy_until = now
        armed = self._armed(now)
        if stopping := [event for event in intent.events if event in engagement.disengage]:
            self.disarm()
            return Verdict(False, False, False, f"stopped by {stopping[0]}")
        holds = self._hold is not None and now - self._since >= engagement.hold_for
        keeps = self._latched or self._hold is not None
        return Verdict(holds, keeps, armed, self._wish(armed, engaged))

    def _armed(self, now: float) -> bool:
        return not self._engagement.arm or now <= self._armed_until

    def _follow_arming(
        self, now: float, events: tuple[str, ...], rested: float, engaged: bool
    ) -> None:
        engagement = self._engagement
        if engaged:
            self._recent.clear()
            self._armed_until = now + engagement.again_within
            return
        for event in events:
            if event not in self._harmless:
                # The hand does something else: what it does next may not be meant for the robot.
                self._armed_until = -math.inf
                self._hold = None
            self._recent.append((now, rested, event))
            rested = 0.0
            began, rest, _ = self._recent[0]
            made = tuple(label for _, _, label in self._recent)
            in_time = now - began <= engagement.arm_within
            if engagement.arm and made == engagement.arm and in_time:
                self._recent.clear()
                if rest >= engagement.arm_after:
                    self.arm(now)

    def _follow_hold(self, now: float, intent: Intent, rested: float, engaged: bool) -> None:
        wanted = intent.held & frozenset(self._engagement.hold)
        kept = wanted if intent.kept is None else wanted & intent.kept
        if self._spent is not None:
            self._spent &= kept
        if self._hold is not None:
            if self._hold not in kept:
                self._lose_hold(now, wanted, engaged)
            return
        begins = wanted - (self._spent or frozenset())
        if not begins:
            return
        if self._armed(now) and rested >= self._engagement.hold_after and not engaged:
            self._hold, self._since = min(begins), now
        else:
            # A hold that began too early does not count later.
            self._spent = wanted

    def _lose_hold(self, now: float, wanted: frozenset[str], engaged: bool) -> None:
        """End a hold. Another one that began meanwhile does not go on where it stopped."""
        if not engaged and now - self._since < self._engagement.hold_for:
            # A press that was no hold: the hand does something else.
            self._armed_until = -math.inf
        self._hold = None
        self._spent = wanted

    def _wish(self, armed: bool, engaged: bool) -> str:
        engagement = self._engagement
        if engaged:
            return "released"
        if not engagement.hold:
            return "this profile engages by a dead-man switch only: set the parameter dead_man"
        hold = f"hold {' or '.join(engagement.hold)} for {engagement.hold_for:g} s"
        if not armed:
            rest = f"rest {engagement.arm_after:g} s, "
            return f"to drive: {rest}{', '.join(engagement.arm)}, rest, then {hold}"
        if self._hold is not None:
            return f"keep holding {self._hold}"
        return f"rest {engagement.hold_after:g} s, then {hold} to drive"
