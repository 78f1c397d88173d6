# SPDX-License-Identifier: Apache-2.0
import numpy as np

from semg_driver.simulation.anatomy import MUSCLE_INDEX, MUSCLES
from semg_driver.simulation.band import unit_waveforms
from semg_driver.simulation.motor_units import pools
from semg_driver.simulation.person import Person
from semg_driver.simulation.stance import NEUTRAL, Stance, Stances

ONES = np.ones(len(MUSCLES))
UNITS = pools(tuple(m.units for m in MUSCLES))
PERSON = Person.sample(11)


def test_stances_differ_by_their_size_and_last():
    none = Stances(np.random.default_rng(1), 0.0)
    for _ in range(20):
        stance, length = none.next()
        assert stance.turn == 0.0
        assert (stance.gain == 1.0).all()
        assert (stance.tone == 1.0).all()
        assert length >= Stances.SHORTEST
    turns = [Stances(np.random.default_rng(s), 1.0).next()[0].turn for s in range(200)]
    assert 3.0 < np.std(turns) < 5.0


def test_turned_stance_is_a_turned_band():
    turned = unit_waveforms(PERSON, UNITS, stance=Stance(22.5, ONES, ONES))
    straight = unit_waveforms(PERSON, UNITS, stance=NEUTRAL) / PERSON.channel_gain
    turned = turned / PERSON.channel_gain
    np.testing.assert_allclose(turned, np.roll(straight, -1, axis=2), rtol=1e-3, atol=1e-9)


def test_gain_of_a_stance_is_that_of_its_muscles():
    gain = ONES.copy()
    gain[MUSCLE_INDEX["FCR"]] = 0.5
    waves = unit_waveforms(PERSON, UNITS, stance=Stance(0.0, gain, ONES))
    usual = unit_waveforms(PERSON, UNITS)
    of_muscle = UNITS.muscle == MUSCLE_INDEX["FCR"]
    np.testing.assert_allclose(waves[of_muscle], 0.5 * usual[of_muscle], rtol=1e-5)
    np.testing.assert_array_equal(waves[~of_muscle], usual[~of_muscle])
