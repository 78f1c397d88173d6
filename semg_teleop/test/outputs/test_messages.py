# SPDX-License-Identifier: Apache-2.0
"""Messages by the definitions of the installed message packages."""

import sys
from types import ModuleType, SimpleNamespace

import pytest

pytest.importorskip("geometry_msgs.msg")
from builtin_interfaces.msg import Time
from geometry_msgs.msg import Twist, TwistStamped
from sensor_msgs.msg import Joy
from std_msgs.msg import Header

from semg_node.component import Refused
from semg_teleop.outputs.messages import builder
from semg_teleop.profile.profile import TWIST_COMPONENTS, Output, OutputKind

STAMP = Time(sec=7, nanosec=5)
VECTOR = (0.1, -0.2, 0.3, -0.4, 0.5, -0.6)


def vectors(twist):
    linear, angular = twist.linear, twist.angular
    return linear.x, linear.y, linear.z, angular.x, angular.y, angular.z


def joy(*components):
    return builder(Output("pad", OutputKind.JOY, "joy", "wrist", components))


@pytest.fixture
def control_msgs(monkeypatch):
    """Stands in for the package, by its definition of a JointJog."""

    class JointJog(SimpleNamespace):
        def __init__(self, **fields):
            super().__init__(header=Header(), displacements=[], duration=0.0, **fields)

    package = ModuleType("control_msgs")
    package.msg = ModuleType("control_msgs.msg")
    package.msg.JointJog = JointJog
    monkeypatch.setitem(sys.modules, "control_msgs", package)
    monkeypatch.setitem(sys.modules, "control_msgs.msg", package.msg)


def test_twist_has_the_components_in_order():
    message = builder(Output("base", OutputKind.TWIST, "cmd_vel", "", TWIST_COMPONENTS))(
        VECTOR, STAMP
    )
    assert type(message) is Twist
    assert vectors(message) == VECTOR


def test_twist_stamped_has_frame_and_stamp_too():
    output = Output("base", OutputKind.TWIST_STAMPED, "cmd_vel", "base_link", TWIST_COMPONENTS)
    message = builder(output)(VECTOR, STAMP)
    assert type(message) is TwistStamped
    assert (message.header.frame_id, message.header.stamp) == ("base_link", STAMP)
    assert vectors(message.twist) == VECTOR


def test_joy_presses_a_button_from_one_half_on():
    message = joy("axes.0", "buttons.0", "buttons.1", "buttons.2")((0.7, 0.49, 0.5, 1.0), STAMP)
    assert type(message) is Joy
    assert list(message.axes) == pytest.approx([0.7])
    assert list(message.buttons) == [0, 1, 1]
    assert (message.header.frame_id, message.header.stamp) == ("wrist", STAMP)


def test_joy_puts_components_where_their_index_says_and_zero_between():
    message = joy("buttons.3", "axes.2", "axes.0")((1.0, -0.5, 0.25), STAMP)
    assert list(message.axes) == pytest.approx([0.25, 0.0, -0.5])
    assert list(message.buttons) == [0, 0, 0, 1]


def test_joint_jog_has_velocities_and_no_displacements(control_msgs):
    output = Output("arm", OutputKind.JOINT_JOG, "delta", "base", ("shoulder", "elbow"))
    message = builder(output)((0.5, -0.5), STAMP)
    assert (message.joint_names, message.velocities) == (["shoulder", "elbow"], [0.5, -0.5])
    assert (message.displacements, message.duration) == ([], 0.0)
    assert (message.header.frame_id, message.header.stamp) == ("base", STAMP)


def test_missing_package_is_refused_in_one_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "control_msgs.msg", None)
    monkeypatch.setenv("ROS_DISTRO", "jazzy")
    with pytest.raises(Refused) as refusal:
        builder(Output("arm", OutputKind.JOINT_JOG, "delta", "", ("elbow",)))
    assert str(refusal.value) == (
        "output 'arm' needs package control_msgs, which is not installed: "
        "sudo apt install ros-jazzy-control-msgs, or choose another profile"
    )


def test_text_has_no_vector():
    with pytest.raises(ValueError, match="output 'notes' is text"):
        builder(Output("notes", OutputKind.TEXT, "text"))
