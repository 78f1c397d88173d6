# SPDX-License-Identifier: Apache-2.0
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from semg_decoders.signal.high_pass import HighPass


def test_equals_scipy_primed_with_the_first_sample(emg):
    sections = signal.butter(4, 40.0, "highpass", fs=2000.0, output="sos")
    state = signal.sosfilt_zi(sections)[:, :, np.newaxis] * emg[0].astype(float)
    expected, _ = signal.sosfilt(sections, emg.astype(float), axis=0, zi=state)
    np.testing.assert_array_equal(HighPass(4).push(emg), expected)


@settings(max_examples=30, deadline=None)
@given(cuts=st.lists(st.integers(0, 1200), max_size=12))
def test_any_cut_gives_the_same_samples(emg, cuts):
    whole = HighPass(4).push(emg)
    edges = [0, *sorted(cuts), len(emg)]
    filter_ = HighPass(4)
    pieces = [filter_.push(emg[a:b]) for a, b in pairwise(edges)]
    np.testing.assert_array_equal(np.concatenate(pieces), whole)


def test_an_offset_makes_no_step():
    assert np.abs(HighPass(2).push(np.full((400, 2), 0.3))).max() < 1e-12


@pytest.mark.parametrize("frequency", [10.0, 40.0, 60.0, 200.0])
def test_gain_is_that_of_a_fourth_order_butterworth(frequency):
    time = np.arange(4000) / 2000.0
    filtered = HighPass(1).push(np.sin(2 * np.pi * frequency * time)[:, np.newaxis])
    settled = filtered[2000:, 0]
    ratio = np.tan(np.pi * 40.0 / 2000.0) / np.tan(np.pi * frequency / 2000.0)
    expected = 1 / np.sqrt(1 + ratio**8)
    assert np.sqrt(2 * np.mean(settled**2)) == pytest.approx(expected, rel=1e-6)


def test_reset_primes_anew(emg):
    filter_ = HighPass(4)
    first = filter_.push(emg)
    filter_.reset()
    np.testing.assert_array_equal(filter_.push(emg), first)


def test_an_empty_block_changes_nothing(emg):
    filter_ = HighPass(4)
    assert filter_.push(emg[:0]).shape == (0, 4)
    np.testing.assert_array_equal(filter_.push(emg), HighPass(4).push(emg))
