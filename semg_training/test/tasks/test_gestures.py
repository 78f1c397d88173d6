# SPDX-License-Identifier: Apache-2.0
"""Which detection settings a gesture bundle gets."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is only installed for training")

from semg_training.gesture_targets import GESTURES, FrameGrid, frame_samples
from semg_training.recordings import EmgRecording
from semg_training.tasks.gestures import choose_threshold

GRID = FrameGrid(20, 20)
SECONDS = 60


def recorded(peaks, true_peaks):
    """A minute of EMG, and probabilities that peak every 2 s; only true peaks are gestures."""
    samples = frame_samples(2000 * SECONDS, GRID)
    probability = np.full((len(samples), len(GESTURES)), 0.01, np.float32)
    events = []
    for number, (height, is_true) in enumerate(zip(peaks, true_peaks, strict=True)):
        at = 2000 * (1 + 2 * number)
        frame = int(np.searchsorted(samples, at + 200))
        probability[frame : frame + 5, number % len(GESTURES)] = height
        if is_true:
            events.append((number % len(GESTURES), at))
    emg = np.zeros((2000 * SECONDS, 16), np.float16)
    return EmgRecording(emg, np.array(events, np.int64).reshape(-1, 2)), probability


def chosen(*recordings):
    recordings, probabilities = zip(*recordings, strict=True)
    return choose_threshold(probabilities, recordings, grid=GRID).threshold


def test_false_events_without_gestures_push_the_threshold_above_them():
    # F1 would have it below 0.6.
    gestures = recorded([0.97] * 20 + [0.6] * 5, [True] * 25)
    assert 0.72 < chosen(gestures, recorded([0.72] * 5, [False] * 5)) <= 0.97


def test_a_few_false_events_are_allowed_for_a_better_f1():
    gestures = recorded([0.97] * 20 + [0.6] * 5, [True] * 25)
    one_in_four_minutes = [recorded([0.72], [False]), *[recorded([], [])] * 3]
    assert chosen(gestures, *one_in_four_minutes) <= 0.6
    one_in_three_minutes = one_in_four_minutes[:3]
    assert chosen(gestures, *one_in_three_minutes) > 0.72


def test_where_too_many_are_false_at_every_threshold_the_fewest_count():
    gestures = recorded([0.97] * 20, [True] * 20)
    assert chosen(gestures, recorded([0.99] * 5 + [0.93] * 5, [False] * 10)) == 0.95
