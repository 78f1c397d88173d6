# SPDX-License-Identifier: Apache-2.0
"""The law that made the errors is found again."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semg_bringup.scaling.power_law import fit_power_law

PEOPLE = np.array([1, 3, 10, 30, 100, 300])


def noisy(law, persons=30, spread=0.3, trainings=0.02, seed=1):
    """Errors of persons, each better or worse by a factor, with chance in each training."""
    rng = np.random.default_rng(seed)
    own = np.exp(spread * rng.standard_normal(persons) - spread**2 / 2)
    chance = np.exp(trainings * rng.standard_normal((len(law), 1)))
    return law[:, None] * chance * own


@settings(max_examples=10, deadline=None)
@given(st.floats(0.05, 1.0), st.floats(0.01, 100.0))
def test_exponent_and_factor_of_exact_errors_are_found(exponent, factor):
    errors = np.tile((factor * PEOPLE**-exponent)[:, None], 3)
    law = fit_power_law(PEOPLE, errors)
    assert law.exponent == pytest.approx(exponent, rel=1e-6)
    assert law.factor == pytest.approx(factor, rel=1e-6)
    assert law.floor == 0.0
    assert law.interval == pytest.approx((exponent, exponent), rel=1e-6)


def test_noise_leaves_the_exponent_and_needs_no_floor():
    law = fit_power_law(PEOPLE, noisy(0.5 * PEOPLE**-0.3))
    assert law.exponent == pytest.approx(0.3, abs=0.02)
    assert law.floor == 0.0


def test_a_floor_is_found_where_errors_stop_falling():
    law = fit_power_law(PEOPLE, noisy(10.0 * PEOPLE**-0.8 + 2.0))
    assert law.floor == pytest.approx(2.0, rel=0.2)
    assert law.exponent == pytest.approx(0.8, abs=0.1)
    assert law(np.array([1e9]))[0] == pytest.approx(law.floor, rel=1e-3)


def test_three_numbers_are_too_few_for_a_floor():
    assert fit_power_law([1, 10, 100], noisy(10.0 * np.array([1, 0.1, 0.01]) + 2.0)).floor == 0.0


def test_the_interval_is_wider_for_persons_who_gain_differently():
    rng = np.random.default_rng(2)
    each = rng.uniform(0.1, 0.5, 12)
    law = fit_power_law(PEOPLE, PEOPLE[:, None] ** -each)
    low, high = law.interval
    assert low < law.exponent < high
    assert high - low > 0.03


def test_what_is_no_number_and_no_error_at_all_is_left_out():
    errors = np.tile((0.5 * PEOPLE**-0.3)[:, None], 4)
    errors[0, :2] = np.nan
    errors[-1] = 0.0
    assert fit_power_law(PEOPLE, errors).exponent == pytest.approx(0.3)


def test_one_number_of_people_has_no_law():
    with pytest.raises(ValueError, match="two numbers of people"):
        fit_power_law([1, 3], [[0.5, 0.4], [0.0, 0.0]])
