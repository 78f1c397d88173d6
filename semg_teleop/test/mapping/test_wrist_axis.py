# SPDX-License-Identifier: Apache-2.0
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semg_teleop.mapping.wrist_axis import WristAxis
from semg_teleop.profile.profile import Response, WristAngle


def axis(full=1.0, leak=0.0):
    return WristAxis(WristAngle(Response(full), leak))


@given(
    st.floats(0.1, 3.0),
    st.just(0.0) | st.floats(0.01, 100.0),
    st.lists(st.tuples(st.floats(-10.0, 10.0), st.floats(0.0, 1.0)), max_size=50),
)
def test_it_never_goes_beyond_its_stops(full, leak, moves):
    one = axis(full, leak)
    for travel, elapsed in moves:
        one.move(travel, elapsed)
        assert abs(one.angle) <= full


@given(st.lists(st.floats(-0.01, 0.01), max_size=50))
def test_without_a_leak_it_is_the_sum_of_travels(travels):
    one = axis()
    for travel in travels:
        one.move(travel, 0.01)
    assert one.angle == pytest.approx(math.fsum(travels), abs=1e-12)


def test_from_a_stop_it_comes_back_at_once():
    one = axis(full=0.5)
    one.move(3.0, 0.01)
    one.move(-0.1, 0.01)
    assert one.angle == pytest.approx(0.4)


def test_a_leak_returns_it_by_its_time_constant():
    one = axis(leak=2.0)
    one.move(0.8, 0.0)
    for _ in range(100):
        one.move(0.0, 0.02)
    assert one.angle == pytest.approx(0.8 / math.e)


@given(st.lists(st.floats(1e-4, 0.5), min_size=1, max_size=30), st.floats(-0.3, 0.3))
def test_however_time_is_cut_a_constant_velocity_settles_alike(cycles, velocity):
    one, leak = axis(leak=0.7), 0.7
    for elapsed in cycles:
        one.move(velocity * elapsed, elapsed)
    # The solution of angle' = velocity - angle / leak from 0.
    expected = velocity * leak * (1.0 - math.exp(-sum(cycles) / leak))
    assert one.angle == pytest.approx(expected, abs=1e-12)


def test_centring_makes_zero_of_where_it_is():
    one = axis()
    one.move(0.7, 0.01)
    one.centre()
    assert one.angle == 0.0
    one.move(0.1, 0.01)
    assert one.angle == pytest.approx(0.1)
