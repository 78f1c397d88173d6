# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from scipy.signal import find_peaks

from semg_driver.simulation.trajectory import (
    LIMIT,
    joined,
    pursuit,
    reach,
    rhythm,
    still,
    targets,
)


def assert_velocity_is_the_derivative(movement, start):
    angle = np.concatenate([[start], movement.angle])
    middle = (movement.velocity[1:] + movement.velocity[:-1]) / 2
    np.testing.assert_allclose(np.diff(angle)[1:] * 2000.0, middle, atol=1e-3)


def test_reach_ends_where_asked_at_rest():
    movement = reach(0.2, -0.5, 0.6)
    assert movement.angle.size == 1200
    assert movement.angle[-1] == pytest.approx(-0.5)
    assert movement.velocity[-1] == pytest.approx(0.0)
    assert_velocity_is_the_derivative(movement, 0.2)


def test_reach_peaks_at_fifteen_eighths_of_its_mean_speed():
    movement = reach(0.0, 1.0, 0.5)
    assert movement.velocity.max() == pytest.approx(1.875 / 0.5, rel=1e-4)


@pytest.mark.parametrize("make", [pursuit, targets])
@pytest.mark.parametrize("seed", range(5))
def test_movements_stay_inside_the_limit_and_are_fast_enough(make, seed):
    movement = make(0.3, 20.0, np.random.default_rng(seed))
    assert np.abs(movement.angle).max() <= LIMIT + 1e-9
    assert 30.0 <= np.rad2deg(np.abs(movement.velocity).mean()) <= 80.0
    assert movement.velocity[-1] == pytest.approx(0.0, abs=1e-6)
    assert_velocity_is_the_derivative(movement, 0.3)


def test_pursuit_comes_back_to_the_middle():
    movement = pursuit(-0.4, 7.0, np.random.default_rng(3))
    assert movement.angle.size == 14000
    assert movement.angle[-1] == pytest.approx(0.0, abs=1e-9)


def test_joined_movements_follow_each_other():
    movement = joined([still(0.1, 0.5), reach(0.1, 0.4, 0.5)])
    assert movement.angle.size == movement.velocity.size == 2000
    assert_velocity_is_the_derivative(movement, 0.1)


def test_a_rhythm_swings_about_its_middle_and_comes_to_rest_there():
    movement = rhythm(0.3, 4.0, 2.5, 0.1)
    assert movement.angle.size == 8000
    assert movement.angle[-1] == pytest.approx(0.3, abs=1e-6)
    assert movement.velocity[-1] == pytest.approx(0.0, abs=1e-3)
    assert np.ptp(movement.angle) == pytest.approx(0.2, rel=0.01)
    assert find_peaks(movement.angle)[0].size == find_peaks(-movement.angle)[0].size == 10
    assert_velocity_is_the_derivative(movement, 0.3)
