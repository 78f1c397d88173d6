# SPDX-License-Identifier: Apache-2.0
"""Where pulses and masks lie, against cases worked out by hand."""

import numpy as np

from semg_training.gesture_targets import GESTURES, frame_samples, gesture_targets

INDEX_PRESS, INDEX_RELEASE = 0, 1
MIDDLE_RELEASE = 3
THUMB_UP = GESTURES.index("thumb_up")


def test_frames_lie_at_sample_20_and_every_10_samples():
    assert frame_samples(20).tolist() == []
    assert frame_samples(21).tolist() == [20]
    assert frame_samples(31).tolist() == [20, 30]
    assert len(frame_samples(24000)) == 2398


def test_pulse_lasts_from_80_to_120_ms_after_the_event():
    targets, _ = gesture_targets([(THUMB_UP, 1000)], 2000)
    frames = np.flatnonzero(targets[:, THUMB_UP])
    # 80 ms after sample 1000 is sample 1160, frame 114; 40 ms are 8 frames.
    assert frames.tolist() == list(range(114, 122))
    assert targets.sum() == 8


def test_event_before_the_window_still_has_its_pulse():
    targets, _ = gesture_targets([(THUMB_UP, -180)], 2000)
    # The pulse covers samples -20 to 59: frames at 20, 30, 40 and 50.
    assert np.flatnonzero(targets[:, THUMB_UP]).tolist() == [0, 1, 2, 3]


def test_release_counts_only_while_its_finger_is_down():
    _, weights = gesture_targets([(INDEX_PRESS, 1000), (INDEX_RELEASE, 2000)], 4000)
    counted = 20 + 10 * np.flatnonzero(weights[:, INDEX_RELEASE])
    # From the press pulse (1000 + 160) to 40 ms after the release pulse (2000 + 240 + 80).
    assert counted[0] == 1160
    assert counted[-1] == 2310
    assert len(counted) == (2310 - 1160) // 10 + 1
    assert not weights[:, MIDDLE_RELEASE].any()


def test_finger_already_down_at_the_start_of_the_window_counts():
    _, weights = gesture_targets([(INDEX_RELEASE, 500)], 2000)
    assert weights[0, INDEX_RELEASE] == 1
    assert weights[-1, INDEX_RELEASE] == 0


def test_finger_still_down_at_the_end_of_the_window_counts():
    _, weights = gesture_targets([(INDEX_PRESS, 500)], 2000)
    assert weights[0, INDEX_RELEASE] == 0
    assert weights[-1, INDEX_RELEASE] == 1


def test_every_other_output_always_counts():
    _, weights = gesture_targets([(INDEX_PRESS, 500)], 2000)
    others = [i for i, name in enumerate(GESTURES) if not name.endswith("_release")]
    assert weights[:, others].all()


def test_other_gestures_have_their_own_columns_and_pairs():
    labels = ("snap", "pinch_press", "pinch_release", "wave_release")
    targets, weights = gesture_targets([(0, 1000), (1, 2000)], 4000, labels=labels)
    assert targets.sum(axis=0).tolist() == [8, 8, 0, 0]
    counted = 20 + 10 * np.flatnonzero(weights[:, 2])
    assert counted[0] == 2160
    assert weights[:, [0, 1, 3]].all()
