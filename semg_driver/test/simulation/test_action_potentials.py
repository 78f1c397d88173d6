# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from semg_driver.simulation.action_potentials import LENGTH, bipolar_waveforms


def waveform(distance, velocity=4.0):
    wave = bipolar_waveforms(np.array([[distance]]), np.array([velocity]), np.zeros(1))
    assert wave.shape == (1, LENGTH, 1)
    return wave[0, :, 0]


def mean_frequency(wave):
    power = np.abs(np.fft.rfft(wave, 1024)) ** 2
    return (np.fft.rfftfreq(1024, 1 / 2000.0) * power).sum() / power.sum()


def test_amplitude_is_one_at_ten_millimetres():
    assert np.ptp(waveform(10.0)) == pytest.approx(1.0)


def test_amplitude_falls_faster_than_the_square_of_distance():
    near, far = np.ptp(waveform(5.0)), np.ptp(waveform(15.0))
    assert near / far > 3.0**2


def test_far_fibres_look_slower():
    assert mean_frequency(waveform(15.0)) < mean_frequency(waveform(5.0))


def test_fast_fibres_look_faster():
    assert mean_frequency(waveform(8.0, 5.0)) > mean_frequency(waveform(8.0, 3.0))


def test_energy_lies_where_surface_emg_has_it():
    assert 50.0 < mean_frequency(waveform(8.0)) < 250.0


def test_waveform_fades_out_at_both_ends():
    wave = waveform(6.0)
    assert max(abs(wave[0]), abs(wave[-1])) < 0.05 * np.ptp(wave)
