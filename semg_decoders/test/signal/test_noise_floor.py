# SPDX-License-Identifier: Apache-2.0
import math

import numpy as np
import pytest
from scipy import linalg

from semg_decoders.signal.mpf import mpf
from semg_decoders.signal.noise_floor import bands_beyond, with_masked_bands, with_noise_floor


@pytest.mark.filterwarnings("ignore:logm result")
def test_is_the_logarithm_of_the_matrix_and_the_floor(emg):
    frames = mpf(emg)[:3]
    ours = with_noise_floor(frames, 50.0)
    for index in np.ndindex(frames.shape[:2]):
        expected = linalg.logm(linalg.expm(frames[index]) + 50.0 * np.eye(4))
        np.testing.assert_allclose(ours[index], expected, atol=1e-6)


def test_no_floor_changes_nothing(emg):
    frames = mpf(emg)
    np.testing.assert_array_equal(with_noise_floor(frames, 0.0), frames)


def test_a_matrix_far_below_the_floor_reads_as_the_floor():
    ours = with_noise_floor(np.diag([-80.0, -200.0, -30.0]), 2.0)
    np.testing.assert_allclose(ours, math.log(2.0) * np.eye(3), atol=1e-12)


def test_very_large_eigenvalues_do_not_overflow():
    frame = np.diag([900.0, 2.0])
    np.testing.assert_allclose(with_noise_floor(frame, 1.0)[0, 0], 900.0)


def test_bands_beyond_the_bandwidth_are_found():
    assert bands_beyond(450.0).tolist() == [False] * 5 + [True]
    assert bands_beyond(850.0).tolist() == [False] * 6
    assert bands_beyond(225.0).tolist() == [False] * 3 + [True] * 3


def test_masked_bands_read_as_the_floor(emg):
    frames = mpf(emg)
    masked = bands_beyond(450.0)
    ours = with_masked_bands(frames, masked, 3.0)
    np.testing.assert_array_equal(ours[:, :5], frames[:, :5])
    np.testing.assert_allclose(
        ours[:, 5], np.broadcast_to(math.log(3.0) * np.eye(4), (len(frames), 4, 4))
    )


def test_masked_bands_are_zero_without_a_floor(emg):
    ours = with_masked_bands(mpf(emg), bands_beyond(450.0), 0.0)
    assert not ours[:, 5].any()


@pytest.mark.parametrize("floor", [-1.0, math.nan, math.inf])
def test_an_impossible_floor_is_refused(floor):
    with pytest.raises(ValueError, match="noise floor"):
        with_noise_floor(np.eye(2), floor)
