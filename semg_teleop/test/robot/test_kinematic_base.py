# SPDX-License-Identifier: Apache-2.0
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from semg_teleop.robot.kinematic_base import BaseSettings, Pose, Unicycle, Velocity, along_arc

START = Pose(1.0, -2.0, 0.5)
FOREVER = BaseSettings(command_timeout=0.0)
speeds = st.floats(-2.0, 2.0)


def integrate(velocity, duration, start=(0.0, 0.0, 0.0), most=np.inf):
    """Solve the unicycle's equations; `velocity` gives forward and turn at a time."""

    def slope(time, state):
        forward, turn = velocity(time)
        return forward * np.cos(state[2]), forward * np.sin(state[2]), turn

    return solve_ivp(
        slope, (0.0, duration), start, rtol=1e-10, atol=1e-12, max_step=most, method="DOP853"
    ).y[:, -1]


def agree(pose, state, **tolerance):
    assert (pose.x, pose.y) == pytest.approx((state[0], state[1]), **tolerance)
    assert math.remainder(pose.yaw - state[2], math.tau) == pytest.approx(0.0, abs=1e-8)


def test_a_quarter_of_a_circle_ends_one_radius_ahead_and_one_aside():
    pose = along_arc(Pose(0.0, 0.0, 0.0), Velocity(1.0, 0.5), math.pi)
    assert (pose.x, pose.y, pose.yaw) == pytest.approx((2.0, 2.0, math.pi / 2))


def test_a_whole_circle_ends_where_it_began():
    pose = along_arc(START, Velocity(0.7, -1.0), math.tau)
    assert (pose.x, pose.y, pose.yaw) == pytest.approx((START.x, START.y, START.yaw))


def test_straight_ahead_is_straight():
    pose = along_arc(START, Velocity(2.0, 0.0), 3.0)
    assert pose.x == pytest.approx(1.0 + 6.0 * math.cos(0.5))
    assert pose.y == pytest.approx(-2.0 + 6.0 * math.sin(0.5))


@given(speeds, speeds, st.floats(0.0, 10.0))
def test_arc_solves_the_equations_of_a_unicycle(forward, turn, duration):
    state = integrate(lambda time: (forward, turn), duration, (START.x, START.y, START.yaw))
    agree(along_arc(START, Velocity(forward, turn), duration), state, abs=1e-7)


@given(speeds, st.floats(-3e-4, 3e-4))
def test_small_turns_are_as_exact_as_large_ones(forward, turn):
    pose = along_arc(Pose(0.0, 0.0, 0.0), Velocity(forward, turn), 1.0)
    # Half-angle form of the closed solution, without a division by a small difference.
    assert pose.y == pytest.approx(
        forward * math.sin(turn / 2) ** 2 * 2 / turn if turn else 0.0, rel=1e-12, abs=1e-18
    )


@given(
    st.lists(st.tuples(speeds, speeds, st.floats(0.001, 0.5)), min_size=1, max_size=8),
    st.integers(1, 7),
)
def test_way_does_not_depend_on_when_it_is_asked_for(commands, looks):
    often, seldom = Unicycle(FOREVER, 0.0), Unicycle(FOREVER, 0.0)
    now = 0.0
    for forward, turn, duration in commands:
        for base in (often, seldom):
            base.command(now, Velocity(forward, turn))
        for look in range(looks):
            often.advance(now + duration * look / looks)
        now += duration
    often.advance(now)
    seldom.advance(now)
    agree(often.pose, (seldom.pose.x, seldom.pose.y, seldom.pose.yaw), abs=1e-9)


def test_silence_stops_it_after_the_timeout_to_the_millimetre():
    base = Unicycle(BaseSettings(command_timeout=0.5), 0.0)
    base.command(0.0, Velocity(1.0, 0.0))
    base.advance(10.0)
    assert base.pose.x == pytest.approx(0.5)
    assert base.velocity == Velocity()


def test_commands_in_time_keep_it_going():
    base = Unicycle(BaseSettings(command_timeout=0.5), 0.0)
    for tenth in range(100):
        base.command(tenth / 10, Velocity(1.0, 0.0))
    base.advance(10.0)
    assert base.pose.x == pytest.approx(10.0)


def test_lag_follows_its_step_response():
    base = Unicycle(BaseSettings(time_constant=0.2, command_timeout=0.0), 0.0)
    base.command(0.0, Velocity(1.0, 0.0))
    base.advance(0.2)
    assert base.velocity.forward == pytest.approx(1.0 - math.exp(-1.0))
    assert base.pose.x == pytest.approx(0.2 * math.exp(-1.0))


def test_lag_turns_as_the_equations_say():
    base = Unicycle(BaseSettings(time_constant=0.3, command_timeout=0.0), 0.0)
    base.command(0.0, Velocity(1.0, 2.0))
    for step in range(1, 201):
        base.advance(0.01 * step)

    def velocity(time):
        share = 1.0 - math.exp(-time / 0.3)
        return 1.0 * share, 2.0 * share

    agree(base.pose, integrate(velocity, 2.0), abs=2e-5)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_command_that_is_not_finite_stops_it(bad):
    base = Unicycle(FOREVER, 0.0)
    base.command(0.0, Velocity(1.0, 0.0))
    base.command(1.0, Velocity(bad, 0.0))
    base.command(2.0, Velocity(0.0, bad))
    base.advance(3.0)
    assert base.pose == Pose(pytest.approx(1.0), 0.0, 0.0)


def test_reset_puts_it_back_at_rest():
    base = Unicycle(BaseSettings(x=1.0, y=-2.0, yaw=0.5), 0.0)
    base.command(0.0, Velocity(1.0, 1.0))
    base.advance(0.3)
    base.reset(0.3)
    base.advance(1.0)
    assert base.pose == START
    assert base.velocity == Velocity()
