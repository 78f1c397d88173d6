# SPDX-License-Identifier: Apache-2.0
import numpy as np

from semg_driver.simulation.handwriting.track import Track

DRIVE = np.random.default_rng(1).uniform(size=(3, 50))


def test_a_track_is_straight_between_samples_and_over_at_its_end():
    track = Track(DRIVE)
    times = np.linspace(-0.05, 0.2, 777)
    drive = np.zeros((3, times.size))
    track.add_to(drive, times)
    within = (times >= 0.0) & (times < 49 / 500.0)
    for row, samples in zip(drive, DRIVE, strict=True):
        straight = np.interp(times, np.arange(50) / 500.0, samples)
        np.testing.assert_allclose(row, np.where(within, straight, 0.0), atol=1e-12)
    assert track.end == 0.1


def test_a_track_is_added():
    drive = np.ones((3, 10))
    Track(DRIVE).add_to(drive, np.arange(10) / 500.0)
    np.testing.assert_allclose(drive, 1.0 + DRIVE[:, :10])


def test_each_muscle_has_its_strength():
    scaled = Track(DRIVE).scaled(np.array([2.0, 0.0, 1.0]))
    np.testing.assert_array_equal(scaled.drive, DRIVE * [[2.0], [0.0], [1.0]])
