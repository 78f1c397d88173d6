# SPDX-License-Identifier: Apache-2.0
import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_bipartite_matching

from semg_decoders.evaluation.events import (
    EventCounts,
    TimedEvent,
    match_times,
    pool_scores,
    score_events,
)

TIMES = st.lists(st.integers(0, 3000).map(lambda ms: ms / 1000), max_size=25)


@settings(max_examples=200, deadline=None)
@given(detected=TIMES, labels=TIMES)
def test_as_many_are_paired_as_can_be(detected, labels):
    pairs = match_times(detected, labels)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)
    assert all(-0.050001 <= detected[i] - labels[j] <= 0.250001 for i, j in pairs)
    best = 0
    if detected and labels:
        delays = np.subtract.outer(np.array(detected), np.array(labels))
        possible = csr_matrix((delays > -0.0505) & (delays < 0.2505))
        best = int((maximum_bipartite_matching(possible) >= 0).sum())
    assert len(pairs) == best


@pytest.mark.parametrize(
    ("delay", "matches"), [(-0.051, 0), (-0.05, 1), (0.0, 1), (0.25, 1), (0.251, 0)]
)
def test_the_window_is_closed(delay, matches):
    assert len(match_times([1000.0 + delay], [1000.0])) == matches


def test_a_detection_counts_for_one_label_only():
    assert len(match_times([1.0], [1.0, 1.0])) == 1
    assert len(match_times([1.0, 1.01], [1.0])) == 1


def test_only_events_of_the_same_name_match():
    score = score_events([TimedEvent("a", 1.0)], [TimedEvent("b", 1.0)], 60.0)
    assert score.pooled == EventCounts(labels=1, detected=1, matched=0)
    assert score.pooled.f1 == 0.0
    assert score.false_per_minute == 1.0


def test_scores_are_what_one_counts_by_hand():
    labels = [TimedEvent("a", t) for t in (1.0, 2.0, 3.0, 4.0)] + [TimedEvent("b", 5.0)]
    detected = [TimedEvent("a", t) for t in (1.1, 2.2, 9.0)]
    score = score_events(detected, labels, 30.0)
    a = score.by_gesture["a"]
    assert (a.labels, a.detected, a.matched, a.false, a.missed) == (4, 3, 2, 1, 2)
    assert a.precision == pytest.approx(2 / 3)
    assert a.recall == 0.5
    assert a.f1 == pytest.approx(4 / 7)
    assert score.by_gesture["b"].f1 == 0.0
    assert score.macro_f1 == pytest.approx(2 / 7)
    assert score.pooled.f1 == pytest.approx(4 / 8)
    assert score.false_per_minute == pytest.approx(2.0)
    assert score.median_delay == pytest.approx(0.15)


def test_pooling_adds_counts_and_time():
    one = score_events([TimedEvent("a", 1.0)], [TimedEvent("a", 1.0)], 30.0)
    two = score_events([TimedEvent("b", 1.0)], [TimedEvent("a", 1.0)], 90.0)
    both = pool_scores([one, two])
    assert both.by_gesture == {"a": EventCounts(2, 1, 1), "b": EventCounts(0, 1, 0)}
    assert both.false_per_minute == pytest.approx(0.5)


def test_rest_without_events_has_no_f1_and_no_false_events():
    score = score_events([], [], 60.0)
    assert math.isnan(score.pooled.f1)
    assert math.isnan(score.macro_f1)
    assert score.false_per_minute == 0.0


def test_a_score_can_be_written_as_json():
    values = json.loads(json.dumps(score_events([], [TimedEvent("a", 1.0)], 60.0).to_dict()))
    assert values["precision"] is None
    assert values["recall"] == 0.0
    assert values["by_gesture"]["a"]["labels"] == 1
