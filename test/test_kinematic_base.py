# SPDX-License-Identifier: Apache-2.0
"""The simulated base in a process of its own."""

import math
from pathlib import Path

import pytest
import rclpy
from ament_index_python.packages import get_package_prefix
from geometry_msgs.msg import Twist, TwistStamped
from nav_msgs.msg import Odometry
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.signals import SignalHandlerOptions
from std_srvs.srv import Trigger

from semg_node.stamps import to_nanoseconds
from test.processes import wait_until


class Controller:
    """Drives a base at the rate of its odometry."""

    def __init__(self, domain, kind):
        self.odometry = []
        self.command = (0.0, 0.0)
        self.kind = kind
        self.context = Context()
        rclpy.init(
            context=self.context, domain_id=domain, signal_handler_options=SignalHandlerOptions.NO
        )
        self.node = rclpy.create_node("controller", context=self.context)
        self.publisher = self.node.create_publisher(kind, "cmd_vel", 1)
        self.node.create_subscription(Odometry, "odom", self.on_odometry, 100)
        self.reset = self.node.create_client(Trigger, "reset")
        self.executor = SingleThreadedExecutor(context=self.context)
        self.executor.add_node(self.node)

    def on_odometry(self, message):
        self.odometry.append(message)
        command = self.kind()
        twist = command if self.kind is Twist else command.twist
        twist.linear.x, twist.angular.z = self.command
        self.publisher.publish(command)

    def until(self, condition, what):
        def looked():
            self.executor.spin_once(timeout_sec=0.02)
            return condition()

        wait_until(looked, 20.0, what)

    def close(self):
        self.executor.shutdown()
        rclpy.shutdown(context=self.context)


@pytest.fixture(params=[TwistStamped, Twist])
def controller(request, processes):
    made = Controller(processes.domain, request.param)
    executable = Path(get_package_prefix("semg_teleop"), "lib/semg_teleop/kinematic_base")
    stamped = str(request.param is TwistStamped).lower()
    processes.start(
        "base", executable, "--ros-args", "-p", f"stamped:={stamped}", "-p", "x:=1.0", "-p",
        "yaw:=1.5707963267948966",
    )  # fmt: skip
    yield made
    made.close()


def test_base_goes_where_it_is_told_to_and_back_to_its_start(controller):
    controller.until(lambda: controller.odometry, "odometry")
    first = controller.odometry[0]
    assert (first.header.frame_id, first.child_frame_id) == ("odom", "base_link")
    assert (first.pose.pose.position.x, first.pose.pose.position.y) == (1.0, 0.0)
    assert first.pose.pose.orientation.z == pytest.approx(math.sin(math.pi / 4))

    controller.command = (1.0, 0.0)
    controller.until(lambda: controller.odometry[-1].pose.pose.position.y > 0.2, "it to move")
    moving = controller.odometry[-1]
    assert moving.pose.pose.position.x == pytest.approx(1.0)
    assert moving.twist.twist.linear.x == 1.0

    controller.command = (0.0, 0.0)
    controller.until(lambda: not controller.odometry[-1].twist.twist.linear.x, "it to stop")
    done = controller.reset.call_async(Trigger.Request())
    controller.until(done.done, "its answer")
    assert done.result().success
    controller.until(lambda: controller.odometry[-1].pose.pose.position.y == 0.0, "the start")

    stamps = [to_nanoseconds(message.header.stamp) for message in controller.odometry]
    assert stamps == sorted(stamps)
