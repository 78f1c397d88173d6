# SPDX-License-Identifier: Apache-2.0
import dataclasses

import numpy as np
import pytest

from semg_driver.devices.device import Hand
from semg_driver.simulation.person import Person


def same(one, other):
    return all(
        np.array_equal(getattr(one, f.name), getattr(other, f.name))
        for f in dataclasses.fields(Person)
    )


def test_a_seed_is_a_person():
    assert same(Person.sample(7), Person.sample(7))
    assert not np.allclose(Person.sample(7).muscle_amplitude, Person.sample(8).muscle_amplitude)


def test_bands_are_rotated_moderately():
    rotation = np.array([Person.sample(seed).rotation for seed in range(400)])
    assert np.abs(rotation).max() <= 30.0
    assert rotation.std() == pytest.approx(11.8, abs=1.2)


def test_rotation_can_be_widened_and_shifted():
    wide = np.array(
        [Person.sample(s, rotation_sd=60.0, rotation_limit=180.0).rotation for s in range(200)]
    )
    assert np.abs(wide).max() > 90.0
    shifted = Person.sample(5, rotation_offset=40.0).rotation
    assert shifted == pytest.approx(Person.sample(5).rotation + 40.0)


def test_a_left_handed_band_is_on_the_same_person():
    left, right = Person.sample(3, hand=Hand.LEFT), Person.sample(3)
    assert same(dataclasses.replace(left, hand=Hand.RIGHT), right)


def test_people_differ_in_strength_timing_contact_and_mains():
    people = [Person.sample(seed) for seed in range(60)]
    amplitude = np.array([p.muscle_amplitude for p in people])
    assert (np.log(amplitude).std(axis=0) > 0.15).all()
    assert np.array([p.tempo for p in people]).std() > 0.1
    assert {p.mains for p in people} == {50.0, 60.0}
    assert all(0.05 <= p.lead <= 0.08 for p in people)
    bad = [p for p in people if p.channel_gain.min() < 0.45]
    assert 1 <= len(bad) <= 15


def test_spread_moves_people_farther_from_the_usual_in_the_same_direction():
    for seed in range(20):
        usual, near, far = (Person.sample(seed, spread=spread) for spread in (0.0, 1.0, 1.5))
        np.testing.assert_allclose(far.muscle_shift, 1.5 * near.muscle_shift)
        np.testing.assert_allclose(np.log(far.tempo), 1.5 * np.log(near.tempo))
        np.testing.assert_allclose(far.offset, 1.5 * near.offset)
        assert far.lead - usual.lead == pytest.approx(1.5 * (near.lead - usual.lead))
        assert far.rotation == near.rotation


def test_wider_spread_makes_worse_contacts():
    def badly_worn(spread):
        people = [Person.sample(seed, spread=spread) for seed in range(300)]
        return sum(p.channel_gain.min() < 0.4 for p in people), sum(p.losses.any() for p in people)

    for usual, wide in zip(badly_worn(1.0), badly_worn(1.5), strict=True):
        assert wide > usual > 5
