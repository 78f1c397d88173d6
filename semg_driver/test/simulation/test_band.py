# SPDX-License-Identifier: Apache-2.0
import dataclasses

import numpy as np
import pytest
from scipy.signal import welch

from semg_driver.devices.device import Hand
from semg_driver.simulation.anatomy import MUSCLE_INDEX, MUSCLES
from semg_driver.simulation.band import FULL_SCALE, NOISE_SD, Electronics, unit_waveforms
from semg_driver.simulation.motor_units import pools
from semg_driver.simulation.person import Person

UNITS = pools(tuple(m.units for m in MUSCLES))
STEP = FULL_SCALE / 2047
IDEAL = dataclasses.replace(
    Person.sample(11), channel_gain=np.ones(16), channel_noise=np.ones(16), hum=np.zeros(16)
)


def converted(person, signal, seed=1):
    return Electronics(person, np.random.default_rng(seed)).convert(signal, 0)


def noise(person, samples=40000):
    return converted(person, np.zeros((samples, 16), np.float32))


def test_noise_is_that_of_the_published_band():
    emg = noise(IDEAL)
    expected = np.hypot(NOISE_SD, STEP / np.sqrt(12.0))
    np.testing.assert_allclose(emg.std(axis=0), expected, rtol=0.03)


def test_noise_lies_inside_the_pass_band():
    frequency, power = welch(noise(IDEAL)[:, 0], 2000.0, nperseg=1024)
    inside = power[(frequency > 60) & (frequency < 700)].mean()
    assert power[frequency < 6].mean() < 0.2 * inside
    assert power[frequency > 970].mean() < 0.2 * inside


@pytest.mark.parametrize("mains", [50.0, 60.0])
def test_hum_is_at_the_mains_frequency(mains):
    person = dataclasses.replace(IDEAL, hum=np.full(16, 20.0), mains=mains)
    frequency, power = welch(noise(person)[:, 3], 2000.0, nperseg=4000)
    assert frequency[power.argmax()] == pytest.approx(mains)


def test_samples_are_steps_of_twelve_bits_and_end_at_full_scale():
    signal = np.zeros((4000, 16), np.float32)
    signal[:, 2] = 0.01 * np.sin(np.arange(4000) * 0.3)
    emg = converted(IDEAL, signal)
    assert emg[:, 2].max() == np.float32(FULL_SCALE)
    assert emg[:, 2].min() == -np.float32(FULL_SCALE)
    codes = emg.astype(float) / STEP
    np.testing.assert_allclose(codes, np.rint(codes), atol=1e-3)


def test_conversion_does_not_depend_on_the_cut():
    signal = np.random.default_rng(2).normal(0.0, 1e-4, (900, 16)).astype(np.float32)
    whole = Electronics(IDEAL, np.random.default_rng(1)).convert(signal, 0)
    cut = Electronics(IDEAL, np.random.default_rng(1))
    pieces = np.concatenate([cut.convert(signal[:333], 0), cut.convert(signal[333:], 333)])
    np.testing.assert_allclose(pieces, whole, atol=1.01 * STEP)
    assert np.mean(pieces == whole) > 0.999


def amplitudes(person):
    return np.ptp(unit_waveforms(person, UNITS), axis=1)


def test_turning_the_band_by_one_electrode_moves_every_signal_by_one_channel():
    turned = dataclasses.replace(IDEAL, rotation=IDEAL.rotation + 22.5)
    np.testing.assert_allclose(
        amplitudes(turned), np.roll(amplitudes(IDEAL), -1, axis=1), rtol=1e-4
    )


def test_a_left_arm_is_the_mirror_image():
    left = dataclasses.replace(IDEAL, hand=Hand.LEFT)
    mirrored = amplitudes(IDEAL)[:, (-np.arange(16)) % 16]
    np.testing.assert_array_equal(amplitudes(left), mirrored)


def test_amplitude_falls_off_around_the_ring():
    mean = amplitudes(IDEAL)[UNITS.muscle == MUSCLE_INDEX["APL"]].mean(axis=0)
    best = int(mean.argmax())
    assert best in (3, 4, 5)
    assert mean[(best + 8) % 16] < 0.01 * mean[best]
    assert 2 <= (mean > 0.25 * mean[best]).sum() <= 5


def test_contact_scales_the_signal():
    gain = np.ones(16)
    gain[6] = 0.1
    weak = dataclasses.replace(IDEAL, channel_gain=gain)
    np.testing.assert_allclose(amplitudes(weak)[:, 6], 0.1 * amplitudes(IDEAL)[:, 6], rtol=1e-5)
