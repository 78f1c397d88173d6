# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from semg_driver.simulation.action_potentials import LENGTH, SAMPLE_RATE, Fibres, waveforms

PAIR = (-5.0, 5.0)


def fibre(end_plate=-30.0, towards_elbow=60.0, towards_hand=60.0, velocity=4.0):
    values = end_plate, towards_elbow, towards_hand, velocity
    return Fibres(*(np.array([value]) for value in values))


def waveform(distance, pins=PAIR, **of_fibre):
    wave = waveforms(fibre(**of_fibre), np.array([[distance]]), pins)
    assert wave.shape == (1, LENGTH, 1)
    return wave[0, :, 0]


def mean_frequency(wave):
    power = np.abs(np.fft.rfft(wave, 1024)) ** 2
    return (np.fft.rfftfreq(1024, 1 / SAMPLE_RATE) * power).sum() / power.sum()


def test_amplitude_is_one_at_ten_millimetres():
    assert np.ptp(waveform(10.0)) == pytest.approx(1.0)


def test_amplitude_falls_faster_than_the_square_of_distance():
    near, far = np.ptp(waveform(5.0)), np.ptp(waveform(15.0))
    assert near / far > 3.0**2


def test_far_fibres_look_slower():
    assert mean_frequency(waveform(15.0)) < mean_frequency(waveform(5.0))


def test_fast_fibres_look_faster():
    assert mean_frequency(waveform(8.0, velocity=5.0)) > mean_frequency(waveform(8.0, velocity=3.0))


def test_energy_lies_where_surface_emg_has_it():
    assert 50.0 < mean_frequency(waveform(8.0)) < 250.0


@pytest.mark.parametrize("pins", [PAIR, (0.0,)])
def test_waveform_is_nothing_before_the_end_plate_fires_and_after_both_ends_are_reached(pins):
    wave = waveform(6.0, pins, velocity=3.0)
    assert wave[0] == pytest.approx(0.0, abs=1e-12)
    assert wave[-1] == pytest.approx(0.0, abs=1e-12)
    assert np.ptp(wave) > 0.5


def test_potential_comes_by_when_the_front_does():
    arrivals = []
    for velocity in (3.2, 4.8):
        wave = waveform(4.0, velocity=velocity)
        arrivals.append(np.abs(wave).argmax() / SAMPLE_RATE * 1e3 * velocity)
    # The front has 35 mm to go to the farther pin, the tripole's middle some 3 mm more.
    assert arrivals == pytest.approx([38.0, 38.0], abs=2.0)


def test_pair_above_the_end_plate_sees_both_directions_cancel():
    beside = np.ptp(waveform(8.0, end_plate=-30.0))
    assert np.ptp(waveform(8.0, end_plate=0.0)) < 0.02 * beside


def test_fibre_that_ends_before_the_electrode_is_seen_by_its_end_from_far_away():
    def fall(towards_hand):
        near, far = (
            np.ptp(waveform(d, (0.0,), end_plate=-50.0, towards_hand=towards_hand))
            for d in (5.0, 20.0)
        )
        return near / far

    # What passes falls with the third power of distance, what a fibre's end adds with the second.
    assert fall(towards_hand=60.0) > 2.0 * fall(towards_hand=30.0)
