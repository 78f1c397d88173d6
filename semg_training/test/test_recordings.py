# SPDX-License-Identifier: Apache-2.0
"""Recordings of simulated people: labels, features and bands of 1 kHz."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is only installed for training")

from semg_driver.simulation.recording import simulate
from semg_training.gesture_targets import GESTURES
from semg_training.recordings import (
    EmgRecording,
    MpfRecording,
    RecordingPlan,
    at_half_rate,
    frame_displacements,
    plan_for,
)

PERSON = 1_000_000


def test_displacement_of_frame_k_is_between_the_last_samples_of_frames_k_and_before():
    angle = np.random.default_rng(0).normal(size=1000).astype(np.float32)
    moved = frame_displacements(angle, 10)
    assert np.isnan(moved[0])
    for k in range(1, 10):
        assert moved[k] == pytest.approx(angle[253 + 40 * k] - angle[253 + 40 * (k - 1)], abs=1e-6)


def test_emg_recording_holds_the_events_that_were_simulated(tmp_path):
    recording = EmgRecording.make(PERSON, RecordingPlan("demo", 6.0))
    _, truth = simulate(PERSON, "demo", 6.0, PERSON)
    assert recording.emg.shape == (12000, 16)
    assert [(GESTURES[g], s) for g, s in recording.events] == [
        (label.name, label.sample) for label in truth.gestures
    ]
    recording.save(tmp_path / "demo")
    loaded = EmgRecording.load(tmp_path / "demo")
    np.testing.assert_array_equal(loaded.emg, recording.emg)
    np.testing.assert_array_equal(loaded.events, recording.events)


def test_displacements_of_an_mpf_recording_add_up_to_the_movement(tmp_path):
    recording = MpfRecording.make(PERSON, RecordingPlan("wrist", 6.0))
    _, truth = simulate(PERSON, "wrist", 6.0, PERSON)
    frames = (12000 - 254) // 40 + 1
    assert recording.mpf.shape == (frames, 6, 16, 4)
    total = truth.wrist_angle[253 + 40 * (frames - 1)] - truth.wrist_angle[253]
    assert np.nansum(recording.displacement) == pytest.approx(total, abs=1e-5)
    recording.save(tmp_path / "wrist")
    loaded = MpfRecording.load(tmp_path / "wrist")
    np.testing.assert_array_equal(loaded.mpf, recording.mpf)
    np.testing.assert_array_equal(loaded.displacement, recording.displacement)


def test_half_rate_keeps_a_slow_sine_in_place_and_takes_a_fast_one_away():
    time = np.arange(4000) / 2000
    slow, fast = (np.sin(2 * np.pi * f * time, dtype=np.float64) for f in (100.0, 700.0))
    halved = at_half_rate(np.stack([slow, fast], axis=1).astype(np.float32))
    inner = slice(50, -50)
    assert halved.shape == (2000, 2)
    np.testing.assert_allclose(halved[inner, 0], slow[::2][inner], atol=0.01)
    assert np.abs(halved[inner, 1]).max() < 0.01


def test_band_of_1_khz_gives_the_same_timing_as_one_of_2_khz():
    wide, narrow = (
        EmgRecording.make(PERSON, RecordingPlan("gestures", 6.0, low)).emg for low in (False, True)
    )
    wide = wide.astype(np.float64)
    power_wide = (wide[: len(narrow)] ** 2).sum(axis=1)
    power_narrow = (narrow.astype(np.float64) ** 2).sum(axis=1)
    shifts = range(-10, 11)
    overlap = [np.dot(np.roll(power_narrow, shift), power_wide) for shift in shifts]
    assert abs(shifts[int(np.argmax(overlap))]) <= 1


def test_plan_fills_the_minutes_and_gives_every_fourth_person_a_band_of_1_khz():
    for person in range(8):
        plan = plan_for(person, 2.0, EmgRecording.SHARES)
        assert sum(part.seconds for part in plan) == pytest.approx(120.0)
        assert {part.low_bandwidth for part in plan} == {person % 4 == 3}
