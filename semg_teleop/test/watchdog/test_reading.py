# SPDX-License-Identifier: Apache-2.0
"""Commands and the zeros that stop them, by the fields of their messages."""

import math
from types import SimpleNamespace

import pytest

pytest.importorskip("geometry_msgs.msg")
from builtin_interfaces.msg import Time
from geometry_msgs.msg import Twist, TwistStamped
from sensor_msgs.msg import Joy
from std_msgs.msg import Header

from semg_teleop.profile.profile import OutputKind
from semg_teleop.watchdog.reading import READINGS, is_finite, is_zero, zero_of

STAMP = Time(sec=9)
TWIST = READINGS[OutputKind.TWIST]
TWIST_STAMPED = READINGS[OutputKind.TWIST_STAMPED]
JOINT_JOG = READINGS[OutputKind.JOINT_JOG]
JOY = READINGS[OutputKind.JOY]


def jog(**fields):
    """Make a message with the fields of a ``control_msgs/JointJog``."""
    empty = {"joint_names": [], "displacements": [], "velocities": [], "duration": 0.0}
    return SimpleNamespace(header=Header(), **{**empty, **fields})


@pytest.mark.parametrize("part", ["linear", "angular"])
@pytest.mark.parametrize("axis", ["x", "y", "z"])
def test_every_component_of_a_twist_counts(part, axis):
    for value in (1e-300, -0.5, math.inf):
        message, stamped = Twist(), TwistStamped()
        setattr(getattr(message, part), axis, value)
        setattr(getattr(stamped.twist, part), axis, value)
        assert not is_zero(TWIST.numbers(message))
        assert not is_zero(TWIST_STAMPED.numbers(stamped))
        assert is_finite(TWIST.numbers(message)) == math.isfinite(value)


def test_untouched_messages_are_zero():
    assert is_zero(TWIST.numbers(Twist()))
    assert is_zero(TWIST_STAMPED.numbers(TwistStamped()))
    assert is_zero(JOY.numbers(Joy(axes=[0.0, -0.0], buttons=[0])))
    assert is_zero(JOINT_JOG.numbers(jog(velocities=[0.0], duration=0.1)))


def test_nan_is_not_zero():
    message = Twist()
    message.angular.z = math.nan
    assert not is_zero(TWIST.numbers(message))
    assert not is_finite(TWIST.numbers(message))


@pytest.mark.parametrize("joy", [Joy(axes=[0.0, 0.1]), Joy(axes=[0.0], buttons=[0, 1])])
def test_axes_and_buttons_count(joy):
    assert not is_zero(JOY.numbers(joy))


@pytest.mark.parametrize("field", ["velocities", "displacements"])
def test_velocities_and_displacements_of_joints_count(field):
    assert not is_zero(JOINT_JOG.numbers(jog(**{field: [0.0, 0.2]})))


@pytest.mark.parametrize("duration", [math.nan, math.inf])
def test_duration_has_to_be_finite(duration):
    assert not is_finite(JOINT_JOG.numbers(jog(velocities=[0.0], duration=duration)))


def test_zero_of_a_twist_needs_no_command_before_it():
    assert zero_of(TWIST, Twist, None, STAMP) == Twist()
    assert zero_of(TWIST_STAMPED, TwistStamped, None, STAMP).header.stamp == STAMP


def test_zero_of_a_stamped_twist_is_for_the_same_frame():
    last = TwistStamped(header=Header(stamp=Time(sec=1), frame_id="base_link"))
    last.twist.linear.x = 1.0
    assert zero_of(TWIST_STAMPED, TwistStamped, last, STAMP) == TwistStamped(
        header=Header(stamp=STAMP, frame_id="base_link")
    )


def test_zero_of_a_joy_has_as_many_axes_and_buttons():
    assert zero_of(JOY, Joy, None, STAMP) is None
    zero = zero_of(JOY, Joy, Joy(axes=[1.0, 0.5], buttons=[1]), STAMP)
    assert (list(zero.axes), list(zero.buttons), zero.header.stamp) == ([0.0, 0.0], [0], STAMP)


def test_zero_of_a_jog_is_for_the_same_joints():
    last = jog(joint_names=["a", "b"], velocities=[1.0, math.nan], duration=math.nan)
    zero = zero_of(JOINT_JOG, jog, last, STAMP)
    assert (zero.joint_names, zero.velocities) == (["a", "b"], [0.0, 0.0])
    assert (zero.displacements, zero.duration, zero.header.stamp) == ([], 0.0, STAMP)
    assert zero_of(JOINT_JOG, jog, None, STAMP) is None
