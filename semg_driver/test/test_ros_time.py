# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import time
from itertools import pairwise

import pytest
from rclpy.clock import ROSClock
from rclpy.duration import Duration
from rclpy.time import Time

from semg_driver.ros_time import SteadyToRos

SECOND = 1_000_000_000


class Simulated:
    """The clock of a node with use_sim_time, set as a message on /clock sets it."""

    def __init__(self):
        self.clock = ROSClock()
        self.clock._set_ros_time_is_active(True)

    def tick(self, seconds):
        self.clock.set_ros_time_override(Time(seconds=seconds, clock_type=self.clock.clock_type))


@pytest.fixture
def simulated():
    return Simulated()


@pytest.fixture
def warnings():
    return []


def test_system_time_is_met_to_a_millisecond(warnings):
    to_ros = SteadyToRos(ROSClock(), warnings.append)
    assert abs(to_ros(time.monotonic()) - time.time_ns()) < SECOND // 1000
    assert warnings == []


class SetBySomebody:
    """The system's clock, which is set while it is in use."""

    ros_time_is_active = False

    def __init__(self):
        self._clock = ROSClock()
        self.offset = Duration()

    def now(self):
        return self._clock.now() + self.offset


@pytest.mark.parametrize("seconds", [0.5, -0.5])
def test_stamps_follow_a_system_clock_that_is_set(seconds, warnings):
    clock = SetBySomebody()
    to_ros = SteadyToRos(clock, warnings.append)
    clock.offset = Duration(seconds=seconds)
    end = time.monotonic() + 30.0
    while abs(to_ros(time.monotonic()) - clock.now().nanoseconds) > SECOND // 1000:
        assert time.monotonic() < end
    assert warnings == []


def test_stamps_stay_even_while_simulated_time_stands_still(simulated, warnings):
    simulated.tick(100)
    to_ros = SteadyToRos(simulated.clock, warnings.append)
    start = time.monotonic()
    stamps = []
    while time.monotonic() < start + 0.05:
        stamps.append(to_ros(start + 0.01 * len(stamps)))
    assert len(stamps) > 2
    steps = [later - earlier for earlier, later in pairwise(stamps)]
    assert steps == pytest.approx([SECOND // 100] * len(steps), abs=10)


def test_stamps_follow_simulated_time_when_it_moves_on(simulated, warnings):
    simulated.tick(100)
    to_ros = SteadyToRos(simulated.clock, warnings.append)
    to_ros(time.monotonic())
    simulated.tick(500)
    assert to_ros(time.monotonic()) == pytest.approx(500 * SECOND, abs=SECOND // 10)
    assert warnings == []


def test_stamps_are_of_system_time_until_simulated_time_begins(simulated, warnings):
    to_ros = SteadyToRos(simulated.clock, warnings.append)
    for _ in range(3):
        assert abs(to_ros(time.monotonic()) - time.time_ns()) < SECOND // 1000
    assert len(warnings) == 1
    assert "/clock" in warnings[0]
    simulated.tick(7)
    assert to_ros(time.monotonic()) == pytest.approx(7 * SECOND, abs=SECOND // 10)
