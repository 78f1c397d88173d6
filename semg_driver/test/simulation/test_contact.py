# SPDX-License-Identifier: Apache-2.0
import dataclasses

import numpy as np
import pytest

from semg_driver.simulation.contact import Contact
from semg_driver.simulation.person import Person

SAMPLES = 240_000  # two minutes
USUAL = dataclasses.replace(Person.sample(104), losses=np.zeros(16))


def worn(per_minute, cuts=(), seed=3):
    losses = np.zeros(16)
    losses[5] = per_minute
    contact = Contact(dataclasses.replace(USUAL, losses=losses), np.random.default_rng(seed))
    signal = np.full((SAMPLES, 16), 1e-3, np.float32)
    for start, stop in zip((0, *cuts), (*cuts, SAMPLES), strict=True):
        contact.apply(signal[start:stop], start)
    return signal


def test_good_contacts_change_nothing():
    assert (worn(0.0) == np.float32(1e-3)).all()


def test_only_the_loose_electrode_loses_its_contact_now_and_then():
    signal = worn(6.0)
    lost = np.abs(signal[:, 5] - 1e-3) > 5e-4
    assert (np.delete(signal, 5, axis=1) == np.float32(1e-3)).all()
    times = np.count_nonzero(np.diff(lost.astype(int)) == 1)
    assert 4 <= times <= 24  # twelve are expected
    # Each lasts 0.1 to 2 s, 0.63 s on average.
    assert lost.sum() / 2000.0 / times == pytest.approx(0.63, abs=0.35)


def test_losses_do_not_depend_on_the_cut():
    whole, cut = worn(6.0), worn(6.0, cuts=(500, 10_000, 100_100))
    lost = np.abs(whole[:, 5] - 1e-3) > 5e-4
    np.testing.assert_array_equal(np.abs(cut[:, 5] - 1e-3) > 5e-4, lost)
