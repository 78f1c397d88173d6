# SPDX-License-Identifier: Apache-2.0
import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from semg_decoders.signal.resampler import Resampler

RATES = [200.0, 250.0, 500.0, 1000.0, 1024.0, 1500.0, 1925.925926, 2048.0, 4000.0, 5120.0, 30000.0]


def in_pieces(resampler, emg, first_sample, edges):
    outputs, first = [], None
    for begin, end in pairwise(edges):
        block, index = resampler.push(emg[begin:end], first_sample + begin)
        if end > begin and first is None:
            first = index
        outputs.append(block)
    return np.concatenate(outputs), first


@settings(max_examples=60, deadline=None)
@given(
    rate=st.sampled_from(RATES),
    start=st.integers(0, 10**6),
    cuts=st.lists(st.integers(0, 1200), max_size=12),
)
def test_any_cut_gives_the_same_samples(emg, rate, start, cuts):
    whole, first = Resampler(4, rate).push(emg, start)
    edges = [0, *sorted(cuts), len(emg)]
    pieces, piece_first = in_pieces(Resampler(4, rate), emg, start, edges)
    np.testing.assert_array_equal(pieces, whole)
    assert piece_first == first


def test_single_samples_give_the_same_as_the_whole(emg):
    whole, _ = Resampler(4, 1500.0).push(emg[:200], 5)
    pieces, _ = in_pieces(Resampler(4, 1500.0), emg[:200], 5, list(range(201)))
    np.testing.assert_array_equal(pieces, whole)


@pytest.mark.parametrize(("rate", "up", "down"), [(1000, 2, 1), (1500, 4, 3), (5000, 2, 5)])
def test_agrees_with_scipy_away_from_the_ends(emg, rate, up, down):
    expected = signal.resample_poly(emg.astype(float), up, down, window=("kaiser", 5.0))
    ours, first = Resampler(4, rate).push(emg, 0)
    assert first == 0
    inner = slice(100, len(ours) - 100)
    spread = expected[inner].std()
    # scipy scales the kernel as a whole, we scale each of its phases.
    assert np.abs(ours - expected[: len(ours)])[inner].max() < 0.02 * spread


@pytest.mark.parametrize("rate", RATES[1:])
@pytest.mark.parametrize("start", [0, 1, 777])
def test_a_sine_comes_out_at_its_own_time(rate, start):
    frequency = 50.0
    time = np.arange(start, start + round(rate)) / rate
    ours, first = Resampler(1, rate).push(np.sin(2 * np.pi * frequency * time)[:, None], start)
    ratio = Fraction(2000.0) / Fraction(rate)
    expected = np.sin(2 * np.pi * frequency * np.arange(first, first + len(ours)) / 2000.0)
    settled = math.ceil(12 * max(1, ratio)) + 1
    assert np.abs(ours[settled:, 0] - expected[settled:]).max() < 0.01


@given(rate=st.integers(100, 20000), start=st.integers(0, 10**9))
@settings(deadline=None)
def test_the_first_output_is_the_first_one_not_before_the_first_input(rate, start):
    resampler = Resampler(1, float(rate))
    first = resampler.first_output(start)
    assert first == math.ceil(start * resampler.ratio)
    if resampler.ratio == Fraction(2000, rate):
        assert Fraction(first, 2000) >= Fraction(start, rate) > Fraction(first - 1, 2000)


@pytest.mark.parametrize("rate", RATES)
def test_a_constant_comes_out_unchanged_from_the_first_sample_on(rate):
    ours, _ = Resampler(2, rate).push(np.full((1000, 2), 0.25), 3)
    assert len(ours) > 0
    np.testing.assert_allclose(ours, 0.25, rtol=1e-13)


def test_what_lies_above_the_new_nyquist_frequency_is_removed():
    time = np.arange(8000) / 8000.0
    ours, _ = Resampler(1, 8000.0).push(np.sin(2 * np.pi * 1900 * time)[:, None], 0)
    assert np.abs(ours[100:]).max() < 0.01


def test_an_output_comes_as_soon_as_its_last_input_is_there():
    resampler = Resampler(1, 1000.0)
    last_known = -1
    for index in range(100):
        outputs, first = resampler.push(np.zeros((1, 1)), index)
        last_known = first + len(outputs) - 1
        assert last_known < 0 or resampler.inputs_used(last_known)[1] <= index
        assert resampler.inputs_used(last_known + 1)[1] > index
    assert (99 - last_known / 2) / 1000 <= resampler.delay


def test_no_output_uses_more_than_it_says(emg):
    resampler = Resampler(4, 1500.0)
    whole, _ = resampler.push(emg, 0)
    first, last = resampler.inputs_used(400)
    spoilt = emg.copy()
    spoilt[:first] += 1e6
    spoilt[last + 1 :] -= 1e6
    ours, _ = Resampler(4, 1500.0).push(spoilt, 0)
    np.testing.assert_array_equal(ours[400], whole[400])


def test_indices_of_a_very_long_stream_do_not_overflow(emg):
    period = Resampler(4, 1500.0).ratio.denominator
    late = 10**15 * period
    whole, _ = Resampler(4, 1500.0).push(emg, 0)
    ours, first = Resampler(4, 1500.0).push(emg, late)
    assert first == late * 4 // 3
    np.testing.assert_array_equal(ours, whole)


@pytest.mark.parametrize("rate", [0.0, -5.0, math.nan, math.inf, 1e-3, 1e9])
def test_an_impossible_rate_is_refused(rate):
    with pytest.raises(ValueError, match="sample rate"):
        Resampler(1, rate)
