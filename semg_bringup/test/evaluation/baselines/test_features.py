# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from semg_bringup.evaluation.baselines.features import log_amplitudes, stacked


def test_amplitudes_are_those_of_each_frame():
    emg = np.random.default_rng(1).normal(0, 3, (105, 2))
    found = log_amplitudes(emg, 20)
    assert found.shape == (5, 4)
    third = emg[40:60]
    rms = np.sqrt(np.mean(np.square(third), axis=0))
    rough = np.mean(np.abs(third - emg[39:59]), axis=0)
    np.testing.assert_allclose(found[2], np.log(np.concatenate([rms, rough]) + 0.1))


def test_frames_stand_beside_those_before_them():
    frames = np.arange(8.0).reshape(4, 2)
    assert stacked(frames, 3).tolist() == [
        [0, 1, 0, 1, 0, 1],
        [2, 3, 0, 1, 0, 1],
        [4, 5, 2, 3, 0, 1],
        [6, 7, 4, 5, 2, 3],
    ]


@pytest.mark.parametrize("frames", [0, 1, 2])
def test_few_frames_stay_as_many(frames):
    assert stacked(np.ones((frames, 3)), 5).shape == (frames, 15)
