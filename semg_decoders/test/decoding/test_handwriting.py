# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import log_softmax

from semg_decoders.decoding.handwriting import HandwritingDecoder
from semg_decoders.inference.bundle import BundleError
from semg_decoders.inference.session import Model

FIRST = 213
FRAMES = 60
REACH = 5


@pytest.fixture(scope="module")
def frames():
    rng = np.random.default_rng(4)
    half = rng.normal(size=(FRAMES, 6, 4, 4))
    return (half + half.swapaxes(2, 3)).astype(np.float32)


@pytest.fixture(scope="module")
def expected(frames, handwriting_weights):
    """Log-probabilities of every emission: one for each four frames, from the sixth on."""
    means = frames.mean(axis=(2, 3))
    rows = [means[last - REACH : last + 1].ravel() for last in range(REACH, FRAMES, 4)]
    return log_softmax(np.array(rows) @ handwriting_weights, axis=1)


def rows(emissions):
    return np.array([emission.log_probabilities for emission in emissions])


def samples(emissions):
    return [emission.sample for emission in emissions]


def test_the_first_emission_belongs_to_the_first_frame_with_all_it_needs_before_it(
    handwriting_model, frames, expected
):
    emissions = HandwritingDecoder(handwriting_model).push(frames, FIRST)
    np.testing.assert_allclose(rows(emissions), expected, atol=1e-5)
    assert samples(emissions) == [FIRST + 40 * (REACH + 4 * k) for k in range(len(expected))]


def test_an_emission_comes_with_the_last_frame_that_it_needs(handwriting_model, frames):
    decoder = HandwritingDecoder(handwriting_model)
    came = [bool(decoder.push(frames[k : k + 1], FIRST + 40 * k)) for k in range(len(frames))]
    assert came == [k >= REACH and (k - REACH) % 4 == 0 for k in range(FRAMES)]


@settings(max_examples=30, deadline=None)
@given(cuts=st.lists(st.integers(0, FRAMES), max_size=12))
def test_any_cut_gives_the_same_emissions(handwriting_model, frames, cuts):
    whole = HandwritingDecoder(handwriting_model).push(frames, FIRST)
    decoder = HandwritingDecoder(handwriting_model)
    emissions = []
    for begin, end in pairwise([0, *sorted(cuts), len(frames)]):
        emissions += decoder.push(frames[begin:end], FIRST + 40 * begin)
    assert rows(emissions).tobytes() == rows(whole).tobytes()
    assert samples(emissions) == samples(whole)
    assert [e.fresh for e in emissions] == [e.fresh for e in whole]


def test_nothing_is_glued_over_a_gap(handwriting_model, frames):
    decoder = HandwritingDecoder(handwriting_model)
    decoder.push(frames[:30], FIRST)
    after = decoder.push(frames[30:], FIRST + 40 * 31)
    alone = HandwritingDecoder(handwriting_model).push(frames[30:], FIRST + 40 * 31)
    assert rows(after).tolist() == rows(alone).tolist()
    assert samples(after) == samples(alone)
    assert after[0].fresh


def test_emissions_that_reach_into_the_first_100_ms_are_fresh(handwriting_model, frames):
    emissions = HandwritingDecoder(handwriting_model).push(frames, FIRST)
    # The first reaches back to the first frame, the second 160 samples less.
    assert [emission.fresh for emission in emissions[:4]] == [True, True, False, False]


def test_suspect_frames_are_told_with_the_next_emission(handwriting_model, frames):
    decoder = HandwritingDecoder(handwriting_model)
    decoder.push(frames[:6], FIRST)
    bad = np.array([True, False, False, False])
    decoder.push(frames[6:7], FIRST + 40 * 6, bad)
    first, second = decoder.push(frames[7:14], FIRST + 40 * 7)
    assert first.suspect.tolist() == bad.tolist()
    assert not second.suspect.any()


def test_suspect_frames_before_a_break_are_not_told_after_it(handwriting_model, frames):
    decoder = HandwritingDecoder(handwriting_model)
    decoder.push(frames[:6], FIRST)
    decoder.push(frames[6:8], FIRST + 40 * 6, np.array([True, False, False, False]))
    again = decoder.push(frames, FIRST)
    assert not any(emission.suspect.any() for emission in again)


def test_an_answer_that_is_not_finite_is_a_blank_and_the_wait_begins_anew(
    handwriting_model, frames, expected
):
    spoilt = frames.copy()
    spoilt[20] = np.nan
    emissions = HandwritingDecoder(handwriting_model).push(spoilt, FIRST)
    (failed,) = [place for place, emission in enumerate(emissions) if emission.failed]
    # Frame 20 comes first into the run that ends with frame 21.
    assert emissions[failed].sample == FIRST + 40 * 21
    assert np.exp(emissions[failed].log_probabilities).tolist() == [0, 0, 0, 1]
    # The next run, to frame 25, has no state to start from; the one to 29 has all it needs.
    assert emissions[failed + 1].sample == FIRST + 40 * 29
    assert emissions[failed + 1].fresh
    np.testing.assert_allclose(rows(emissions[failed + 1 :]), expected[6:], atol=1e-5)


def test_models_of_other_tasks_are_refused(gesture_model, wrist_model):
    with pytest.raises(BundleError, match="needs handwriting on mpf"):
        HandwritingDecoder(gesture_model)
    with pytest.raises(BundleError, match="needs handwriting on mpf"):
        HandwritingDecoder(wrist_model)


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (("a", "b", "<blank>", "c"), "the last is 'c', must be <blank>"),
        (("a", "b", "enter", "<blank>"), "'enter', must be one printable character"),
        (("a", "b", "a", "<blank>"), "each must be there once only"),
    ],
)
def test_labels_that_are_no_characters_and_a_blank_are_refused(handwriting_model, labels, said):
    bundle = handwriting_model.bundle
    other = replace(bundle, output=replace(bundle.output, labels=labels))
    with pytest.raises(BundleError, match=said):
        HandwritingDecoder(Model(other))


def test_frames_of_another_shape_are_refused(handwriting_model):
    with pytest.raises(ValueError, match=r"must be \(frames, 6, 4, 4\)"):
        HandwritingDecoder(handwriting_model).push(np.zeros((1, 6, 16, 16)), FIRST)
