# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semg_decoders.evaluation.detection import debounced, detect
from semg_decoders.evaluation.events import TimedEvent

LABELS = ("index_press", "index_release", "middle_release", "thumb_click")


def names(probabilities, labels=("a", "b"), rate=10.0, **options):
    times = np.arange(len(probabilities)) / rate
    return [(e.name, e.time) for e in detect(probabilities, times, labels, **options)]


def test_only_upward_crossings_count_and_a_first_frame_that_is_above():
    a = [0.4, 0.9, 0.1, 0.2, 0.35, 0.34, 0.36]
    b = [0.0, 0.0, 0.0, 0.0, 0.50, 0.50, 0.50]
    found = names(np.array([a, b]).T, debounce=0.0)
    assert found == [("a", 0.0), ("a", 0.4), ("b", 0.4), ("a", 0.6)]


def test_what_is_no_number_is_below():
    found = names(np.array([[np.nan, 0.9], [0.9, np.nan], [np.nan, 0.9]]), debounce=0.0)
    assert found == [("b", 0.0), ("a", 0.1), ("b", 0.2)]


def test_events_are_in_order_of_time_even_where_stamps_are_not():
    found = detect(np.array([[0.0, 0.9], [0.9, 0.9]]), [1.0, 0.5], ("a", "b"))
    assert [(e.name, e.time) for e in found] == [("a", 0.5), ("b", 1.0)]


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        ("index_press", "thumb_click", 1),
        ("thumb_click", "thumb_click", 1),
        ("index_press", "index_release", 2),
        ("index_release", "thumb_click", 2),
        ("index_release", "index_release", 1),
        ("index_release", "middle_release", 2),
    ],
)
def test_debounce_lets_releases_through(first, second, kept):
    events = [TimedEvent(first, 1.0), TimedEvent(second, 1.04)]
    assert len(debounced(events)) == kept
    late = [TimedEvent(first, 1.0), TimedEvent(second, 1.06)]
    assert len(debounced(late)) == 2


def test_a_dropped_event_does_not_lengthen_the_debounce():
    events = [TimedEvent("a", time) for time in (1.0, 1.03, 1.055)]
    assert [event.time for event in debounced(events)] == [1.0, 1.055]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(LABELS), st.integers(0, 400).map(lambda ms: ms / 200)),
        max_size=20,
    )
)
def test_debounce_is_done_once_and_for_all(events):
    ordered = sorted((TimedEvent(*event) for event in events), key=lambda event: event.time)
    once = debounced(ordered)
    assert debounced(once) == once
    assert once[:1] == ordered[:1]


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"shape \(3, 2\), must be \(3, 4\)"):
        detect(np.zeros((3, 2)), np.zeros(3), LABELS)
