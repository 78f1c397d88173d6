# SPDX-License-Identifier: Apache-2.0
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semg_decoders.decoding.events import (
    EventDetector,
    EventKind,
    EventSettings,
    event_settings,
    parse_label,
)
from semg_decoders.inference.bundle import BundleError
from semg_node.settings import SettingError

LABELS = (
    "index_press",
    "index_release",
    "middle_press",
    "middle_release",
    "thumb_click",
    "thumb_up",
)
STRIDE = 10


def frames(pulses, count=600, level=0.9):
    """Probabilities with a pulse of 5 frames from each (frame, label) on."""
    probabilities = np.full((count, len(LABELS)), 0.01, dtype=np.float32)
    for frame, label in pulses:
        probabilities[frame : frame + 5, LABELS.index(label)] = level
    return 20 + STRIDE * np.arange(count), probabilities


def detect(pulses, rules=None, count=600):
    detector = EventDetector(LABELS, 2000.0, rules)
    events = detector.push(*frames(pulses, count))
    return [
        ((event.sample - 20) // STRIDE, event.name, event.inferred) for event in events
    ], detector


def test_an_upward_crossing_is_an_event_at_its_sample():
    detector = EventDetector(LABELS)
    (event,) = detector.push(*frames([(100, "thumb_up")]))
    assert event.sample == 20 + 1000
    assert (event.name, event.gesture, event.kind) == ("thumb_up", "thumb_up", EventKind.INSTANT)
    assert event.probability == pytest.approx(0.9)
    assert not event.inferred


def test_a_first_frame_above_the_threshold_is_a_crossing():
    assert detect([(0, "thumb_up")])[0] == [(0, "thumb_up", False)]


def test_the_threshold_itself_is_a_crossing():
    detector = EventDetector(LABELS)
    samples, probabilities = frames([(100, "thumb_up")], level=0.5)
    assert len(detector.push(samples, probabilities)) == 1


def test_press_and_release_hold_the_gesture_in_between():
    samples, probabilities = frames([(100, "index_press"), (200, "index_release")])
    detector = EventDetector(LABELS)
    (press,) = detector.push(samples[:150], probabilities[:150])
    assert (press.gesture, press.kind) == ("index", EventKind.PRESS)
    assert detector.held == ("index",)
    (release,) = detector.push(samples[150:], probabilities[150:])
    assert (release.gesture, release.kind) == ("index", EventKind.RELEASE)
    assert detector.held == ()


def test_release_without_press_is_dropped():
    assert detect([(100, "index_release")])[0] == []
    events, _ = detect([(100, "index_press"), (200, "middle_release"), (300, "index_release")])
    assert [name for _, name, _ in events] == ["index_press", "index_release"]


@pytest.mark.parametrize("other", ["thumb_click", "middle_press", "index_press"])
def test_a_press_interrupted_by_another_event_is_released_first(other):
    events, detector = detect([(100, "index_press"), (200, other)])
    assert events == [
        (100, "index_press", False),
        (200, "index_release", True),
        (200, other, False),
    ]
    assert detector.held == ((other.removesuffix("_press"),) if "press" in other else ())


def test_an_inferred_release_has_no_probability():
    detector = EventDetector(LABELS)
    events = detector.push(*frames([(100, "index_press"), (200, "thumb_up")]))
    assert events[1].probability == 0.0


@pytest.mark.parametrize(("frame", "kept"), [(109, False), (110, True)])
def test_an_event_within_50_ms_of_another_is_dropped(frame, kept):
    events, _ = detect([(100, "thumb_up"), (frame, "thumb_click")])
    assert len(events) == 1 + kept


def test_debounce_counts_from_the_last_kept_event():
    events, _ = detect([(100, "thumb_up"), (106, "thumb_click"), (112, "thumb_click")])
    assert [frame for frame, _, _ in events] == [100, 112]


def test_a_dropped_event_does_not_interrupt_a_press():
    events, detector = detect([(100, "index_press"), (105, "thumb_click")])
    assert [name for _, name, _ in events] == ["index_press"]
    assert detector.held == ("index",)


def test_press_and_release_may_follow_each_other_at_once():
    events, _ = detect([(100, "index_press"), (103, "index_release"), (106, "thumb_up")])
    assert [name for _, name, _ in events] == ["index_press", "index_release", "thumb_up"]


def test_crossings_of_one_frame_come_in_the_order_of_the_labels():
    rules = EventSettings(debounce=0.0)
    events, _ = detect([(100, "thumb_up"), (100, "middle_press")], rules)
    assert [name for _, name, _ in events] == ["middle_press", "middle_release", "thumb_up"]


def test_reset_releases_what_is_held():
    detector = EventDetector(LABELS)
    detector.push(*frames([(100, "index_press")]))
    (release,) = detector.reset()
    assert (release.name, release.inferred) == ("index_release", True)
    assert release.sample == 20 + STRIDE * 599
    assert detector.held == ()
    assert detector.reset() == []


def test_after_a_reset_debounce_and_levels_start_anew():
    detector = EventDetector(LABELS)
    samples, probabilities = frames([(0, "thumb_up")], count=3)
    assert len(detector.push(samples, probabilities)) == 1
    assert len(detector.push(samples + 30, probabilities)) == 0
    detector.reset()
    assert len(detector.push(samples + 60, probabilities)) == 1


def test_hysteresis_asks_for_a_fall_below_the_lower_level():
    samples, probabilities = frames([(100, "thumb_up"), (120, "thumb_up"), (200, "thumb_up")])
    column = LABELS.index("thumb_up")
    probabilities[105:120, column] = 0.45
    count = {}
    for hysteresis in (0.0, 0.2):
        detector = EventDetector(LABELS, settings=EventSettings(hysteresis=hysteresis))
        count[hysteresis] = len(detector.push(samples, probabilities))
    assert count == {0.0: 3, 0.2: 2}


def test_a_fall_that_no_probability_can_make_is_refused():
    with pytest.raises(SettingError, match=r"hysteresis: 0\.9, must be below the threshold, 0\.85"):
        EventDetector(LABELS, settings=EventSettings(threshold=0.85, hysteresis=0.9))
    with pytest.raises(BundleError, match=r"'mine': decoding\.hysteresis: 0\.5, must be below"):
        event_settings({"threshold": 0.5, "hysteresis": 0.5}, "mine")


def test_a_release_before_the_minimum_hold_is_put_off():
    rules = EventSettings(minimum_hold=0.5)
    events, detector = detect([(100, "index_press"), (120, "index_release")], rules)
    assert events == [(100, "index_press", False), (200, "index_release", False)]
    assert detector.held == ()
    events, _ = detect([(100, "index_press"), (220, "index_release")], rules)
    assert events[1] == (220, "index_release", False)


def test_another_event_ends_a_minimum_hold():
    rules = EventSettings(minimum_hold=0.5)
    events, _ = detect([(100, "index_press"), (120, "index_release"), (150, "thumb_up")], rules)
    assert events[1:] == [(150, "index_release", False), (150, "thumb_up", False)]


def test_a_press_without_release_ends_after_the_longest_hold():
    rules = EventSettings(longest_hold=1.0)
    events, detector = detect([(100, "index_press")], rules)
    assert events == [(100, "index_press", False), (300, "index_release", True)]
    assert detector.held == ()


def test_probabilities_that_are_not_numbers_are_no_events():
    detector = EventDetector(LABELS)
    assert detector.push(np.arange(5), np.full((5, len(LABELS)), np.nan)) == []


PULSES = st.lists(st.tuples(st.integers(0, 299), st.sampled_from(LABELS)), max_size=15)
RULES = st.builds(
    EventSettings,
    threshold=st.sampled_from([0.35, 0.5]),
    hysteresis=st.sampled_from([0.0, 0.2]),
    debounce=st.sampled_from([0.0, 0.05, 0.2]),
    minimum_hold=st.sampled_from([0.0, 0.1]),
    longest_hold=st.sampled_from([0.0, 0.3]),
)


@settings(max_examples=150, deadline=None)
@given(pulses=PULSES, rules=RULES, cuts=st.lists(st.integers(0, 300), max_size=12))
def test_any_cut_finds_the_same_events(pulses, rules, cuts):
    samples, probabilities = frames(pulses, 300)
    whole = EventDetector(LABELS, settings=rules)
    expected = whole.push(samples, probabilities)
    detector = EventDetector(LABELS, settings=rules)
    events = []
    for begin, end in pairwise([0, *sorted(cuts), 300]):
        events += detector.push(samples[begin:end], probabilities[begin:end])
    assert events == expected
    assert detector.held == whole.held


@settings(max_examples=150, deadline=None)
@given(pulses=PULSES, rules=RULES)
def test_every_press_is_released_before_the_next_event_and_held_tells_so(pulses, rules):
    samples, probabilities = frames(pulses, 300)
    detector = EventDetector(LABELS, settings=rules)
    held = None
    last = 0
    for frame in range(300):
        for event in detector.push(samples[frame : frame + 1], probabilities[frame : frame + 1]):
            assert last <= event.sample <= samples[frame]
            last = event.sample
            if event.kind is EventKind.RELEASE:
                assert held == event.gesture
                held = None
            else:
                assert held is None
                held = event.gesture if event.kind is EventKind.PRESS else None
        assert detector.held == (() if held is None else (held,))
    assert [event.gesture for event in detector.reset()] == ([] if held is None else [held])


@pytest.mark.parametrize(
    ("label", "gesture", "kind"),
    [
        ("index_press", "index", EventKind.PRESS),
        ("ring_finger_release", "ring_finger", EventKind.RELEASE),
        ("thumb_click", "thumb_click", EventKind.INSTANT),
        ("_press", "_press", EventKind.INSTANT),
    ],
)
def test_labels_are_read_by_their_ending(label, gesture, kind):
    assert parse_label(label) == (gesture, kind)


def test_settings_out_of_range_are_refused():
    with pytest.raises(SettingError, match=r"threshold: 1.5 is out of range, must be from 0 to 1"):
        EventDetector(LABELS, settings=EventSettings(threshold=1.5))


def test_new_settings_hold_from_the_next_frame_on():
    detector = EventDetector(LABELS)
    samples, probabilities = frames([(10, "thumb_up"), (100, "thumb_up")], level=0.4)
    assert detector.push(samples[:50], probabilities[:50]) == []
    detector.settings = EventSettings(threshold=0.35)
    assert len(detector.push(samples[50:], probabilities[50:])) == 1


def test_a_bundle_recommends_settings():
    assert event_settings({"threshold": 0.4}, "gestures") == EventSettings(threshold=0.4)
    with pytest.raises(BundleError, match=r"bundle 'gestures': decoding.threshold: 2"):
        event_settings({"threshold": 2.0}, "gestures")
