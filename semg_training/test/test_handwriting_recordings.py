# SPDX-License-Identifier: Apache-2.0
"""Recordings of people who write: frames, texts, and their times."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is only installed for training")

from semg_decoders.signal.conditioning import NOISE_SD, SAMPLE_RATE, condition
from semg_decoders.signal.mpf import mpf
from semg_decoders.signal.noise_floor import with_noise_floor
from semg_driver.simulation.recording import simulate
from semg_training.handwriting_recordings import (
    SHARES,
    HandwritingEmgRecording,
    HandwritingRecording,
)
from semg_training.recordings import NOISE_FLOOR, RecordingPlan

PERSON = 1_000_000
PLAN = RecordingPlan("handwriting", 32.0)


@pytest.fixture(scope="module")
def recording():
    return HandwritingRecording.make(PERSON, PLAN)


def test_texts_are_those_that_were_written(recording):
    _, truth = simulate(PERSON, "handwriting", 32.0, PERSON)
    assert recording.prompts == truth.prompts
    assert recording.characters == truth.characters
    assert recording.prompts


def test_characters_of_a_prompt_lie_within_it_in_order(recording):
    for prompt in recording.prompts:
        inside = [c for c in recording.characters if prompt.start <= c.start < prompt.stop]
        assert "".join(c.text for c in inside) == prompt.text
        assert inside[-1].stop == prompt.stop


def test_frames_are_those_of_the_decoders_near_the_diagonal(recording):
    emg, _ = simulate(PERSON, "handwriting", 32.0, PERSON)
    conditioned = condition(emg, SAMPLE_RATE, NOISE_SD)
    expected = with_noise_floor(mpf(conditioned, 160), NOISE_FLOOR)
    assert recording.mpf.shape == (len(expected), 4, 16, 4)
    assert recording.frames == len(expected)
    for distance in range(4):
        columns = (np.arange(16) + distance) % 16
        np.testing.assert_allclose(
            recording.mpf[:, :, :, distance],
            expected[:, :4, np.arange(16), columns],
            rtol=1e-3,
            atol=2e-3,
        )


def test_emg_is_the_conditioned_one(recording):
    whole = HandwritingEmgRecording.make(PERSON, PLAN)
    emg, _ = simulate(PERSON, "handwriting", 32.0, PERSON)
    expected = condition(emg, SAMPLE_RATE, NOISE_SD).astype(np.float16)
    np.testing.assert_array_equal(whole.emg, expected)
    assert whole.frames == recording.frames
    assert whole.prompts == recording.prompts


def test_what_is_saved_is_what_is_loaded(recording, tmp_path):
    recording.save(tmp_path / "handwriting")
    loaded = HandwritingRecording.load(tmp_path / "handwriting")
    np.testing.assert_array_equal(loaded.mpf, recording.mpf)
    assert loaded.prompts == recording.prompts
    assert loaded.characters == recording.characters
    emg = HandwritingEmgRecording(np.ones((500, 16), np.float16), recording.prompts, ())
    emg.save(tmp_path / "emg")
    back = HandwritingEmgRecording.load(tmp_path / "emg")
    np.testing.assert_array_equal(back.emg, emg.emg)
    assert (back.prompts, back.characters) == (recording.prompts, ())


def test_people_write_most_of_the_time_and_do_other_things_too():
    assert sum(SHARES.values()) == pytest.approx(1.0)
    assert SHARES["handwriting"] > 0.5
    others = [HandwritingRecording.make(PERSON, RecordingPlan(s, 2.0)) for s in SHARES]
    assert [bool(one.prompts or one.characters) for one in others][1:] == [False, False]
