# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from semg_decoders.evaluation.postures import (
    PostureSpan,
    decision_times,
    pool_postures,
    score_postures,
)


def test_decisions_keep_away_from_cues_but_not_from_the_end_of_the_stream():
    spans = [PostureSpan("rest", 10.0, 11.0), PostureSpan("fist", 11.0, 12.0)]
    times, names = decision_times(spans, 10.0, 12.0)
    np.testing.assert_allclose(times, [10.4, 10.6, 11.4, 11.6, 11.8, 12.0])
    assert names == ["rest"] * 2 + ["fist"] * 4


def test_a_decision_at_the_very_edge_counts():
    times, _ = decision_times([PostureSpan("rest", 0.1, 1.3)], 0.0, 5.0)
    np.testing.assert_allclose(times, [0.4, 0.6, 0.8, 1.0])


def test_a_stage_that_is_too_short_has_no_decision():
    times, names = decision_times([PostureSpan("rest", 1.0, 1.5)], 0.0, 5.0)
    assert (len(times), names) == (0, [])


def test_balanced_accuracy_is_the_mean_of_the_recalls():
    asked = ["rest"] * 8 + ["fist"] * 2
    held = ["rest"] * 6 + ["fist", None] + ["fist", "rest"]
    score = score_postures(asked, held)
    assert score.recalls == {"fist": 0.5, "rest": 0.75}
    assert score.balanced_accuracy == 0.625
    assert score.accuracy == 0.7
    assert score.decisions == 10
    assert ["rest", None, 1] in score.to_dict()["confusion"]


def test_without_decisions_there_is_no_accuracy():
    score = score_postures([], [])
    assert np.isnan(score.balanced_accuracy)
    assert np.isnan(score.accuracy)
    assert (score.recalls, score.to_dict()["confusion"]) == ({}, [])


NAMES = st.sampled_from(["a", "b", "c"])


@given(st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=40))
def test_it_is_what_a_confusion_matrix_gives(pairs):
    confusion = np.zeros((3, 3))
    for asked, held in pairs:
        confusion["abc".index(asked), "abc".index(held)] += 1
    done = confusion.sum(axis=1) > 0
    expected = (np.diag(confusion)[done] / confusion.sum(axis=1)[done]).mean()
    score = score_postures(*zip(*pairs, strict=True))
    assert score.balanced_accuracy == pytest.approx(expected)


@given(st.lists(st.tuples(NAMES, NAMES), min_size=2, max_size=40), st.integers(1, 39))
def test_pooled_parts_are_the_whole(pairs, cut):
    parts = [part for part in (pairs[:cut], pairs[cut:]) if part]
    whole = score_postures(*zip(*pairs, strict=True))
    pooled = pool_postures(score_postures(*zip(*part, strict=True)) for part in parts)
    assert dict(pooled.counts) == dict(whole.counts)
