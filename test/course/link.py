# SPDX-License-Identifier: Apache-2.0
"""Between a pilot and the graph: what the robot does comes in, what the hand is to do goes out."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterable
from typing import Any

import rclpy
from nav_msgs.msg import Odometry
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.signals import SignalHandlerOptions

from semg_driver.devices.device import Intent
from semg_msgs.msg import GestureEvent, TeleopState, WearerIntent
from semg_node.qos import LATCHED, SENSOR_DATA, STREAM
from test.course.course import Point
from test.course.result import Gesture, Stop
from test.course.sight import Sight


class Link:
    """Takes part in one graph; everything is timed on the steady clock.

    Parameters
    ----------
    domain : int
        ROS domain of the graph.

    Attributes
    ----------
    places : list of (float, float, float)
        Steady time in s, x and y in m, for every odometry message.
    asked, decoded : list of Gesture
        Gestures, at steady times. What was decoded is for the report only.
    stops : list of Stop
        When the robot was stopped while the wearer held on.
    engagements : int
        So far.
    obstacles : tuple of str
        What stands in the way of engaging.
    """

    def __init__(self, domain: int) -> None:
        self.places: list[tuple[float, float, float]] = []
        self.asked: list[Gesture] = []
        self.decoded: list[Gesture] = []
        self.stops: list[Stop] = []
        self.engagements = 0
        self.obstacles: tuple[str, ...] = ("teleop/state: nobody publishes it",)
        self._odometry: Odometry | None = None
        self._state: TeleopState | None = None
        self._held = False
        self._context = Context()
        rclpy.init(
            context=self._context, domain_id=domain, signal_handler_options=SignalHandlerOptions.NO
        )
        self._node = rclpy.create_node("pilot", context=self._context)
        self._hand = self._node.create_publisher(WearerIntent, "simulation/intent", STREAM)
        for kind, topic, qos, callback in (
            (Odometry, "odom", SENSOR_DATA, self._on_odometry),
            (TeleopState, "teleop/state", LATCHED, self._on_state),
            (GestureEvent, "gesture/event", STREAM, self._on_event),
        ):
            self._node.create_subscription(kind, topic, callback, qos)
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self._node)
        self._closing = False
        self._thread = threading.Thread(target=self._spin, daemon=True)
        self._thread.start()

    @property
    def sight(self) -> Sight | None:
        """What there is to be seen; None before robot and teleoperation have both been heard."""
        odometry, state = self._odometry, self._state
        if odometry is None or state is None:
            return None
        pose, twist = odometry.pose.pose, odometry.twist.twist
        return Sight(
            pose.position.x,
            pose.position.y,
            2.0 * math.atan2(pose.orientation.z, pose.orientation.w),
            twist.linear.x,
            twist.angular.z,
            state.state == TeleopState.ENGAGED,
            state.armed,
            state.mode,
        )

    @property
    def missing(self) -> str:
        """What a drive cannot begin without; empty if it can."""
        if not self._hand.get_subscription_count():
            return "nobody listens to simulation/intent"
        if self._odometry is None:
            return "no odometry has come"
        return "; ".join(self.obstacles)

    def ask(self, hand: Iterable[Intent]) -> None:
        """Ask the wearer's hand for something."""
        for intent in hand:
            if intent.gesture:
                self.asked.append(Gesture(time.monotonic(), intent.gesture))
                self._held = intent.gesture.endswith("_press")
            message = WearerIntent(
                gesture=intent.gesture,
                wrist_angle=intent.wrist_angle,
                wrist_duration=intent.wrist_duration,
            )
            message.header.stamp = self._node.get_clock().now().to_msg()
            self._hand.publish(message)

    def path(self, every: float) -> tuple[Point, ...]:
        """Return where the robot was, at times at least `every` s apart."""
        places, due = [], -math.inf
        for at, x, y in self.places:
            if at >= due:
                places.append((x, y))
                due = at + every
        return tuple(places)

    def close(self) -> None:
        """Leave the graph."""
        self._closing = True
        self._executor.wake()
        self._thread.join(10)
        self._executor.shutdown()
        self._node.destroy_node()
        self._context.try_shutdown()

    def _spin(self) -> None:
        while not self._closing:
            self._executor.spin_once()

    def _on_odometry(self, message: Odometry) -> None:
        place = message.pose.pose.position
        self.places.append((time.monotonic(), place.x, place.y))
        self._odometry = message

    def _on_state(self, message: TeleopState) -> None:
        before = self._state
        was = before is not None and before.state == TeleopState.ENGAGED
        if was and message.state != TeleopState.ENGAGED and self._held:
            self.stops.append(Stop(time.monotonic(), message.reason))
        self.engagements = message.engagements
        self.obstacles = tuple(message.obstacles)
        self._state = message

    def _on_event(self, message: Any) -> None:
        self.decoded.append(Gesture(time.monotonic(), message.name))
