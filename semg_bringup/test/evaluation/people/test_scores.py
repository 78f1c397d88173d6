# SPDX-License-Identifier: Apache-2.0
"""Decoders that know the truth, or nothing."""

import numpy as np
import pytest

from semg_bringup.evaluation.handwriting import AFTER
from semg_bringup.evaluation.people import gestures, handwriting, wrist
from semg_bringup.evaluation.people.gestures import NULL_SCRIPTS, GesturePerformances
from semg_bringup.evaluation.people.handwriting import BEFORE
from semg_bringup.evaluation.people.performance import performance, pieces
from semg_decoders.evaluation.events import TimedEvent


@pytest.fixture(scope="module")
def done():
    return GesturePerformances.of(40, 0.2)


def test_null_activity_lasts_as_long_as_gestures(done):
    assert done.doing.seconds == pytest.approx(12.0)
    assert set(done.null) == set(NULL_SCRIPTS)
    assert sum(null.seconds for null in done.null.values()) == pytest.approx(12.0, abs=0.01)


def test_who_knows_the_truth_makes_no_mistake(done):
    truth = sorted(done.doing.truth.gestures, key=lambda gesture: gesture.sample)
    events = [TimedEvent(gesture.name, gesture.sample / 2000) for gesture in truth]
    score = gestures.score_person(lambda emg: events if emg is done.doing.emg else [], done)
    assert (score.cler, score.missed, score.false_per_minute) == (0.0, 0.0, 0.0)


def test_who_finds_nothing_misses_all(done):
    score = gestures.score_person(lambda emg: [], done)
    assert (score.missed, score.false_per_minute) == (100.0, 0.0)


def test_events_of_no_gesture_are_counted_per_minute(done):
    click = [TimedEvent("thumb_click", 1.0)]
    score = gestures.score_person(lambda emg: click, done)
    assert score.false_per_minute == pytest.approx(len(NULL_SCRIPTS) * 60 / 12, rel=0.01)
    assert set(score.to_dict()["false_per_minute_by_script"]) == set(NULL_SCRIPTS)


def test_who_always_answers_zero_errs_by_the_mean_speed():
    moving = performance(40, "wrist", 12.0)
    samples = np.arange(253, len(moving.emg), 40) + 40
    samples = samples[samples < len(moving.emg)]
    score = wrist.score_person(lambda emg: (samples, np.zeros(len(samples))), moving)
    assert score.error == pytest.approx(score.mean_speed)
    speed = np.degrees(np.abs(moving.truth.wrist_velocity).mean())
    assert score.mean_speed == pytest.approx(speed, rel=0.05)


@pytest.fixture(scope="module")
def written():
    return performance(40, "handwriting", 40.0)


def test_prompts_come_with_the_emg_around_them(written):
    found = list(handwriting.prompts(written))
    assert [text for _, text in found] == [prompt.text for prompt in written.truth.prompts]
    assert len(found) > 0
    for (emg, _), prompt in zip(found, written.truth.prompts, strict=True):
        assert len(emg) == BEFORE + prompt.stop - prompt.start + AFTER
        np.testing.assert_array_equal(
            emg[BEFORE : BEFORE + 100], written.emg[prompt.start : prompt.start + 100]
        )
    # Nothing was recorded before the recording.
    early = BEFORE - written.truth.prompts[0].start
    assert early > 0
    assert not found[0][0][:early].any()


def test_text_that_is_right_has_no_errors_and_none_has_all(written):
    texts = iter(prompt.text for prompt in written.truth.prompts)
    right = handwriting.score_person(lambda emg: handwriting.Reading(next(texts), ""), written)
    assert right.greedy.cer == 0.0
    assert right.searched.cer == 100.0
    assert right.prompts == len(written.truth.prompts)
    nothing = handwriting.score_person(lambda emg: handwriting.Reading(""), written)
    assert nothing.greedy.cer == 100.0
    assert nothing.searched is None


def test_pieces_join_to_the_whole():
    emg = np.arange(50 * 16, dtype=np.float32).reshape(50, 16)
    cut = list(pieces(emg))
    assert [first for first, _ in cut] == [0, 20, 40]
    np.testing.assert_array_equal(np.concatenate([piece for _, piece in cut]), emg)


def test_a_wider_spread_is_the_same_person_farther_away():
    usual, outside = (performance(40, "wrist", 2.0, spread) for spread in (1.0, 1.5))
    np.testing.assert_array_equal(usual.truth.wrist_angle, outside.truth.wrist_angle)
    assert not np.array_equal(usual.emg, outside.emg)
