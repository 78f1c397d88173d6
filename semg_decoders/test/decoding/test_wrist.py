# SPDX-License-Identifier: Apache-2.0
import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semg_decoders.decoding.wrist import WristDecoder, WristSettings, wrist_settings
from semg_decoders.inference.bundle import BundleError
from semg_decoders.signal.noise_floor import with_noise_floor
from semg_node.settings import SettingError

FIRST = 253


@pytest.fixture(scope="module")
def frames():
    rng = np.random.default_rng(4)
    half = rng.normal(size=(30, 6, 4, 4))
    return (half + half.swapaxes(2, 3)).astype(np.float32)


def velocities(results):
    return np.array([result.velocity for result in results])


def expected(means):
    return 50 * (means + np.concatenate([[0.0], means[:-1]]))


def test_velocity_is_displacement_per_20_ms_with_the_noise_floor(wrist_model, frames):
    results = WristDecoder(wrist_model).push(frames, FIRST)
    means = with_noise_floor(frames, 5.0).mean(axis=(1, 2, 3))
    np.testing.assert_allclose(velocities(results), expected(means), atol=1e-4)
    assert [result.sample for result in results] == [FIRST + 40 * k for k in range(30)]


@settings(max_examples=30, deadline=None)
@given(cuts=st.lists(st.integers(0, 30), max_size=10), smoothing=st.sampled_from([0.0, 0.05]))
def test_any_cut_gives_the_same_velocity(wrist_model, frames, cuts, smoothing):
    rules = WristSettings(smoothing)
    whole = WristDecoder(wrist_model, settings=rules).push(frames, FIRST)
    decoder = WristDecoder(wrist_model, settings=rules)
    results = []
    for begin, end in pairwise([0, *sorted(cuts), len(frames)]):
        results += decoder.push(frames[begin:end], FIRST + 40 * begin)
    assert velocities(results).tolist() == velocities(whole).tolist()
    assert [r.sample for r in results] == [r.sample for r in whole]


def test_bands_that_the_device_lacks_read_as_the_floor(wrist_model, frames):
    results = WristDecoder(wrist_model, bandwidth=450.0).push(frames, FIRST)
    floored = with_noise_floor(frames, 5.0)
    floored[:, 5] = math.log(5.0) * np.eye(4)
    np.testing.assert_allclose(
        velocities(results), expected(floored.mean(axis=(1, 2, 3))), atol=1e-4
    )


def test_nothing_is_glued_over_a_gap(wrist_model, frames):
    decoder = WristDecoder(wrist_model)
    decoder.push(frames[:10], FIRST)
    after = decoder.push(frames[10:], FIRST + 440)
    alone = WristDecoder(wrist_model).push(frames[10:], FIRST + 440)
    assert velocities(after).tolist() == velocities(alone).tolist()
    assert after[0].fresh


def test_frames_of_the_first_100_ms_are_fresh(wrist_model, frames):
    results = WristDecoder(wrist_model).push(frames, FIRST)
    assert [result.fresh for result in results] == [True] * 5 + [False] * 25


def test_smoothing_is_a_first_order_low_pass(wrist_model, frames):
    raw = velocities(WristDecoder(wrist_model).push(frames, FIRST))
    smooth = velocities(WristDecoder(wrist_model, settings=WristSettings(0.1)).push(frames, FIRST))
    level = raw[0]
    for ours, value in zip(smooth, raw, strict=True):
        level += (1 - math.exp(-0.02 / 0.1)) * (value - level)
        assert ours == pytest.approx(level)


def test_suspect_frames_are_told(wrist_model, frames):
    decoder = WristDecoder(wrist_model)
    bad = np.array([True, False, False, False])
    assert decoder.push(frames[:1], FIRST, bad)[0].suspect.tolist() == bad.tolist()
    assert not decoder.push(frames[1:2], FIRST + 40)[0].suspect.any()


def test_frames_that_are_not_finite_give_zero_and_are_told(wrist_model, frames):
    decoder = WristDecoder(wrist_model)
    spoilt = frames.copy()
    spoilt[3] = np.nan
    results = decoder.push(spoilt, FIRST)
    assert [result.failed for result in results] == [k == 3 for k in range(30)]
    assert results[3].velocity == 0.0
    assert np.isfinite(velocities(results)).all()


def test_frames_of_another_shape_are_refused(wrist_model):
    with pytest.raises(ValueError, match=r"must be \(frames, 6, 4, 4\)"):
        WristDecoder(wrist_model).push(np.zeros((1, 6, 16, 16)), FIRST)


def test_a_model_of_another_task_is_refused(gesture_model):
    with pytest.raises(BundleError, match="the wrist decoder needs wrist on mpf"):
        WristDecoder(gesture_model)


def test_settings_out_of_range_are_refused(wrist_model):
    with pytest.raises(SettingError, match="smoothing: -1"):
        WristDecoder(wrist_model, settings=WristSettings(-1.0))


def test_a_bundle_recommends_settings():
    assert wrist_settings({"smoothing": 0.1}, "wrist") == WristSettings(0.1)
    with pytest.raises(BundleError, match=r"bundle 'wrist': decoding.colour: no such setting"):
        wrist_settings({"colour": 1}, "wrist")
