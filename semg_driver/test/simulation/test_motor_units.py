# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from semg_driver.simulation.motor_units import SpikeTrains, pools

STEP = 0.002


def fired(rates, seconds, seed=1, steps=125):
    """Spike times in s of units whose rates stay the same."""
    rates = np.asarray(rates, float)
    trains = SpikeTrains(rates.size, np.random.default_rng(seed))
    block = np.repeat(rates[:, None], steps, axis=1)
    times = [[] for _ in rates]
    for k in range(round(seconds / (steps * STEP))):
        units, at = trains.advance(block, STEP)
        assert ((at >= 0) & (at < steps)).all()
        for unit, time in zip(units, at, strict=True):
            times[unit].append((k * steps + time) * STEP)
    return [np.sort(t) for t in times]


def test_thresholds_rise_exponentially_over_a_range_of_thirty():
    pool = pools((40,))
    ratio = pool.threshold[1:] / pool.threshold[:-1]
    np.testing.assert_allclose(ratio, ratio[0])
    assert pool.threshold[0] == pytest.approx(1.0)
    assert pool.threshold[-1] == pytest.approx(30.0)


def test_small_units_are_recruited_first():
    pool = pools((40, 20))
    drive = np.array([[0.1], [0.0]])
    active = pool.rates(drive)[:, 0] > 0
    first = pool.muscle == 0
    assert 0 < active[first].sum() < 40
    assert not active[~first].any()
    assert pool.size[first][active[first]].max() < pool.size[first][~active[first]].min()


def test_rates_start_at_the_minimum_and_end_at_the_peak():
    pool = pools((30,))
    at_threshold = pool.rates(np.array([[pool.threshold[3] / pool.full_excitation + 1e-9]]))
    assert at_threshold[3, 0] == pytest.approx(8.0, abs=1e-3)
    np.testing.assert_allclose(pool.rates(np.array([[1.0]]))[:, 0], pool.peak_rate)


def test_sizes_of_each_muscle_have_mean_one():
    pool = pools((40, 8))
    for muscle in (0, 1):
        assert pool.size[pool.muscle == muscle].mean() == pytest.approx(1.0)


def test_spike_count_is_the_integral_of_the_rate():
    times = fired([8.0, 20.0, 45.0], 60.0)
    for rate, spikes in zip([8.0, 20.0, 45.0], times, strict=True):
        assert len(spikes) == pytest.approx(60.0 * rate, rel=0.03)


def test_intervals_vary_by_a_fifth():
    (spikes,) = fired([20.0], 200.0)
    intervals = np.diff(spikes)
    assert intervals.mean() == pytest.approx(0.05, rel=0.02)
    assert intervals.std() / intervals.mean() == pytest.approx(0.2, abs=0.02)


def test_silent_units_do_not_fire():
    silent, busy = fired([0.0, 10.0], 5.0)
    assert len(silent) == 0
    assert len(busy) > 40
    units, times = SpikeTrains(3, np.random.default_rng(1)).advance(np.zeros((3, 50)), STEP)
    assert units.size == times.size == 0


def test_rate_changes_inside_a_step_are_followed():
    trains = SpikeTrains(1, np.random.default_rng(2))
    rates = np.zeros((1, 500))
    rates[0, 200:300] = 40.0
    _, times = trains.advance(rates, STEP)
    assert 5 <= times.size <= 10
    assert times.min() >= 200
    assert times.max() <= 300
