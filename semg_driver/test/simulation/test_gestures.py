# SPDX-License-Identifier: Apache-2.0
import itertools

import numpy as np
import pytest

from semg_driver.simulation.anatomy import MUSCLE_INDEX, MUSCLES
from semg_driver.simulation.gestures import (
    GESTURES,
    PREPARATION,
    REACH_AFTER,
    RELEASE_OF,
    SWIPES,
    activity,
)

TIMES = np.arange(-0.6, 2.0, 0.001)
ONES, ZEROS = np.ones(len(MUSCLES)), np.zeros(len(MUSCLES))


def drive(gesture, hold=0.0, strength=ONES, extra=ZEROS, tempo=1.0, softness=1.0, offset=0.0):
    total = np.zeros((len(MUSCLES), TIMES.size))
    activity(gesture, hold, 0.0, strength, extra, tempo, softness, offset).add_to(total, TIMES)
    return total


def span_above_half(gesture):
    total = drive(gesture, hold=0.3).max(axis=0)
    above = TIMES[total > 0.5 * total.max()]
    return above[0], above[-1]


@pytest.mark.parametrize(
    "gesture", ["index_press", "middle_press", "index_release", "middle_release", "thumb_click"]
)
def test_bursts_last_thirty_to_sixty_milliseconds_at_the_label(gesture):
    start, stop = span_above_half(gesture)
    assert 0.030 <= stop - start <= 0.060
    assert start < 0.0 < stop


@pytest.mark.parametrize("gesture", SWIPES)
def test_swipes_are_slow_and_begin_before_the_label(gesture):
    start, stop = span_above_half(gesture)
    assert 0.2 <= stop - start <= 0.5
    assert -0.2 <= start <= -0.05


def test_every_gesture_has_a_muscle_combination_of_its_own():
    patterns = {g: drive(g, hold=0.3)[:, np.abs(TIMES) < 0.05].mean(axis=1) for g in GESTURES}
    for one, other in itertools.combinations(GESTURES, 2):
        a, b = patterns[one], patterns[other]
        assert a @ b / np.linalg.norm(a) / np.linalg.norm(b) < 0.8, (one, other)


@pytest.mark.parametrize("gesture", RELEASE_OF)
def test_a_press_is_held_weakly_until_its_release(gesture):
    long, short = drive(gesture, hold=0.8), drive(gesture, hold=0.2)
    during = (TIMES > 0.3) & (TIMES < 0.7)
    assert 0.02 < long[:, during].max() < 0.2 * long.max()
    assert short[:, during].max() == 0.0


@pytest.mark.parametrize("gesture", GESTURES)
def test_activity_ends_within_its_reach_even_when_slow(gesture):
    total = drive(gesture, tempo=1.7, softness=1.5, offset=0.03)
    quiet = (-PREPARATION[gesture] > TIMES) | (TIMES > REACH_AFTER)
    assert total[:, quiet].max() == 0.0


@pytest.mark.parametrize("gesture", RELEASE_OF)
def test_a_hold_without_an_end_can_be_given_one_later(gesture):
    usual = (ONES, ZEROS, 1.0, 1.0, 0.0)
    endless, ended = np.zeros((2, len(MUSCLES), TIMES.size))
    activity(gesture, np.inf, 0.0, *usual).add_to(endless, TIMES)
    activity(gesture, np.inf, 0.0, *usual).ended(0.8).add_to(ended, TIMES)
    assert endless[:, -1].max() == pytest.approx(0.11)
    np.testing.assert_array_equal(ended, drive(gesture, hold=0.8))


def test_strength_extra_tempo_and_offset_do_what_they_say():
    plain = drive("thumb_in")
    np.testing.assert_allclose(drive("thumb_in", strength=2.0 * ONES), 2.0 * plain)
    extra = ZEROS.copy()
    extra[MUSCLE_INDEX["ED4"]] = 0.05
    assert drive("thumb_in", extra=extra)[MUSCLE_INDEX["ED4"]].max() == pytest.approx(0.05)
    late = drive("thumb_in", offset=0.1)
    np.testing.assert_allclose(late[:, 100:], plain[:, :-100], atol=1e-9)
    assert (drive("thumb_in", tempo=1.5) > 0).sum() > 1.3 * (plain > 0).sum()
