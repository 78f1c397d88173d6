# SPDX-License-Identifier: Apache-2.0
import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import butter, sosfilt

from semg_driver.devices.device import Intent
from semg_driver.simulation.band import NOISE_SD
from semg_driver.simulation.gestures import GESTURES, RELEASE_OF, SWIPES
from semg_driver.simulation.intents import PASSAGE, IntentError, IntentScript
from semg_driver.simulation.person import Person
from semg_driver.simulation.wearer import Wearer

PERSON = Person.sample(104)
CONDITIONING = butter(4, 40.0, "highpass", fs=2000.0, output="sos")


class Asked:
    """A wearer, and what comes of asking: intents by sample, then everything until `stop`."""

    def __init__(self, intents, stop, seed=3, block=20):
        script = IntentScript()
        worn = Wearer(PERSON, script, seed=seed, step=PASSAGE)
        edges = sorted({0, stop, *intents, *range(0, stop, block)})
        emg, angle, velocity, labels = [], [], [], []
        for first, end in itertools.pairwise(edges):
            for intent in intents.get(first, ()):
                script.act(intent)
            piece, truth = worn.generate(end - first)
            emg.append(piece)
            angle.append(truth.wrist_angle)
            velocity.append(truth.wrist_velocity)
            labels += [(label.name, label.sample) for label in truth.gestures]
        self.emg, self.angle, self.velocity = map(np.concatenate, (emg, angle, velocity))
        self.labels = labels
        self.names = [name for name, _ in labels]


def gesture(name):
    return [Intent(name)]


def level(emg, start, stop):
    """Largest RMS of a channel in units of the sensor's noise, over part of a recording."""
    conditioned = sosfilt(CONDITIONING, emg / NOISE_SD, axis=0)[start:stop]
    return np.sqrt((conditioned**2).mean(axis=0)).max()


@pytest.mark.parametrize("name", [*(set(GESTURES) - set(RELEASE_OF.values()))])
@pytest.mark.parametrize("sample", [0, 1, 99, 100, 4037])
def test_a_gesture_is_labelled_soon_after_it_was_asked_for(name, sample):
    asked = Asked({sample: gesture(name)}, sample + 1200)
    assert asked.names == [name]
    soonest, latest = (640, 740) if name in SWIPES else (200, 300)
    assert soonest <= asked.labels[0][1] - sample <= latest


@pytest.mark.parametrize("name", RELEASE_OF)
@pytest.mark.parametrize("seconds", [0.3, 1.0, 7.0])
def test_a_press_is_held_until_its_release_is_asked_for(name, seconds):
    release = 1000 + round(2000 * seconds)
    asked = Asked({1000: gesture(name), release: gesture(RELEASE_OF[name])}, release + 4000)
    assert asked.names == [name, RELEASE_OF[name]]
    pressed, released = (sample for _, sample in asked.labels)
    assert 200 <= released - release <= 300
    if seconds >= 1.0:
        held = level(asked.emg, pressed + 600, released - 300)
        assert held > 1.3 * level(asked.emg, released + 1000, released + 3000)


def test_another_gesture_releases_first_what_is_held():
    asked = Asked({100: gesture("index_press"), 3000: gesture("thumb_up")}, 6000)
    assert asked.names == ["index_press", "index_release", "thumb_up"]
    assert asked.labels[2][1] - asked.labels[1][1] >= 1000


def test_what_cannot_be_done_again_or_undone_is_left():
    asked = Asked(
        {
            0: gesture("index_release"),
            1000: gesture("middle_press"),
            3000: gesture("middle_press"),
            4000: gesture("index_release"),
            5000: gesture("middle_release"),
            7000: gesture("middle_release"),
        },
        9000,
    )
    assert asked.names == ["middle_press", "middle_release"]


@settings(max_examples=15, deadline=None)
@given(
    st.dictionaries(
        st.integers(0, 6000),
        st.lists(st.sampled_from(GESTURES), min_size=1, max_size=3),
        max_size=4,
    )
)
def test_whatever_is_asked_presses_and_releases_alternate_with_time_between(asked_for):
    asked = Asked({s: [Intent(name) for name in names] for s, names in asked_for.items()}, 30000)
    samples = [sample for _, sample in asked.labels]
    assert samples == sorted(samples)
    for (name, sample), (following, later) in itertools.pairwise(asked.labels):
        if name in RELEASE_OF:
            assert following == RELEASE_OF[name]
            assert later - sample >= 300
        else:
            assert following not in RELEASE_OF.values()
            assert later - sample >= 1000
    asked_names = [name for s in sorted(asked_for) for name in asked_for[s]]
    kept = [name for name in asked_names if name not in RELEASE_OF.values()]
    done = [name for name in asked.names if name not in RELEASE_OF.values()]
    assert done == [name for i, name in enumerate(kept) if not _held_already(asked_names, kept, i)]


def _held_already(asked_names, kept, index):
    """Whether the `index`-th of the kept was asked for while the wearer held just that."""
    held, seen = "", -1
    for name in asked_names:
        if name in RELEASE_OF.values():
            held = "" if held and RELEASE_OF[held] == name else held
            continue
        seen += 1
        if seen == index:
            return name == held
        held = name if name in RELEASE_OF else ""
    raise AssertionError(kept)


def test_the_wrist_goes_where_and_when_it_is_asked_to():
    asked = Asked({2000: [Intent(wrist_angle=0.5, wrist_duration=0.4)]}, 4000)
    assert np.abs(asked.angle[:2200]).max() == 0.0
    np.testing.assert_allclose(asked.angle[2000 + 300 + 800 :], 0.5, atol=1e-6)
    slope = np.diff(asked.angle.astype(float)) * 2000.0
    np.testing.assert_allclose(slope, asked.velocity[1:], atol=0.02)


def test_a_new_target_redirects_a_movement_smoothly():
    asked = Asked(
        {0: [Intent(wrist_angle=1.0)], 900: [Intent(wrist_angle=-1.0, wrist_duration=0.5)]}, 4000
    )
    assert asked.angle[1000] > 0.05
    assert asked.angle[-1] == pytest.approx(-1.0)
    assert np.abs(np.diff(asked.velocity)).max() < 0.1
    slope = np.diff(asked.angle.astype(float)) * 2000.0
    np.testing.assert_allclose(slope, asked.velocity[1:], atol=0.05)


def test_a_gesture_lets_the_wrist_go_on():
    both = Asked({0: [Intent("thumb_in", 0.8, 1.0)], 1000: gesture("thumb_click")}, 4000)
    alone = Asked({0: [Intent(wrist_angle=0.8, wrist_duration=1.0)]}, 4000)
    np.testing.assert_array_equal(both.angle, alone.angle)
    assert both.names == ["thumb_in", "thumb_click"]


def test_the_same_intents_at_the_same_samples_give_the_same_emg():
    intents = {
        130: gesture("index_press"),
        2500: [Intent(wrist_angle=-0.4)],
        3000: gesture("index_release"),
    }
    once = Asked(intents, 5000)
    np.testing.assert_array_equal(once.emg, Asked(intents, 5000, block=333).emg)
    later = Asked({**intents, 3500: gesture("thumb_in")}, 5000)
    np.testing.assert_array_equal(once.emg[:3400], later.emg[:3400])
    assert not np.array_equal(once.emg, later.emg)
    assert not np.array_equal(once.emg, Asked(intents, 5000, seed=4).emg)


@pytest.mark.parametrize(
    ("intent", "message"),
    [
        (Intent("wave"), "gesture: there is no 'wave'; there are: index_press, "),
        (Intent(wrist_angle=math.inf), "wrist_angle: inf rad, must be finite, or NaN"),
        (Intent(wrist_duration=-1.0), r"wrist_duration: -1\.0 s, must be at least 0"),
        (Intent(wrist_duration=math.nan), "wrist_duration: nan s, must be at least 0"),
    ],
)
def test_what_nobody_can_do_is_refused_in_one_line(intent, message):
    with pytest.raises(IntentError, match=message):
        IntentScript().act(intent)


def test_more_gestures_than_anybody_keeps_in_mind_are_refused():
    script = IntentScript()
    for _ in range(16):
        script.act(Intent("thumb_in"))
    with pytest.raises(IntentError, match="'thumb_out' is one too many, 16 are waiting already"):
        script.act(Intent("thumb_out"))
    script.act(Intent(wrist_angle=0.1))
