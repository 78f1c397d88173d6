# SPDX-License-Identifier: Apache-2.0
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import butter, sosfilt

from semg_driver.simulation.band import NOISE_SD
from semg_driver.simulation.person import Person
from semg_driver.simulation.recording import simulate
from semg_driver.simulation.script import SCRIPTS, gesture_script
from semg_driver.simulation.wearer import Wearer

PERSON = Person.sample(104)
LENGTH = 9000
CONDITIONING = butter(4, 40.0, "highpass", fs=2000.0, output="sos")


def wearer(seed=3, person=PERSON):
    return Wearer(person, gesture_script(seed), seed=seed)


WHOLE, TRUTH = wearer().generate(LENGTH)


def conditioned(emg):
    return sosfilt(CONDITIONING, emg / NOISE_SD, axis=0)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, LENGTH), max_size=12))
def test_cut_into_blocks_does_not_matter(cuts):
    edges = [0, *sorted(cuts), LENGTH]
    worn = wearer()
    blocks = [worn.generate(stop - start) for start, stop in itertools.pairwise(edges)]
    np.testing.assert_array_equal(np.concatenate([emg for emg, _ in blocks]), WHOLE)
    for field in ("wrist_angle", "wrist_velocity"):
        parts = np.concatenate([getattr(truth, field) for _, truth in blocks])
        np.testing.assert_array_equal(parts, getattr(TRUTH, field))
    assert sum((truth.gestures for _, truth in blocks), ()) == TRUTH.gestures
    for (start, stop), (_, truth) in zip(itertools.pairwise(edges), blocks, strict=True):
        assert all(start <= label.sample < stop for label in truth.gestures)


def test_samples_are_volts_of_sixteen_channels():
    assert WHOLE.shape == (LENGTH, 16)
    assert WHOLE.dtype == np.float32
    assert TRUTH.wrist_angle.shape == TRUTH.wrist_velocity.shape == (LENGTH,)
    assert np.abs(WHOLE).max() < 3.4e-3


def test_another_seed_or_person_gives_other_samples():
    assert not np.array_equal(wearer(4).generate(1000)[0], WHOLE[:1000])
    assert not np.array_equal(wearer(person=Person.sample(105)).generate(1000)[0], WHOLE[:1000])


def test_a_negative_number_of_samples_is_refused():
    with pytest.raises(ValueError, match="samples: -1, but must be at least 0"):
        wearer().generate(-1)


@pytest.mark.parametrize("seed", [101, 102, 105])
def test_presses_stand_out_tenfold_on_a_few_channels(seed):
    rest = conditioned(simulate(seed, "rest", 20.0, 1)[0])[2000:].std(axis=0)
    emg, truth = simulate(seed, "gestures", 120.0, 1)
    signal = conditioned(emg)
    presses = [g.sample for g in truth.gestures if g.name == "index_press"]
    level = np.median(
        [np.sqrt((signal[s - 40 : s + 80] ** 2).mean(axis=0)) for s in presses], axis=0
    )
    assert 5.0 < (level / rest).max() < 60.0
    assert 3 <= (level > 3.0 * rest).sum() <= 9


def test_rest_shows_sparse_spikes_on_some_channels():
    signal = conditioned(simulate(103, "rest", 30.0, 1)[0])[2000:]
    spiky = np.abs(signal).max(axis=0) > 8.0
    assert 1 <= spiky.sum() <= 12
    assert np.median(np.abs(signal)) < 1.2


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_never_end(name):
    worn = Wearer(PERSON, SCRIPTS[name](1, PERSON), seed=1)
    for _ in range(40):
        emg, _ = worn.generate(4000)
        assert np.isfinite(emg).all()


def test_wrist_truth_is_the_script_and_its_derivative():
    _, truth = simulate(101, "wrist", 20.0, 2)
    slope = np.diff(truth.wrist_angle.astype(float)) * 2000.0
    np.testing.assert_allclose(slope, truth.wrist_velocity[1:], atol=0.02)
    assert np.rad2deg(np.abs(truth.wrist_velocity).mean()) > 30.0
