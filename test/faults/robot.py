# SPDX-License-Identifier: Apache-2.0
"""What reaches the robot, and when."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import rclpy
from geometry_msgs.msg import TwistStamped
from rclpy.context import Context
from rclpy.qos import HistoryPolicy, QoSProfile, ReliabilityPolicy
from rclpy.signals import SignalHandlerOptions

from semg_node.reception import Reception

_QOS = QoSProfile(
    history=HistoryPolicy.KEEP_LAST, depth=1000, reliability=ReliabilityPolicy.RELIABLE
)


@dataclass(frozen=True)
class Heard:
    """A command, and the steady time in s at which it came."""

    at: float
    moves: bool


class Robot:
    """Notes every command that comes out of the watchdog, on a thread that does nothing else.

    Parameters
    ----------
    domain : int
        ROS domain.
    topic : str
        Of the commands.
    """

    def __init__(self, domain: int, topic: str = "robot/cmd_vel") -> None:
        self._heard: list[Heard] = []
        self._context = Context()
        rclpy.init(
            context=self._context, domain_id=domain, signal_handler_options=SignalHandlerOptions.NO
        )
        self._node = rclpy.create_node("robot", context=self._context)
        self._reception = Reception(self._node)
        self._reception.subscribe(topic, TwistStamped, _QOS, self._note)

    def since(self, begin: float) -> list[Heard]:
        """Return what has come since a steady time in s."""
        found: list[Heard] = []
        for heard in reversed(tuple(self._heard)):
            if heard.at < begin:
                break
            found.append(heard)
        return found[::-1]

    def moves(self) -> bool:
        """Tell whether the last command that came was to move."""
        return bool(self._heard) and self._heard[-1].moves

    def close(self) -> None:
        """Hear no more."""
        self._reception.close()
        self._node.destroy_node()
        self._context.try_shutdown()

    def _note(self, message: Any) -> None:
        at = time.monotonic()
        linear, angular = message.twist.linear, message.twist.angular
        numbers = (linear.x, linear.y, linear.z, angular.x, angular.y, angular.z)
        self._heard.append(Heard(at, any(numbers)))


def time_to_stop(heard: list[Heard], fault: float) -> float | None:
    """Return the time in s from a fault to the first zero after which nothing moves any more.

    Parameters
    ----------
    heard : list of Heard
        All that came since some time before the fault, in order.
    fault : float
        Steady time in s.

    Returns
    -------
    float or None
        None if no such zero has come.
    """
    stop: float | None = None
    for one in heard:
        if one.moves or one.at < fault:
            stop = None
        elif stop is None:
            stop = one.at - fault
    return stop
