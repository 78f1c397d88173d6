# SPDX-License-Identifier: Apache-2.0
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semg_decoders.decoding.gestures import GestureDecoder
from semg_decoders.inference.bundle import BundleError


@pytest.fixture(scope="module")
def emg():
    return np.random.default_rng(2).normal(size=(700, 4)).astype(np.float32)


def joined(steps):
    samples = np.concatenate([step.samples for step in steps])
    return samples, np.concatenate([step.probabilities for step in steps])


def test_a_frame_belongs_to_the_last_sample_it_needs(gesture_model, kernel, emg):
    samples, probabilities = joined(GestureDecoder(gesture_model).push(emg, 5000))
    assert len(samples) == 2 * ((len(emg) - 31) // 20 + 1)
    for frame, sample in enumerate(samples):
        assert sample == 5000 + 20 + 10 * frame
        seen = emg[10 * frame : 10 * frame + 21]
        logits = np.einsum("ocs,sc->o", kernel.astype(float), seen) + 0.1 * (frame // 2)
        np.testing.assert_allclose(probabilities[frame], 1 / (1 + np.exp(-logits)), atol=1e-5)
    assert probabilities.dtype == np.float32


@settings(max_examples=40, deadline=None)
@given(cuts=st.lists(st.integers(0, 700), max_size=15))
def test_any_cut_gives_the_same_frames(gesture_model, emg, cuts):
    whole = joined(GestureDecoder(gesture_model).push(emg, 100))
    decoder = GestureDecoder(gesture_model)
    steps = []
    for begin, end in pairwise([0, *sorted(cuts), len(emg)]):
        steps += decoder.push(emg[begin:end], 100 + begin)
    samples, probabilities = joined(steps)
    np.testing.assert_array_equal(samples, whole[0])
    np.testing.assert_array_equal(probabilities, whole[1])


def test_a_step_comes_with_the_last_sample_it_needs(gesture_model, emg):
    decoder = GestureDecoder(gesture_model)
    counts = [len(decoder.push(emg[i : i + 1], i)) for i in range(60)]
    assert [i for i, count in enumerate(counts) if count] == [30, 50]


def test_nothing_is_glued_over_a_gap(gesture_model, emg):
    decoder = GestureDecoder(gesture_model)
    decoder.push(emg[:305], 0)
    after = joined(decoder.push(emg[305:], 400))
    alone = joined(GestureDecoder(gesture_model).push(emg[305:], 400))
    np.testing.assert_array_equal(after[0], alone[0])
    np.testing.assert_array_equal(after[1], alone[1])
    assert after[0][0] == 420


def test_steps_with_samples_of_the_first_100_ms_are_fresh(gesture_model, emg):
    fresh = [step.fresh for step in GestureDecoder(gesture_model).push(emg, 1000)]
    assert fresh == [True] * 10 + [False] * (len(fresh) - 10)


def test_steps_made_from_suspect_samples_are_suspect(gesture_model, emg):
    decoder = GestureDecoder(gesture_model)
    bad = np.array([False, False, False, True])
    steps = decoder.push(emg[:100], 0)
    steps += decoder.push(emg[100:120], 100, bad)
    steps += decoder.push(emg[120:], 120)
    for step in steps:
        last = int(step.samples[-1])
        touches = last >= 100 and last - 30 < 120
        assert step.suspect.any() == touches
        assert not step.suspect[:3].any()


def test_an_answer_that_is_not_finite_becomes_zeros_and_is_told(gesture_model, emg):
    decoder = GestureDecoder(gesture_model)
    spoilt = emg.copy()
    spoilt[100] = np.nan
    steps = decoder.push(spoilt, 0)
    failed = [step for step in steps if step.failed]
    assert failed
    assert not any(step.probabilities.any() for step in failed)
    assert all(np.isfinite(step.probabilities).all() for step in steps)
    assert not steps[-1].failed


def test_a_block_of_another_width_is_refused(gesture_model):
    with pytest.raises(ValueError, match=r"must be \(samples, 4\)"):
        GestureDecoder(gesture_model).push(np.zeros((20, 16)), 0)


def test_a_model_of_another_task_is_refused(wrist_model):
    with pytest.raises(BundleError, match="'averaging': task wrist on mpf, but the gesture"):
        GestureDecoder(wrist_model)
