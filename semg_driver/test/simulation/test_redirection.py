# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from semg_driver.simulation.redirection import WristState, redirected
from semg_driver.simulation.trajectory import LIMIT, reach

ANGLES = st.floats(-LIMIT, LIMIT)
TURNS = st.lists(
    st.tuples(ANGLES, st.floats(0.0, 2.0), st.integers(0, 3000)), min_size=1, max_size=6
)


def followed(turns):
    """Angle, velocity and acceleration over time, from rest at 0 through all turns."""
    state, pieces = WristState(0.0), []
    for target, duration, samples in turns:
        way = redirected(state, target, duration)
        pieces.append(np.array(way.at((np.arange(samples) + 1.0) / 2000.0)))
        state = way.state(samples)
    return np.concatenate(pieces, axis=1), way


@given(TURNS)
def test_angle_and_velocity_are_continuous_through_every_turn(turns):
    (angle, velocity, acceleration), _ = followed(turns)
    assert np.abs(angle).max(initial=0.0) <= LIMIT + 1e-5
    step = np.abs(np.diff(angle))
    assert (step <= 0.5e-3 * (np.abs(velocity[1:]) + np.abs(velocity[:-1])) + 2e-3).all()
    # No faster than what stops and starts within half the time it takes to notice.
    assert np.abs(velocity).max(initial=0.0) < 40.0
    jump = np.abs(np.diff(velocity)) * 2000.0
    largest = np.maximum(np.abs(acceleration[1:]), np.abs(acceleration[:-1]))
    assert (jump <= 1.2 * largest + 300.0).all()


@given(TURNS)
def test_the_last_target_is_met_in_time_and_at_rest(turns):
    _, way = followed(turns)
    angle, velocity, acceleration = way.at(np.array([way.duration, way.duration + 5.0]))
    np.testing.assert_allclose(angle, turns[-1][0], atol=1e-9)
    np.testing.assert_allclose([velocity, acceleration], 0.0, atol=1e-7)


def test_velocity_and_acceleration_are_the_derivatives_of_a_reach_in_movement():
    way = redirected(WristState(0.3, -1.2, 9.0), 0.6, 0.7)
    time = np.arange(0.0, 0.9, 1e-5)
    angle, velocity, acceleration = way.at(time)
    np.testing.assert_allclose(np.gradient(angle, time)[1:-1], velocity[1:-1], atol=1e-4)
    np.testing.assert_allclose(np.gradient(velocity, time)[1:-1], acceleration[1:-1], atol=2e-2)
    assert (angle[0], velocity[0], acceleration[0]) == pytest.approx((0.3, -1.2, 9.0))


def test_a_reach_from_rest_is_the_one_of_the_other_scripts():
    found = redirected(WristState(0.2), -0.5, 0.6).movement(0, 1200)
    np.testing.assert_allclose(found.angle, reach(0.2, -0.5, 0.6).angle, atol=1e-12)
    np.testing.assert_allclose(found.velocity, reach(0.2, -0.5, 0.6).velocity, atol=1e-12)


@pytest.mark.parametrize(("way", "peak"), [(0.9, 1.5), (0.1, 0.625)])
def test_the_usual_movement_is_unhurried(way, peak):
    found = redirected(WristState(0.0), way)
    assert found.movement(0, 4000).velocity.max() == pytest.approx(peak, rel=1e-3)


def test_nobody_moves_faster_than_a_hand_can():
    found = redirected(WristState(-1.0), 1.0, 0.01)
    assert np.abs(found.movement(0, 4000).velocity).max() == pytest.approx(10.0, rel=1e-3)


def test_a_target_out_of_reach_is_met_at_the_limit():
    assert redirected(WristState(0.0), 2.0).state(10000).angle == pytest.approx(LIMIT)
