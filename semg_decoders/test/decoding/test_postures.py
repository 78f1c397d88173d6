# SPDX-License-Identifier: Apache-2.0
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semg_decoders.decoding.events import EventKind, EventSettings
from semg_decoders.decoding.postures import PostureDetector
from semg_node.settings import SettingError

LABELS = ("rest", "fist", "open")
STRIDE = 40


def frames(*parts):
    """Probabilities of (posture, frames) one after the other, each 0.9."""
    names = [name for name, count in parts for _ in range(count)]
    probabilities = np.full((len(names), len(LABELS)), 0.05, dtype=np.float32)
    for frame, name in enumerate(names):
        probabilities[frame, LABELS.index(name)] = 0.9
    return STRIDE * np.arange(1, len(names) + 1), probabilities


def follow(*parts, rules=None, neutral="rest"):
    detector = PostureDetector(LABELS, neutral, 2000.0, rules or EventSettings(debounce=0.0))
    events = detector.push(*frames(*parts))
    return [(event.sample // STRIDE - 1, event.name) for event in events], detector


def test_a_posture_is_pressed_when_it_begins_and_released_when_it_ends():
    detector = PostureDetector(LABELS, "rest", settings=EventSettings(debounce=0.0))
    press, release = detector.push(*frames(("rest", 5), ("fist", 10), ("rest", 5)))
    assert (press.name, press.gesture, press.kind) == ("fist_press", "fist", EventKind.PRESS)
    assert (release.name, release.gesture, release.kind) == (
        "fist_release",
        "fist",
        EventKind.RELEASE,
    )
    assert (press.sample, release.sample) == (6 * STRIDE, 16 * STRIDE)
    assert press.probability == pytest.approx(0.9)
    assert not press.inferred
    assert not release.inferred


def test_one_posture_after_another_is_released_at_the_press_of_the_next():
    events, detector = follow(("fist", 5), ("open", 5))
    assert events == [(0, "fist_press"), (5, "fist_release"), (5, "open_press")]
    assert detector.held == ("open",)


def test_the_neutral_posture_is_never_held():
    events, detector = follow(("rest", 5))
    assert (events, detector.held) == ([], ())


def test_without_a_neutral_posture_each_one_is_held():
    events, detector = follow(("rest", 5), ("fist", 5), neutral="")
    assert [name for _, name in events] == ["rest_press", "rest_release", "fist_press"]
    assert detector.held == ("fist",)


def test_what_does_not_reach_the_threshold_changes_nothing():
    rules = EventSettings(threshold=0.5, hysteresis=0.2, debounce=0.0)
    detector = PostureDetector(LABELS, "rest", settings=rules)
    unsure = np.array([[0.45, 0.2, 0.35], [0.1, 0.6, 0.3], [0.2, 0.35, 0.45]])
    (event,) = detector.push(np.array([40, 80, 120]), unsure)
    assert (event.name, event.sample) == ("fist_press", 80)
    assert detector.held == ("fist",)


def test_a_posture_is_let_go_below_the_lower_level_though_no_other_is_sure():
    rules = EventSettings(threshold=0.5, hysteresis=0.2, debounce=0.0)
    detector = PostureDetector(LABELS, "rest", settings=rules)
    unsure = np.array([[0.1, 0.8, 0.1], [0.35, 0.31, 0.34], [0.36, 0.29, 0.35]])
    events = detector.push(np.array([40, 80, 120]), unsure)
    assert [(event.name, event.sample) for event in events] == [
        ("fist_press", 40),
        ("fist_release", 120),
    ]


def test_a_change_within_the_debounce_time_waits():
    rules = EventSettings(debounce=0.1)
    events, _ = follow(("fist", 2), ("open", 10), rules=rules)
    # 0.1 s are five frames of 20 ms.
    assert events == [(0, "fist_press"), (5, "fist_release"), (5, "open_press")]


def test_a_hold_lasts_the_minimum():
    rules = EventSettings(debounce=0.0, minimum_hold=0.2)
    events, _ = follow(("fist", 3), ("rest", 20), rules=rules)
    assert events == [(0, "fist_press"), (10, "fist_release")]


def test_after_the_longest_hold_a_posture_has_to_be_left_before_it_counts_again():
    rules = EventSettings(debounce=0.0, longest_hold=0.2)
    events, _ = follow(("fist", 30), ("rest", 2), ("fist", 3), rules=rules)
    assert events == [(0, "fist_press"), (10, "fist_release"), (32, "fist_press")]


def test_a_reset_lets_go():
    _, detector = follow(("fist", 7))
    (release,) = detector.reset()
    assert (release.name, release.sample, release.inferred) == ("fist_release", 7 * STRIDE, True)
    assert (detector.held, detector.reset()) == ((), [])


@pytest.mark.parametrize("value", [0.0, np.nan])
def test_an_answer_that_is_none_lets_go(value):
    _, detector = follow(("fist", 5))
    (release,) = detector.push(np.array([240]), np.full((1, 3), value))
    assert release.name == "fist_release"
    assert np.isfinite(release.probability)


def test_a_rule_out_of_range_is_refused():
    with pytest.raises(SettingError, match="threshold"):
        PostureDetector(LABELS, settings=EventSettings(threshold=2.0))


PROBABILITIES = st.lists(
    st.lists(st.floats(0.01, 1.0), min_size=3, max_size=3), min_size=1, max_size=120
)
RULES = st.builds(
    EventSettings,
    threshold=st.sampled_from([0.35, 0.5]),
    hysteresis=st.sampled_from([0.0, 0.2]),
    debounce=st.sampled_from([0.0, 0.1]),
    minimum_hold=st.sampled_from([0.0, 0.1]),
    longest_hold=st.sampled_from([0.0, 0.3]),
)


def normalised(rows):
    array = np.array(rows)
    return STRIDE * np.arange(len(rows)), array / array.sum(axis=1, keepdims=True)


@settings(max_examples=150, deadline=None)
@given(rows=PROBABILITIES, rules=RULES, cuts=st.lists(st.integers(0, 120), max_size=8))
def test_any_cut_finds_the_same_events(rows, rules, cuts):
    samples, probabilities = normalised(rows)
    whole = PostureDetector(LABELS, "rest", settings=rules)
    expected = whole.push(samples, probabilities)
    detector = PostureDetector(LABELS, "rest", settings=rules)
    events = []
    for begin, end in pairwise([0, *sorted(cuts), 120]):
        events += detector.push(samples[begin:end], probabilities[begin:end])
    assert events == expected
    assert detector.held == whole.held


@settings(max_examples=150, deadline=None)
@given(rows=PROBABILITIES, rules=RULES)
def test_presses_and_releases_alternate_and_held_tells_so(rows, rules):
    samples, probabilities = normalised(rows)
    detector = PostureDetector(LABELS, "rest", settings=rules)
    held, last = None, 0
    for frame in range(len(rows)):
        for event in detector.push(samples[frame : frame + 1], probabilities[frame : frame + 1]):
            assert last <= event.sample <= samples[frame]
            last = event.sample
            assert held == (event.gesture if event.kind is EventKind.RELEASE else None)
            held = None if event.kind is EventKind.RELEASE else event.gesture
        assert detector.held == (() if held is None else (held,))
