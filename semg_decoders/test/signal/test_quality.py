# SPDX-License-Identifier: Apache-2.0
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semg_decoders.signal.quality import Fault, QualityMonitor, SuspectHistory, fault_names

RATE = 2000.0


def noise(samples, channels=2, seed=0):
    return np.random.default_rng(seed).normal(size=(samples, channels)).astype(np.float32)


def suspect_samples(emg, full_scale=0.0, block=1):
    monitor = QualityMonitor(emg.shape[1], RATE, full_scale)
    return np.concatenate(
        [monitor.push(emg[i : i + block]).faults[np.newaxis] for i in range(0, len(emg), block)]
    )


def test_good_emg_passes_unchanged():
    emg = noise(1000)
    checked = QualityMonitor(2, RATE, full_scale=10.0).push(emg)
    np.testing.assert_array_equal(checked.emg, emg)
    assert not checked.suspect.any()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e35])
def test_a_non_finite_sample_is_held_at_the_last_good_value(bad):
    emg = noise(100)
    emg[40:43, 1] = bad
    checked = QualityMonitor(2, RATE).push(emg)
    np.testing.assert_array_equal(checked.emg[40:43, 1], emg[39, 1])
    np.testing.assert_array_equal(checked.emg[:, 0], emg[:, 0])
    assert checked.faults.tolist() == [0, Fault.NON_FINITE]


def test_the_last_good_value_is_carried_over_blocks():
    monitor = QualityMonitor(1, RATE)
    monitor.push(np.array([[1.0], [2.0]], dtype=np.float32))
    held = monitor.push(np.full((3, 1), np.nan)).emg
    assert held.ravel().tolist() == [2.0, 2.0, 2.0]


def test_a_channel_stays_suspect_for_100_ms_after_a_non_finite_sample():
    emg = noise(600)
    emg[100, 0] = np.nan
    faults = suspect_samples(emg)
    assert np.flatnonzero(faults[:, 0]).tolist() == list(range(100, 301))
    assert not faults[:, 1].any()


def test_input_that_begins_with_nan_is_held_at_zero():
    emg = noise(50)
    emg[:10] = np.nan
    assert not QualityMonitor(2, RATE).push(emg).emg[:10].any()


def test_full_scale_is_saturation():
    emg = noise(100)
    emg[70, 1] = -5.0
    faults = suspect_samples(emg, full_scale=5.0)
    assert np.argwhere(faults).tolist() == [[70, 1]]
    assert faults[70, 1] == Fault.SATURATED


def test_10_ms_pinned_at_the_extreme_is_saturation_where_full_scale_is_unknown():
    emg = np.clip(noise(400), -2.0, 2.0)
    emg[200:240, 0] = 2.0
    faults = suspect_samples(emg)
    assert np.flatnonzero(faults[:, 0] & Fault.SATURATED).tolist() == list(range(219, 240))
    assert not faults[:, 1].any()


def test_a_run_at_a_middling_value_is_no_saturation():
    emg = noise(400)
    emg[200:240, 0] = 0.1
    assert not suspect_samples(emg).any()


def test_50_ms_without_change_is_flat():
    emg = noise(400)
    emg[200:320, 0] = 0.1
    faults = suspect_samples(emg)
    assert np.flatnonzero(faults[:, 0] == Fault.FLAT).tolist() == list(range(299, 320))


def test_an_unplugged_channel_is_flat_from_the_start():
    emg = noise(400)
    emg[:, 1] = 0.0
    faults = suspect_samples(emg)
    assert np.flatnonzero(faults[:, 1]).tolist() == list(range(99, 400))


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 1000),
    cuts=st.lists(st.integers(0, 500), max_size=8),
    events=st.lists(
        st.tuples(st.integers(0, 499), st.integers(1, 120), st.sampled_from([np.nan, 0.0, 3.0])),
        max_size=4,
    ),
)
def test_any_cut_finds_the_same_faults(seed, cuts, events):
    emg = noise(500, 1, seed)
    for start, length, value in events:
        emg[start : start + length] = value
    single = QualityMonitor(1, RATE)
    singles = [single.push(emg[i : i + 1]) for i in range(500)]
    faults = np.array([block.faults[0] for block in singles])
    edges = [0, *sorted(cuts), 500]
    monitor = QualityMonitor(1, RATE)
    for begin, end in pairwise(edges):
        checked = monitor.push(emg[begin:end])
        held = [block.emg for block in singles[begin:end]]
        assert checked.faults[0] == np.bitwise_or.reduce(faults[begin:end], initial=0)
        if held:
            np.testing.assert_array_equal(checked.emg, np.concatenate(held))


def test_reset_forgets():
    monitor = QualityMonitor(1, RATE)
    monitor.push(np.full((300, 1), np.nan))
    monitor.reset()
    assert not monitor.push(noise(50, 1)).suspect.any()


def test_faults_are_named():
    assert fault_names(Fault.NON_FINITE | Fault.FLAT) == "non-finite, flat"
    assert fault_names(0) == ""


def test_history_tells_what_a_span_was_made_from():
    history = SuspectHistory(2)
    history.add(0, 10, np.array([True, False]))
    history.add(10, 10, None)
    history.add(20, 10, np.array([False, True]))
    assert history.over(5, 12).tolist() == [True, False]
    assert history.over(10, 19).tolist() == [False, False]
    assert history.over(15, 20).tolist() == [False, True]
    assert history.over(30, 99).tolist() == [False, False]
    assert len(history) == 0
