# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semg_driver.recordings.time_breaks import time_breaks, without_outliers

RATE = 1000.0


@pytest.fixture
def times():
    return 1.7e9 + np.arange(10_000) / RATE


def test_even_stamps_have_no_break(times):
    assert time_breaks(times, RATE).size == 0


@pytest.mark.parametrize("jump", [0.2, 5.0, -0.2, -3600.0])
def test_a_lasting_jump_is_a_break(times, jump):
    times[4000:] += jump
    assert time_breaks(times, RATE).tolist() == [4000]


@pytest.mark.parametrize("jump", [0.05, -0.05])
def test_a_small_jump_is_no_break(times, jump):
    times[4000:] += jump
    assert time_breaks(times, RATE).size == 0


def test_a_wrong_stamp_is_no_break(times):
    times[4000] += 100.0
    times[5000:5003] = 0.0
    times[6000] = np.nan
    assert time_breaks(times, RATE).size == 0


@settings(max_examples=30, deadline=None)
@given(step=st.integers(2, 400), late=st.integers(0, 2**31))
def test_stamps_that_repeat_and_then_catch_up_are_no_breaks(step, late):
    rows = np.arange(10_000)
    stamps = (rows // step * step) / RATE + np.random.default_rng(late).normal(0, 0.01, rows.size)
    assert time_breaks(stamps, RATE).size == 0


def test_breaks_among_repeated_stamps_are_found():
    rows = np.arange(10_000)
    stamps = (rows // 150 * 150) / RATE
    stamps[6000:] += 2.0
    assert time_breaks(stamps, RATE).tolist() == [6000]


def test_two_breaks_close_together_are_both_found(times):
    times[4000:] += 2.0
    times[4300:] += 3.0
    assert time_breaks(times, RATE).tolist() == [4000, 4300]


@pytest.mark.parametrize("wrong", [0.0, 1e12, np.nan, -np.inf])
def test_single_wrong_stamps_are_those_before_them(times, wrong):
    stamps = times.copy()
    stamps[[1, 500, 8000]] = wrong
    expected = times.copy()
    expected[[1, 500, 8000]] = times[[0, 499, 7999]]
    np.testing.assert_array_equal(without_outliers(stamps), expected)


def test_stamps_in_order_stay_as_they_are(times):
    steps = np.repeat(times[::10], 10)
    np.testing.assert_array_equal(without_outliers(steps), steps)
