# SPDX-License-Identifier: Apache-2.0
"""Tells everybody, and the wearer, whether the robot is driven."""

from __future__ import annotations

from sensor_msgs.msg import JoyFeedback
from std_msgs.msg import String

from semg_msgs.msg import TeleopState
from semg_node.qos import LATCHED, SENSOR_DATA
from semg_node.shell import NodeShell
from semg_teleop.teleoperation import Outcome, State

EVERY_S = 0.1
_RUMBLE = {State.ENGAGED: 0.5, State.DISENGAGED: 1.0, State.EMERGENCY_STOP: 1.0}
_RUMBLE_S = 0.2


class StateReport:
    """Publishes ``teleop/state``, and ``teleop/feedback`` and ``teleop/rumble`` on a change.

    Parameters
    ----------
    shell : NodeShell
        The node.
    profile : str
        Name of the profile.
    """

    def __init__(self, shell: NodeShell, profile: str) -> None:
        self._shell = shell
        self._profile = profile
        self._state = shell.advertise("teleop/state", TeleopState, LATCHED)
        self._feedback = shell.advertise("teleop/feedback", String, LATCHED)
        self._rumble = shell.advertise("teleop/rumble", JoyFeedback, SENSOR_DATA)
        self.restart()

    def restart(self) -> None:
        """Forget what was told."""
        self._told: tuple[State, str, bool] | None = None
        self._shown = ""
        self._next = 0.0
        self._rumbles_until: float | None = None

    def cycle(self, now: float, outcome: Outcome, engagements: int) -> None:
        """Tell what has changed, and all of it ten times a second."""
        told = (outcome.state, outcome.mode, outcome.armed)
        changed = told != self._told
        if changed or now >= self._next:
            self._next = now + EVERY_S
            self._publish_state(outcome, engagements)
        if self._told is not None and outcome.state is not self._told[0]:
            self._start_rumble(now, outcome.state)
        self._told = told
        self._stop_rumble(now)
        self._show(outcome)

    def _publish_state(self, outcome: Outcome, engagements: int) -> None:
        message = TeleopState(
            state=int(outcome.state),
            armed=outcome.armed,
            reason=outcome.reason,
            obstacles=list(outcome.obstacles),
            mode=outcome.mode,
            profile=self._profile,
            engagements=engagements,
        )
        message.header.stamp = self._shell.get_clock().now().to_msg()
        self._state.publish(message)

    def _show(self, outcome: Outcome) -> None:
        text = f"{outcome.mode}: driving" if outcome.state is State.ENGAGED else outcome.reason
        if text != self._shown:
            self._shown = text
            self._feedback.publish(String(data=text))

    def _start_rumble(self, now: float, state: State) -> None:
        self._rumbles_until = now + _RUMBLE_S
        self._publish_rumble(_RUMBLE[state])

    def _stop_rumble(self, now: float) -> None:
        if self._rumbles_until is not None and now >= self._rumbles_until:
            self._rumbles_until = None
            self._publish_rumble(0.0)

    def _publish_rumble(self, intensity: float) -> None:
        kind = JoyFeedback.TYPE_RUMBLE
        self._rumble.publish(JoyFeedback(type=kind, id=0, intensity=intensity))
