# SPDX-License-Identifier: Apache-2.0
"""Simulated EMG is like real EMG in what is measured, and the measures measure what they say."""

import os
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import butter, sosfiltfilt

from test.realism.bursts import bursts
from test.realism.discriminant import Discriminant
from test.realism.held import HeldPostures, recorded, simulated
from test.realism.measures import measure, median_frequency, ring_correlation
from test.realism.report import (
    FREQUENCY_TOLERANCE,
    OTHERS,
    OWN,
    SLOPE_TOLERANCE,
    TURNED,
    agreement,
    bursts_table,
)

ROOT = Path(__file__).resolve().parents[1]
FLEXEMG = Path(os.environ.get("SEMG_SHARED", ROOT.parent / "shared")) / "data" / "flexemg"
PEOPLE = (9101, 9102, 9103)


@pytest.fixture(scope="module")
def people():
    return {person: simulated(person, 3) for person in PEOPLE}


def test_median_frequency_halves_the_power():
    noise = np.random.default_rng(1).normal(size=(60_000, 3))
    band = sosfiltfilt(
        butter(6, (100.0, 300.0), "bandpass", fs=1000.0, output="sos"), noise, axis=0
    )
    assert median_frequency([band]) == pytest.approx(200.0, abs=6.0)


def test_hum_does_not_move_the_median_frequency():
    noise = np.random.default_rng(2).normal(size=(60_000, 2))
    hum = 5.0 * np.sin(2.0 * np.pi * 60.0 * np.arange(60_000) / 1000.0)
    assert median_frequency([noise + hum[:, None]]) == pytest.approx(
        median_frequency([noise]), abs=2.0
    )


def test_ring_correlation_is_that_of_a_moving_sum_around_the_ring():
    sources = np.random.default_rng(3).normal(size=(100_000, 16))
    ring = sum(np.roll(sources, places, axis=1) for places in range(4))
    expected = [1.0, 0.75, 0.5, 0.25, 0.0, 0.0, 0.0, 0.0, 0.0]
    np.testing.assert_allclose(ring_correlation(ring), expected, atol=0.02)


def test_discriminant_knows_levels_it_has_seen_and_only_these():
    def held(order, seed):
        rng = np.random.default_rng(seed)
        levels = np.eye(16)[[3, 6, 9, 12, 15]] * 9.0 + 1.0
        names = ("rest", "fist", "raise", "lower", "open")
        emg = [rng.normal(size=(5000, 16)) * levels[order[i]] for i in range(5)]
        return HeldPostures(np.concatenate(emg), tuple((n, 5000 * i) for i, n in enumerate(names)))

    model = Discriminant(held([0, 1, 2, 3, 4], 1))
    assert model.balanced_accuracy(held([0, 1, 2, 3, 4], 2)) == 1.0
    assert model.balanced_accuracy(held([1, 2, 3, 4, 0], 3)) == 0.0


def test_simulated_postures_are_like_real_ones(people):
    files = sorted(FLEXEMG.glob("flexemg_s*_1Train.hdf5"))
    if not files:
        pytest.skip(f"no recordings in {FLEXEMG}")
    real = [measure(recorded(path)) for path in files]
    frequency, slope = agreement(real, [measure(held) for held in people.values()])
    assert abs(frequency) <= FREQUENCY_TOLERANCE
    assert abs(slope) <= SLOPE_TOLERANCE


def test_postures_are_as_hard_as_real_ones(people):
    own, turned, anywhere = [], [], []
    for person, other in zip(PEOPLE, (*PEOPLE[1:], PEOPLE[0]), strict=True):
        model = Discriminant(people[person])
        own.append(model.balanced_accuracy(simulated(person, 2, seed=2)))
        turned.append(model.balanced_accuracy(simulated(person, 2, seed=2, rotation=270.0)))
        anywhere.append(model.balanced_accuracy(simulated(other, 2, seed=2, rotation=130.0)))
    assert min(own) >= OWN
    assert np.mean(turned) <= TURNED
    assert np.mean(anywhere) <= OTHERS


def test_gestures_look_at_the_wrist_as_published():
    found = {}
    for person in PEOPLE:
        for name, each in bursts(person).items():
            found.setdefault(name, []).extend(each)

    def median(name, field):
        return np.median([getattr(burst, field) for burst in found[name]])

    for name in ("index_press", "middle_press"):
        assert 0.025 <= median(name, "half_width") <= 0.08
        assert 3 <= median(name, "channels") <= 6
        assert median(name, "over_rest") >= 8.0
    for name in ("thumb_down", "thumb_in", "thumb_out", "thumb_up"):
        assert -0.2 <= median(name, "start") <= -0.05
        assert 0.15 <= median(name, "stop") - median(name, "start") <= 0.5
        assert 2 <= median(name, "channels") <= 5
    assert all(name in bursts_table(found) for name in found)
