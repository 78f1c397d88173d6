# SPDX-License-Identifier: Apache-2.0
"""Publishing with real rclpy, seen by another node on the graph."""

import itertools

import pytest

pytest.importorskip("rclpy")
import rclpy
from builtin_interfaces.msg import Time
from geometry_msgs.msg import Twist, TwistStamped
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.lifecycle import LifecycleNode
from rclpy.qos import DurabilityPolicy, ReliabilityPolicy
from std_msgs.msg import Header, String

from semg_teleop.outputs.publisher import OutputPublisher
from semg_teleop.profile.profile import TWIST_COMPONENTS, Output, OutputKind

BASE = Output("base", OutputKind.TWIST_STAMPED, "cmd_vel", "base_link", TWIST_COMPONENTS)
UNSTAMPED = Output("base", OutputKind.TWIST, "cmd_vel", "", TWIST_COMPONENTS)
NOTES = Output("notes", OutputKind.TEXT, "text")
FORWARD = (0.25, 0.0, 0.0, 0.0, 0.0, 0.0)


class Ros:
    numbers = itertools.count()

    def __init__(self, context):
        self.context = context
        self.namespace = f"/outputs{next(self.numbers)}"
        self.executor = SingleThreadedExecutor(context=context)
        self.teleop = LifecycleNode("teleop", context=context, namespace=self.namespace)
        self.executor.add_node(self.teleop)
        self.robot = self.node("robot")

    def node(self, name):
        node = rclpy.create_node(name, context=self.context, namespace=self.namespace)
        self.executor.add_node(node)
        return node

    def until(self, holds, seconds=20.0):
        deadline = self.robot.get_clock().now().nanoseconds + seconds * 1e9
        while not holds():
            assert self.robot.get_clock().now().nanoseconds < deadline, "not in time"
            self.executor.spin_once(timeout_sec=0.02)


@pytest.fixture
def context():
    made = Context()
    rclpy.init(context=made)
    yield made
    rclpy.shutdown(context=made)


@pytest.fixture
def elsewhere():
    """A participant of its own: within one, a topic cannot have two types."""
    made = Context()
    rclpy.init(context=made)
    yield made
    rclpy.shutdown(context=made)


@pytest.fixture
def ros(context):
    made = Ros(context)
    yield made
    made.executor.shutdown()


def test_commands_come_from_a_node_that_is_not_active(ros):
    heard = []
    ros.robot.create_subscription(TwistStamped, "cmd_vel", heard.append, 1)
    publisher = OutputPublisher(ros.teleop, BASE)
    ros.until(publisher.subscribers)
    publisher.publish(FORWARD, Time(sec=3))
    ros.until(lambda: heard)
    assert heard[0].twist.linear.x == 0.25
    assert heard[0].header == Header(stamp=Time(sec=3), frame_id="base_link")


def test_commands_are_reliable_and_not_kept_for_who_comes_later(ros):
    publisher = OutputPublisher(ros.teleop, BASE)
    ros.until(publisher.publishers)
    (end,) = ros.teleop.get_publishers_info_by_topic(f"{ros.namespace}/cmd_vel")
    assert publisher.topic == f"{ros.namespace}/cmd_vel"
    assert end.qos_profile.reliability == ReliabilityPolicy.RELIABLE
    assert end.qos_profile.durability == DurabilityPolicy.VOLATILE


def test_texts_that_follow_each_other_all_come(ros):
    heard = []
    ros.robot.create_subscription(String, "text", lambda message: heard.append(message.data), 50)
    publisher = OutputPublisher(ros.teleop, NOTES)
    ros.until(publisher.subscribers)
    for text in "hello":
        publisher.publish_text(text)
    ros.until(lambda: len(heard) == 5)
    assert "".join(heard) == "hello"


def test_alone_on_its_topic_nothing_is_in_the_way(ros):
    publisher = OutputPublisher(ros.teleop, BASE)
    ros.robot.create_subscription(TwistStamped, "cmd_vel", lambda message: None, 1)
    ros.until(publisher.subscribers)
    assert publisher.publishers() == 1
    assert publisher.obstacles() == []


def test_second_publisher_is_named(ros):
    publisher = OutputPublisher(ros.teleop, BASE)
    ros.node("joystick").create_publisher(TwistStamped, "cmd_vel", 1)
    ros.until(lambda: publisher.publishers() == 2)
    space = ros.namespace
    assert publisher.obstacles() == [
        f"2 publishers on {space}/cmd_vel ({space}/joystick, {space}/teleop): "
        "only this one may send commands, stop the others"
    ]


@pytest.mark.parametrize(
    ("output", "other", "profile"),
    [(BASE, Twist, "mobile_base_unstamped"), (UNSTAMPED, TwistStamped, "mobile_base")],
)
def test_robot_that_takes_another_type_is_told_with_the_profile_to_choose(
    ros, elsewhere, output, other, profile
):
    publisher = OutputPublisher(ros.teleop, output)
    robot = rclpy.create_node("base", context=elsewhere, namespace=ros.namespace)
    robot.create_subscription(other, "cmd_vel", lambda message: None, 1)
    ros.until(publisher.obstacles)
    assert publisher.obstacles() == [
        f"{ros.namespace[1:]}/cmd_vel: is geometry_msgs/msg/{other.__name__} on this graph, "
        f"but the profile sends {output.kind.value}: choose profile {profile}, or remap"
    ]


def test_texts_and_vectors_are_not_mistaken_for_each_other(ros):
    with pytest.raises(TypeError, match="output 'notes' takes text"):
        OutputPublisher(ros.teleop, NOTES).publish(FORWARD, Time())
    with pytest.raises(TypeError, match="output 'base' does not take text"):
        OutputPublisher(ros.teleop, BASE).publish_text("a")
