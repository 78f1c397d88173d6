# SPDX-License-Identifier: Apache-2.0
"""The emergency stop and the dead-man switch, from their topics."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from sensor_msgs.msg import Joy
from std_msgs.msg import Bool

from semg_node.qos import LATCHED, SENSOR_DATA, STREAM
from semg_node.shell import NodeShell
from semg_node.stamps import to_nanoseconds
from semg_teleop.heading import pressed
from semg_teleop.profile.profile import Engagement
from semg_teleop.safety.dead_man_switch import DeadManSwitch
from semg_teleop.safety.emergency_stop import EmergencyStop
from semg_teleop.teleop_settings import TeleopSettings

EMERGENCY_STOP = "teleop/emergency_stop"
OLDEST_PRESS_S = 0.2
"""How far from now the stamp of a Joy may be whose button is the dead-man switch."""


class Switches:
    """Hears the switches; letting go of one, or pressing the stop, is urgent.

    Parameters
    ----------
    shell : NodeShell
        The node.
    lock : Lock
        Held while the engine, and with it the switches, is used.
    urgent : callable
        Called when the robot may have to stop.

    Attributes
    ----------
    emergency : EmergencyStop
        It outlives every state of the node: only its reset ends it.
    dead_man : DeadManSwitch or None
        None where gestures engage.
    """

    def __init__(self, shell: NodeShell, lock: threading.Lock, urgent: Callable[[], None]) -> None:
        self.emergency = EmergencyStop()
        self.dead_man: DeadManSwitch | None = None
        self._shell = shell
        self._lock = lock
        self._urgent = urgent

    def listen(self, settings: TeleopSettings) -> dict[str, type[Any]]:
        """Listen to what the settings name; return the topics that need one publisher."""
        shell = self._shell
        # A publisher of any kind is heard, reliably if it can be, and one that latches from before.
        for qos in (SENSOR_DATA, STREAM, LATCHED):
            shell.listen(
                EMERGENCY_STOP,
                Bool,
                qos,
                self._on_emergency_stop,
                when_inactive=True,
                promptly=True,
                unlocked=True,
            )
        self._button = settings.dead_man_button
        if settings.dead_man == "none":
            return {}
        kind, callback = {
            "bool": (Bool, self._on_bool),
            "joy": (Joy, self._on_joy),
        }[settings.dead_man]
        shell.listen(settings.dead_man_topic, kind, SENSOR_DATA, callback, unlocked=True)
        return {settings.dead_man_topic: kind}

    def renew(self, settings: TeleopSettings, engagement: Engagement) -> DeadManSwitch | None:
        """Forget that the dead-man switch was ever pressed; return it, if there is one."""
        self.dead_man = None
        if settings.dead_man != "none":
            self.dead_man = DeadManSwitch(
                settings.dead_man_topic, settings.dead_man_timeout, engagement.disengage
            )
        return self.dead_man

    def _on_bool(self, message: Bool) -> None:
        self._hear(message.data)

    def _on_joy(self, message: Joy) -> None:
        stamp = to_nanoseconds(message.header.stamp)
        age = (self._shell.get_clock().now().nanoseconds - stamp) / 1e9
        is_pressed = pressed(message.buttons, self._button)
        # A stamp of zero says nothing. An old press belongs to a finger that may have let go: it
        # is as if it had not come, for neither does it say that somebody let go.
        if is_pressed and stamp and abs(age) > OLDEST_PRESS_S:
            return
        self._hear(is_pressed)

    def _hear(self, is_pressed: bool) -> None:
        with self._lock:
            if self.dead_man is not None:
                self.dead_man.hear(time.monotonic(), is_pressed)
        if not is_pressed:
            self._urgent()

    def _on_emergency_stop(self, message: Bool) -> None:
        with self._lock:
            self.emergency.hear(message.data)
        if message.data:
            self._urgent()
