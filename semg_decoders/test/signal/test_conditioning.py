# SPDX-License-Identifier: Apache-2.0
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from semg_decoders.signal.conditioning import Conditioner, condition

NOISE = 2.46e-6


def test_2_khz_volts_are_scaled_and_high_passed(emg):
    volts = (emg * NOISE).astype(np.float32)
    scaled = volts.astype(float) / NOISE
    sections = signal.butter(4, 40.0, "highpass", fs=2000.0, output="sos")
    state = signal.sosfilt_zi(sections)[:, :, np.newaxis] * scaled[0]
    expected, _ = signal.sosfilt(sections, scaled, axis=0, zi=state)
    ours = condition(volts, noise_sd=NOISE)
    assert ours.dtype == np.float32
    np.testing.assert_allclose(ours, expected, rtol=1e-6, atol=1e-6)


def test_what_is_conditioned_already_passes_untouched(emg):
    block = Conditioner(2000.0, 1.0, True, 4).push(emg, 17)
    assert block.first_sample == 17
    np.testing.assert_array_equal(block.emg, emg)


def test_only_the_scaling_is_done_on_high_passed_volts(emg):
    ours = condition(emg * np.float32(0.5), noise_sd=0.5, conditioned=True)
    np.testing.assert_array_equal(ours, emg)


@settings(max_examples=40, deadline=None)
@given(
    rate=st.sampled_from([1000.0, 1925.925926, 2000.0, 4000.0]),
    conditioned=st.booleans(),
    cuts=st.lists(st.integers(1, 1199), max_size=12),
)
def test_any_cut_gives_the_same_samples(emg, rate, conditioned, cuts):
    start = 12345
    whole = Conditioner(rate, NOISE, conditioned, 4).push(emg, start)
    edges = [0, *sorted(cuts), len(emg)]
    conditioner = Conditioner(rate, NOISE, conditioned, 4)
    blocks = [conditioner.push(emg[a:b], start + a) for a, b in pairwise(edges)]
    np.testing.assert_array_equal(np.concatenate([block.emg for block in blocks]), whole.emg)
    expected = whole.first_sample
    for block in blocks:
        assert block.first_sample == expected
        expected += len(block.emg)


def test_the_first_100_ms_are_fresh(emg):
    conditioner = Conditioner(2000.0, 1.0, False, 4)
    fresh = [conditioner.push(emg[i : i + 20], 1000 + i).fresh for i in range(0, 400, 20)]
    assert fresh == [True] * 10 + [False] * 10


def test_nothing_is_glued_over_a_gap(emg):
    conditioner = Conditioner(1000.0, NOISE, False, 4)
    conditioner.push(emg[:500], 0)
    after = conditioner.push(emg[500:], 731)
    alone = Conditioner(1000.0, NOISE, False, 4).push(emg[500:], 731)
    assert after.fresh
    assert after.first_sample == alone.first_sample == 1462
    np.testing.assert_array_equal(after.emg, alone.emg)


def test_reset_starts_a_new_stream(emg):
    conditioner = Conditioner(2000.0, NOISE, False, 4)
    first = conditioner.push(emg, 0)
    conditioner.reset()
    again = conditioner.push(emg, len(emg))
    assert again.fresh
    np.testing.assert_array_equal(again.emg, first.emg)


def test_every_output_made_from_a_suspect_block_is_suspect(emg):
    conditioner = Conditioner(1000.0, NOISE, True, 4)
    bad = np.array([False, True, False, False])
    touched = []
    for i in range(0, 300, 10):
        block = conditioner.push(emg[i : i + 10], i, bad if i == 100 else None)
        if block.suspect.any():
            np.testing.assert_array_equal(block.suspect, bad)
            touched += range(block.first_sample, block.first_sample + len(block.emg))
    # Inputs 100 … 109 reach outputs at input time 90 … 119.
    assert min(touched) <= 182
    assert max(touched) >= 237
    assert max(touched) - min(touched) < 120


def test_device_index_is_the_inverse_of_resampling():
    assert Conditioner(1000.0, NOISE, True, 4).device_index(2001) == 1000.5
    assert Conditioner(2000.0, NOISE, True, 4).device_index(2001) == 2001.0


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ((2000.0, 0.0, False, 16), "noise_sd"),
        ((2000.0, float("nan"), False, 16), "noise_sd"),
        ((50.0, 1.0, False, 16), "sample_rate"),
        ((2000.0, 1.0, False, 0), "channels"),
    ],
)
def test_impossible_streams_are_refused(arguments, named):
    with pytest.raises(ValueError, match=named):
        Conditioner(*arguments)


def test_a_block_of_another_width_is_refused(emg):
    with pytest.raises(ValueError, match=r"\(1200, 4\), must be \(samples, 5\)"):
        Conditioner(2000.0, 1.0, True, 5).push(emg, 0)


def test_band_on_the_other_hand_looks_alike_once_its_channels_are_in_ring_order():
    rng = np.random.default_rng(5)
    right = rng.normal(size=(500, 16)).astype(np.float32)
    suspect = np.arange(16) == 3
    mirror = [-channel % 16 for channel in range(16)]
    expected = Conditioner(2000.0, 1.0, False, 16).push(right, 0, suspect)
    left = Conditioner(2000.0, 1.0, False, 16, mirror).push(right[:, mirror], 0, suspect[mirror])
    assert np.array_equal(left.emg, expected.emg)
    assert np.array_equal(left.suspect, expected.suspect)


def test_order_that_is_no_order_of_the_channels_is_refused():
    with pytest.raises(ValueError, match="ring_order"):
        Conditioner(2000.0, 1.0, False, 3, [0, 1, 1])
