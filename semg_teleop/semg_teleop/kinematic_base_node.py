# SPDX-License-Identifier: Apache-2.0
"""Lifecycle node that stands in for a mobile base: takes velocities and publishes odometry."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Any

from geometry_msgs.msg import Twist, TwistStamped
from nav_msgs.msg import Odometry
from rclpy.service import Service
from std_srvs.srv import Trigger

from semg_node import parameters
from semg_node.component import Level, Status
from semg_node.settings import setting
from semg_node.shell import NodeShell
from semg_teleop.outputs.obstacles import other_types
from semg_teleop.outputs.qos import ANY_COMMAND, ODOMETRY
from semg_teleop.profile.profile import OutputKind
from semg_teleop.robot.kinematic_base import BaseSettings, Unicycle, Velocity

COMMANDS = "cmd_vel"


@dataclass(frozen=True)
class BaseNodeSettings(BaseSettings):
    """Settings of the simulated base."""

    stamped: bool = setting(True, "whether commands are TwistStamped; false: Twist", read_only=True)
    rate: float = setting(
        100.0, "odometry per second", unit="Hz", minimum=1.0, maximum=500.0, read_only=True
    )


class KinematicBase:
    """Component of the simulated base node."""

    publishes = ("odom",)
    finished = False

    def __init__(self, shell: NodeShell) -> None:
        self._shell = shell
        parameters.declare(shell, BaseNodeSettings)
        self._reset_service: Service | None = None

    def configure(self) -> None:
        """Make the topics and the service."""
        shell = self._shell
        self._settings = parameters.read(shell, BaseNodeSettings)
        self._base = Unicycle(self._settings, time.monotonic())
        self._odometry = shell.advertise("odom", Odometry, ODOMETRY)
        if self._settings.stamped:
            self._kind = OutputKind.TWIST_STAMPED
            shell.listen(COMMANDS, TwistStamped, ANY_COMMAND, self._on_stamped)
        else:
            self._kind = OutputKind.TWIST
            shell.listen(COMMANDS, Twist, ANY_COMMAND, self._on_twist)
        shell.every(1.0 / self._settings.rate, self._publish)
        self._reset_service = shell.create_service(Trigger, "reset", self._on_reset)

    def activate(self) -> None:
        """Begin at the start."""
        self._commands = 0
        self._base.reset(time.monotonic())

    def deactivate(self) -> None:
        """It stands while it is not active."""

    def cleanup(self) -> None:
        """Let go of the service."""
        if self._reset_service is not None:
            self._shell.destroy_service(self._reset_service)
            self._reset_service = None

    def parameters_changed(self) -> None:
        """Nothing can change while it runs."""

    def _on_stamped(self, message: TwistStamped) -> None:
        self._on_twist(message.twist)

    def _on_twist(self, message: Twist) -> None:
        self._commands += 1
        self._base.command(time.monotonic(), Velocity(message.linear.x, message.angular.z))

    def _on_reset(self, request: Any, response: Trigger.Response) -> Trigger.Response:
        with self._shell.lock:
            self._base.reset(time.monotonic())
        response.success = True
        response.message = "back at the start"
        return response

    def _publish(self) -> None:
        if not self._shell.active:
            return
        self._base.advance(time.monotonic())
        pose, velocity = self._base.pose, self._base.velocity
        message = Odometry(child_frame_id="base_link")
        message.header.stamp = self._shell.get_clock().now().to_msg()
        message.header.frame_id = "odom"
        message.pose.pose.position.x = pose.x
        message.pose.pose.position.y = pose.y
        message.pose.pose.orientation.z = math.sin(pose.yaw / 2.0)
        message.pose.pose.orientation.w = math.cos(pose.yaw / 2.0)
        message.twist.twist.linear.x = velocity.forward
        message.twist.twist.angular.z = velocity.turn
        self._odometry.publish(message)

    def status(self, now: float) -> Status:
        """Report where it is."""
        topic = self._shell.resolve_topic_name(COMMANDS)
        pose = self._base.pose
        status = Status(
            values={
                "commands": self._commands,
                "x (m)": pose.x,
                "y (m)": pose.y,
                "yaw (rad)": pose.yaw,
            }
        )
        if others := other_types(self._shell, COMMANDS, self._kind):
            status.level = Level.ERROR
            status.message = (
                f"{topic[1:]}: is {others[0]} on this graph, but this base takes "
                f"{self._kind.value}: set parameter 'stamped', or remap"
            )
        return status
