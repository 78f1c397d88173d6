# SPDX-License-Identifier: Apache-2.0
"""Engaging by a switch that somebody has to keep pressed."""

from __future__ import annotations

from semg_teleop.intent import Intent
from semg_teleop.safety.deliberate_act import Verdict


class DeadManSwitch:
    """A stream that says all the time whether the switch is pressed.

    It has to have been seen released before a press counts, and a stream that falls silent is
    a switch that was let go.

    Parameters
    ----------
    topic : str
        For the messages.
    timeout : float
        s of silence after which it counts as released.
    disengage : tuple of str
        Gesture events that disengage all the same.
    """

    def __init__(self, topic: str, timeout: float, disengage: tuple[str, ...] = ()) -> None:
        self._topic = topic
        self._timeout = timeout
        self._disengage = disengage
        self._arrival: float | None = None
        self._pressed = False
        self._ready = False
        self._let_go = False

    def hear(self, arrival: float, pressed: bool) -> None:
        """Take in what the switch says at the steady time `arrival` in s."""
        if self._arrival is None or arrival - self._arrival > self._timeout:
            self._ready = False
            self._let_go = True
        self._arrival = arrival
        self._pressed = pressed
        if not pressed:
            self._ready = True
            self._let_go = True

    def arm(self, now: float) -> None:
        """Do nothing: the press itself is the act."""

    def disarm(self) -> None:
        """Ask for a new press."""
        self.spend()

    def spend(self) -> None:
        """Ask for a new press."""
        self._ready = self._arrival is not None and not self._pressed

    def step(self, now: float, intent: Intent, engaged: bool) -> Verdict:
        """Judge the switch in this cycle; see `DeliberateAct`."""
        let_go, self._let_go = self._let_go, False
        if stopping := [event for event in intent.events if event in self._disengage]:
            self.spend()
            return Verdict(False, False, False, f"stopped by {stopping[0]}")
        if self._arrival is None:
            return Verdict(False, False, False, f"{self._topic}: no dead-man switch is heard")
        if now - self._arrival > self._timeout:
            self._ready = False
            silent = f"{self._topic}: silent for more than {1e3 * self._timeout:.0f} ms"
            return Verdict(False, False, False, silent)
        if not self._pressed:
            return Verdict(False, False, True, "press the dead-man switch to drive")
        if not self._ready:
            return Verdict(False, False, False, "let go of the dead-man switch, then press it")
        if engaged and let_go:
            # Pressed again already: still, it was let go.
            return Verdict(False, False, True, "the dead-man switch was let go")
        return Verdict(True, True, True, "")
