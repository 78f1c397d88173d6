# SPDX-License-Identifier: Apache-2.0
"""Windows for training are cut and labelled where they should be."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is only installed for training")

from semg_training.mpf_augmentation import drop_channel  # noqa: E402
from semg_training.recordings import EmgRecording, MpfRecording  # noqa: E402
from semg_training.windows import (  # noqa: E402
    Augmentation,
    augmented,
    gesture_batch,
    wrist_batch,
)

THUMB_UP = 8


def counted_emg(samples=4000):
    """EMG whose channel 0 counts samples in steps of ten."""
    emg = np.zeros((samples, 16), np.float16)
    emg[:, 0] = np.arange(samples) // 10
    return EmgRecording(emg, np.array([[THUMB_UP, 2000]]))


def counted_mpf(frames=90):
    """MPF frames that count themselves, as does the displacement."""
    mpf = np.zeros((frames, 6, 16, 4), np.float16)
    mpf += np.arange(frames)[:, None, None, None].astype(np.float16)
    moved = np.arange(frames, dtype=np.float32) / 1000
    moved[0] = np.nan
    return MpfRecording(mpf, moved)


def test_pulse_of_a_window_is_at_the_same_emg_wherever_the_window_begins():
    batch = gesture_batch([counted_emg()], np.random.default_rng(0), 64, 200)
    assert batch.inputs.shape == (64, 16, 2011)
    assert batch.targets.shape == batch.weights.shape == (64, 200, 9)
    found = 0
    for emg, target in zip(batch.inputs.numpy(), batch.targets.numpy(), strict=True):
        frames = np.flatnonzero(target[:, THUMB_UP])
        at_frames = emg[0, 20 + 10 * frames]
        # The pulse covers samples 2160 to 2239.
        assert ((at_frames >= 216) & (at_frames <= 223)).all()
        found += len(frames) == 8
    assert found > 10


def test_wrist_window_pairs_each_frame_with_its_own_displacement():
    batch = wrist_batch([counted_mpf()], np.random.default_rng(0), 32, 20)
    assert batch.inputs.shape == (32, 20, 6, 16, 16)
    number = batch.inputs[:, :, 0, 0, 0]
    known = batch.weights[:, :, 0] == 1
    torch.testing.assert_close(batch.targets[:, :, 0][known], number[known] / 1000)
    assert (number[~known] == 0).all()


def test_same_seed_gives_the_same_batch():
    recording = counted_emg()
    one, two = (
        gesture_batch([recording], np.random.default_rng(7), 4, 100, Augmentation())
        for _ in range(2)
    )
    torch.testing.assert_close(one.inputs, two.inputs, rtol=0, atol=0)


def test_recordings_shorter_than_a_window_are_left_out_or_refused():
    short, long = counted_emg(500), counted_emg()
    batch = gesture_batch([short, long], np.random.default_rng(0), 16, 200)
    assert batch.inputs.shape[0] == 16
    with pytest.raises(ValueError, match="no recording is as long"):
        gesture_batch([short], np.random.default_rng(0), 1, 200)


def test_roll_moves_whole_channels_and_drop_leaves_noise():
    rng = np.random.default_rng(0)
    emg = np.repeat(np.arange(1, 17, dtype=np.float32)[:, None] * 100, 500, axis=1)
    only_roll = Augmentation(0.0, 0.0, roll=2, roll_probability=1.0, drop_probability=0.0)
    seen = set()
    for _ in range(50):
        rolled = augmented(emg, only_roll, rng)
        places = int(rolled[0, 0] / 100 - 1)
        places = -places % 16
        seen.add(places - 16 if places > 8 else places)
        np.testing.assert_array_equal(np.sort(rolled[:, 0]), emg[:, 0])
    assert seen == {-2, -1, 0, 1, 2}
    only_drop = Augmentation(0.0, 0.0, roll=0, roll_probability=0.0, drop_probability=1.0)
    changed = (augmented(emg, only_drop, rng) != emg).any(axis=1)
    assert changed.sum() == 1


def test_a_dropped_channel_of_mpf_frames_has_to_do_with_no_other():
    mpf = torch.ones(5, 6, 16, 16)
    drop_channel(mpf, np.random.default_rng(0))
    changed = (mpf[0, 0].diagonal() != 1).nonzero().ravel().tolist()
    assert len(changed) == 1
    others = [channel for channel in range(16) if channel != changed[0]]
    assert not mpf[:, :, changed[0], others].any()
    assert not mpf[:, :, others, changed[0]].any()
    assert (mpf[:, :, others][:, :, :, others] == 1).all()
