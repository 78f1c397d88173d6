# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from semg_node.latency import LatencyMeter, RateMeter


def test_percentiles_are_those_of_the_last_values():
    meter = LatencyMeter(size=100)
    values = np.random.default_rng(1).exponential(0.003, 250)
    for value in values:
        meter.add(value)
    expected = 1000 * np.percentile(values[-100:], (50, 95, 99, 100))
    assert list(meter.percentiles_ms().values()) == pytest.approx(list(expected))


def test_nothing_measured_has_no_percentiles():
    assert LatencyMeter().percentiles_ms() == {}


def test_rate_is_counted_from_one_reading_to_the_next():
    meter = RateMeter(now=8.0)
    meter.add(5)
    assert meter.read(10.0) == 2.5
    meter.add(30)
    assert meter.read(12.0) == 15.0
    assert meter.read(13.0) == 0.0
