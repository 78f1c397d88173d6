# SPDX-License-Identifier: Apache-2.0
"""Sends commands at a rate, and keeps what comes out at the robot, with the times of both."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import rclpy
from geometry_msgs.msg import Twist, TwistStamped
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.qos import HistoryPolicy, QoSProfile, ReliabilityPolicy
from rclpy.signals import SignalHandlerOptions
from sensor_msgs.msg import Joy

from semg_teleop.outputs.qos import COMMAND
from test.processes import wait_until

RATE_HZ = 125.0
_EVERYTHING = QoSProfile(
    history=HistoryPolicy.KEEP_LAST, depth=10_000, reliability=ReliabilityPolicy.RELIABLE
)


def speed(message: Any) -> float:
    """Return the one number of a command that these tests change."""
    if isinstance(message, Joy):
        return float(message.axes[0])
    return float((message.twist if isinstance(message, TwistStamped) else message).linear.x)


class Driving:
    """A sender and a robot, of their own DDS participant.

    Attributes
    ----------
    sent, heard : list of (float, message)
        Steady time in s and what was sent, or came to the robot.
    behind_s : int
        How far the stamps lie in the past, in s.
    """

    def __init__(
        self,
        domain: int,
        kind: type[Any] = TwistStamped,
        name: str = "teleop",
        topics: tuple[str, str] = ("cmd_vel_in", "cmd_vel"),
    ) -> None:
        self.sent: list[tuple[float, Any]] = []
        self.heard: list[tuple[float, Any]] = []
        self.behind_s = 0
        self._kind = kind
        self._context = Context()
        rclpy.init(
            context=self._context, domain_id=domain, signal_handler_options=SignalHandlerOptions.NO
        )
        self.node = rclpy.create_node(name, context=self._context)
        self.publisher = self.node.create_publisher(kind, topics[0], COMMAND)
        self.subscription = self.node.create_subscription(kind, topics[1], self._hear, _EVERYTHING)
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self.node)
        self._ended = threading.Event()
        self._value: float | None = None
        self._threads = [threading.Thread(target=run) for run in (self._spin, self._pump)]
        for thread in self._threads:
            thread.start()

    def connected(self) -> bool:
        """Tell whether the watchdog hears and is heard."""
        return bool(
            self.publisher.get_subscription_count() and self.subscription.get_publisher_count()
        )

    def send(self, value: float | None) -> None:
        """Send commands of this value from now on; None: no more."""
        self._value = value

    def message(self, value: float) -> Any:
        """Make a command with the present time."""
        if self._kind is Twist:
            message = Twist()
            message.linear.x = value
            return message
        message = Joy(axes=[value, 0.0], buttons=[0]) if self._kind is Joy else TwistStamped()
        if self._kind is TwistStamped:
            message.twist.linear.x = value
        message.header.frame_id = "base_link"
        message.header.stamp = self.node.get_clock().now().to_msg()
        message.header.stamp.sec -= self.behind_s
        return message

    def publish(self, message: Any) -> None:
        """Send a single command."""
        self.sent.append((time.monotonic(), message))
        self.publisher.publish(message)

    def wait_for(self, condition: Callable[[Any], bool], what: str) -> None:
        """Wait until a message for which `condition` holds comes to the robot from now on."""
        begin = len(self.heard)
        wait_until(lambda: any(condition(m) for _, m in self.heard[begin:]), 20.0, what)

    def drive(self, value: float) -> None:
        """Begin from zero, and wait until the robot gets commands of this value."""
        wait_until(self.connected, 20.0, "the watchdog")
        begin = len(self.heard)

        def moves() -> bool:
            # On a busy machine a command may come late: then zero has to come first once more.
            self.send_some(0.0)
            self.send_some(value)
            return any(speed(message) for _, message in self.heard[begin:])

        wait_until(moves, 20.0, "commands that move")

    def send_some(self, value: float, count: int = 10) -> None:
        """Send commands of this value from now on; return after some of them."""
        begin = len(self.sent)
        self.send(value)
        wait_until(lambda: len(self.sent) >= begin + count, 20.0, "commands to be sent")

    def close(self) -> None:
        """Stop both."""
        self._ended.set()
        for thread in self._threads:
            thread.join()
        self._executor.shutdown()
        rclpy.shutdown(context=self._context)

    def _hear(self, message: Any) -> None:
        self.heard.append((time.monotonic(), message))

    def _spin(self) -> None:
        while not self._ended.is_set():
            self._executor.spin_once(timeout_sec=0.1)

    def _pump(self) -> None:
        due = time.monotonic()
        while not self._ended.wait(max(due - time.monotonic(), 0.0)):
            due += 1.0 / RATE_HZ
            if self._value is not None:
                self.publish(self.message(self._value))
