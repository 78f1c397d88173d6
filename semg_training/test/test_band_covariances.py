# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from semg_training.band_covariances import (
    band_covariances,
    band_filters,
    bands_within,
    frame_ends,
    noise_level,
)

RATE = 2000.0


def sine(frequency, samples=4000):
    return np.sqrt(2.0) * np.sin(2 * np.pi * frequency * np.arange(samples) / RATE)


@pytest.mark.parametrize(("bandwidth", "count"), [(225.0, 2), (450.0, 3), (850.0, 3), (150.0, 1)])
def test_bands_fill_what_the_device_delivers_up_to_450_hz(bandwidth, count):
    bands = bands_within(bandwidth)
    assert len(bands) == count
    assert bands[0][0] == 90.0
    assert bands[-1][1] == min(bandwidth, 450.0)
    assert [high for _, high in bands[:-1]] == [low for low, _ in bands[1:]]


def test_a_device_that_delivers_too_little_is_refused():
    with pytest.raises(ValueError, match="bandwidth: 112 Hz, must be at least 150 Hz"):
        bands_within(112.0)


def test_a_tone_has_its_power_in_its_band_and_nowhere_else():
    emg = np.stack([sine(200.0), np.zeros(4000)], axis=1)
    power = band_covariances(emg, bands_within(450.0))[:, :, 0, 0].mean(axis=0)
    assert power[1] == pytest.approx(1.0, abs=0.02)
    assert power[[0, 2]].max() < 1e-3


@pytest.mark.parametrize(("mains", "most"), [(50.0, -50.0), (60.0, -37.0)])
def test_the_mains_are_damped_in_every_band(mains, most):
    time = np.arange(band_filters(bands_within(450.0)).shape[1]) / RATE
    gains = np.abs(band_filters(bands_within(450.0)) @ np.exp(-2j * np.pi * mains * time))
    assert 20 * np.log10(gains).max() < most


def test_covariances_are_the_products_of_filtered_channels():
    emg = np.random.default_rng(1).normal(size=(500, 3))
    bands = bands_within(450.0)
    found = band_covariances(emg, bands)
    assert found.shape == ((500 - 96) // 40, 3, 3, 3)
    taps = band_filters(bands)[2]
    filtered = np.stack([np.convolve(channel, taps, "valid") for channel in emg.T])
    frame = filtered[:, 80:120]
    np.testing.assert_allclose(found[2, 2], frame @ frame.T / 40, rtol=1e-5)


def test_a_frame_ends_with_the_last_sample_that_it_needs():
    (end, _) = frame_ends(2)
    bands = bands_within(450.0)
    assert len(band_covariances(np.zeros((end, 1)), bands)) == 0
    assert len(band_covariances(np.zeros((end + 1, 1)), bands)) == 1


def test_the_noise_level_is_that_of_the_quietest_tenth():
    quiet = np.tile(np.eye(4, dtype=np.float32), (20, 2, 1, 1))
    assert noise_level([quiet, 100.0 * quiet]) == pytest.approx(1.0)
