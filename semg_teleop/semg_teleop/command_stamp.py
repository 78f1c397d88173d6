# SPDX-License-Identifier: Apache-2.0
"""The time that commands are stamped with."""

from __future__ import annotations

from builtin_interfaces.msg import Time
from rclpy.clock import Clock
from rclpy.clock_type import ClockType
from rosgraph_msgs.msg import Clock as ClockMessage

from semg_node.qos import SENSOR_DATA
from semg_node.shell import NodeShell


class CommandStamp:
    """The robot's clock: the system's, or the one that a simulated robot publishes.

    Parameters
    ----------
    shell : NodeShell
        The node.
    source : str
        ``system`` or ``/clock``.
    """

    def __init__(self, shell: NodeShell, source: str) -> None:
        self._system = Clock(clock_type=ClockType.SYSTEM_TIME)
        self._latest = Time()
        self._simulated = source == "/clock"
        if self._simulated:
            shell.listen("/clock", ClockMessage, SENSOR_DATA, self._on_clock, unlocked=True)

    def _on_clock(self, message: ClockMessage) -> None:
        self._latest = message.clock

    def now(self) -> Time:
        """Return the time at this moment; zero until a simulated robot has told it."""
        return self._latest if self._simulated else self._system.now().to_msg()
