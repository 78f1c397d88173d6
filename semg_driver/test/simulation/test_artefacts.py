# SPDX-License-Identifier: Apache-2.0
import dataclasses
import itertools

import numpy as np

from semg_driver.simulation.artefacts import Artefacts
from semg_driver.simulation.passage import Jolt
from semg_driver.simulation.person import Person

PERSON = Person.sample(3001)
JOLTS = (Jolt(100, 1.0), Jolt(700, 0.5), Jolt(1900, 2.0))


def made(edges, person=PERSON, jolts=JOLTS):
    artefacts = Artefacts(person, np.random.default_rng(1))
    for jolt in jolts:
        artefacts.begin(jolt)
    signal = np.zeros((edges[-1], 16), np.float32)
    for start, stop in itertools.pairwise(edges):
        artefacts.add_to(signal[start:stop], start)
    return signal


def test_cut_into_blocks_does_not_matter():
    np.testing.assert_array_equal(made([0, 5000]), made([0, 99, 101, 650, 1100, 1101, 4000, 5000]))


def test_a_jolt_comes_at_its_time_and_dies_out():
    signal = np.abs(made([0, 5000], jolts=(Jolt(1900, 1.0),)))
    assert signal[:1900].max() == 0.0
    assert signal[1900:2300].max() > 1e-4
    assert signal[2800:].max() < 0.05 * signal.max()
    assert signal[2900:].max() == 0.0


def test_strength_and_looseness_scale_it():
    once, twice = (made([0, 2000], jolts=(Jolt(100, s),)) for s in (1.0, 2.0))
    np.testing.assert_allclose(twice, 2.0 * once, rtol=1e-5, atol=1e-12)
    looser = dataclasses.replace(PERSON, looseness=3.0 * PERSON.looseness)
    np.testing.assert_allclose(
        made([0, 2000], looser, (Jolt(100, 1.0),)), 3.0 * once, rtol=1e-5, atol=1e-12
    )
