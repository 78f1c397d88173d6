# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semg_decoders.evaluation.cler import GestureErrors, pool_errors, score_gestures
from semg_decoders.evaluation.detection import detect
from semg_decoders.evaluation.events import TimedEvent

NAMES = ("index_press", "index_release", "middle_press", "middle_release", "thumb_click")
# Times in 64ths of a second are exact, also when they are shifted by whole seconds.
EVENTS = st.lists(
    st.tuples(st.sampled_from(NAMES), st.integers(0, 640).map(lambda n: n / 64)), max_size=15
).map(lambda events: [TimedEvent(*event) for event in sorted(events, key=lambda e: e[1])])
CASES = 60


def events(*pairs):
    return [TimedEvent(name, time) for name, time in pairs]


def listed(errors):
    return sorted(errors.to_dict()["confusion"], key=str)


@pytest.fixture(scope="module")
def published(shared):
    folder = shared / "conformance" / "metrics"
    content = json.loads((folder / "cler.json").read_text("utf-8"))
    assert len(content["cases"]) == CASES
    with np.load(folder / "cler_probabilities.npz") as file:
        return content, [file[f"case{i:03}"] for i in range(CASES)]


@pytest.mark.parametrize("i", range(CASES))
def test_published_cases_hold(published, i):
    content, probabilities = published
    case, values = content["cases"][i], probabilities[i].T
    times = case["t0"] + np.arange(len(values)) / case["rate"]
    detected = detect(values, times, content["gestures"], content["threshold"])
    assert [[event.name, event.time] for event in detected] == case["detected"]
    errors = score_gestures(detected, events(*case["prompts"]), len(values) / case["rate"])
    assert listed(errors) == sorted(case["confusion"], key=str)
    assert errors.cler == pytest.approx(case["cler"], abs=1e-9)


def spaced(names):
    """Events far enough apart that each can only be itself, a release only after its press."""
    times = np.arange(len(names)) + 1.0
    done = []
    for name, time in zip(names, times.tolist(), strict=True):
        done.append(TimedEvent(name, time))
        if name.endswith("_press"):
            done.append(TimedEvent(name.replace("press", "release"), time + 0.5))
    return done


PERFORMED = st.lists(
    st.sampled_from(("index_press", "middle_press", "thumb_click", "thumb_up")), max_size=12
).map(spaced)


@settings(max_examples=50, deadline=None)
@given(PERFORMED, st.integers(-3, 15))
def test_perfect_detections_have_no_errors(done, late):
    detected = [TimedEvent(event.name, event.time + late / 64) for event in done]
    errors = score_gestures(detected, done, 60.0)
    assert (errors.cler, errors.misses, errors.false) == (0.0, 0, 0)
    assert sum(errors.confusion.values()) == len(done)


@settings(max_examples=50, deadline=None)
@given(EVENTS, EVENTS, st.integers(-1000, 1000))
def test_shifting_all_times_changes_nothing(detected, labels, seconds):
    def shifted(events):
        return [TimedEvent(event.name, event.time + seconds) for event in events]

    errors = score_gestures(detected, labels, 60.0)
    assert score_gestures(shifted(detected), shifted(labels), 60.0) == errors


@settings(max_examples=100, deadline=None)
@given(EVENTS, EVENTS)
def test_every_label_is_counted_once_and_no_detection_twice(detected, labels):
    errors = score_gestures(detected, labels, 60.0)
    done = [label.name for label in labels]
    assert errors.labels == {name: done.count(name) for name in sorted(set(done))}
    matched = sum(errors.confusion.values()) - errors.misses
    assert matched + errors.false <= len(detected)
    assert 0.0 <= errors.cler <= 1.0


def test_misses_and_false_alarms_are_beside_the_error_and_not_in_it():
    labels = events(("thumb_click", 1.0), ("thumb_up", 5.0))
    detected = events(("thumb_click", 1.1), ("thumb_up", 9.0), ("thumb_click", 9.5))
    errors = score_gestures(detected, labels, 30.0)
    assert errors.cler == 0.0
    assert (errors.misses, errors.misses_per_minute) == (1, 2.0)
    assert (errors.false, errors.false_per_minute) == (2, 4.0)
    assert errors.false_alarms == {"thumb_up": 1, "thumb_click": 1}


def test_each_gesture_weighs_the_same_however_often_it_was_done():
    labels = events(*(("thumb_click", float(t)) for t in range(1, 10)), ("thumb_up", 10.0))
    detected = events(*(("thumb_click", t + 0.1) for t in range(1, 11)))
    errors = score_gestures(detected, labels, 60.0)
    assert errors.error_by_gesture == {"thumb_click": 0.0, "thumb_up": 1.0}
    assert errors.cler == 0.5


def test_a_gesture_that_nobody_did_is_no_match():
    errors = score_gestures(events(("thumb_in", 1.1)), events(("thumb_click", 1.0)), 60.0)
    assert errors.confusion == {("thumb_click", "thumb_in"): 1}
    assert errors.cler == 0.0


@pytest.mark.parametrize(
    ("labels", "detected", "kept"),
    [
        ([], [("index_release", 1.0)], 0),
        ([("index_press", 1.0)], [("index_release", 2.0)], 1),
        ([("index_press", 1.0)], [("middle_release", 2.0)], 0),
        ([("middle_press", 1.0), ("thumb_click", 1.5)], [("middle_release", 2.0)], 0),
        # Judged before its own label changes what is pressed.
        ([("index_press", 1.0), ("middle_press", 2.0)], [("index_release", 2.0)], 1),
    ],
)
def test_releases_that_no_hand_could_have_made_are_dropped(labels, detected, kept):
    errors = score_gestures(events(*detected), events(*labels), 60.0)
    matched = sum(errors.confusion.values()) - errors.misses
    assert matched + errors.false == kept


def test_pooling_adds_counts():
    one = GestureErrors({("a", "a"): 3, ("a", None): 1}, {"b": 1}, 30.0)
    other = GestureErrors({("a", "b"): 1, ("b", "b"): 2}, {"b": 2}, 90.0)
    both = pool_errors([one, other])
    assert both.confusion == {("a", "a"): 3, ("a", None): 1, ("a", "b"): 1, ("b", "b"): 2}
    assert (both.false_alarms, both.seconds) == ({"b": 3}, 120.0)
    assert both.cler == pytest.approx((1 / 4 + 0) / 2)
    assert pool_errors([]).cler == 0.0


def test_everything_is_told_in_numbers_for_a_file():
    told = GestureErrors({("b", "a"): 1, ("a", None): 2}, {"c": 3}, 60.0).to_dict()
    assert told["confusion"] == [["a", None, 2], ["b", "a", 1]]
    assert json.loads(json.dumps(told)) == told
    assert (told["misses_per_minute"], told["false_alarms_per_minute"]) == (2.0, 3.0)
