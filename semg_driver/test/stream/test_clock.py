# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math
import sys
import threading
import time
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semg_driver.stream.clock import ClockFit

HOST = 5000.0


@dataclass(frozen=True)
class Arrivals:
    """True times, device clock readings and arrivals of the last samples of blocks, in s."""

    true: np.ndarray
    device: np.ndarray
    received: np.ndarray
    sampled: np.ndarray


def arrivals(
    *,
    seconds=30.0,
    block=0.01,
    jitter=0.005,
    drift=0.0,
    stalls=(),
    jumps=(),
    shift=None,
    seed=0,
):
    """Simulate a link: exponential lateness, stalls that end in a burst, a clock that is set."""
    rng = np.random.default_rng(seed)
    true = (np.arange(round(seconds / block)) + 1) * block
    received = true + rng.exponential(jitter, true.size) if jitter else true.copy()
    for begin, length in stalls:
        held = (true > begin) & (true < begin + length)
        received[held] = np.maximum(received[held], begin + length)
    if shift:
        received[true > shift[0]] += shift[1]
    device = true * (1.0 - drift) + 77.0
    for begin, jump in jumps:
        device[true > begin] += jump
    return Arrivals(true + HOST, device, np.maximum.accumulate(received) + HOST, true)


def errors(fit, link):
    """Feed a link to the fit; return by how much each stamp is late, in s."""
    late = np.empty(link.true.size)
    for i in range(late.size):
        fit.update(link.device[i], link.received[i], link.sampled[i])
        late[i] = fit.to_monotonic(link.device[i]) - link.true[i]
    return late


def after(link, begin, end=math.inf):
    return (link.sampled > begin) & (link.sampled < end)


def test_a_perfect_link_is_fitted_exactly():
    link = arrivals(jitter=0.0)
    np.testing.assert_allclose(errors(ClockFit(), link), 0.0, atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(
    drift=st.floats(-100e-6, 100e-6),
    seed=st.integers(0, 2**31),
    stalls=st.lists(st.tuples(st.floats(0.0, 18.0), st.floats(0.05, 0.5)), max_size=4),
)
def test_jitter_drift_and_bursts_leave_stamps_within_a_millisecond(drift, seed, stalls):
    link = arrivals(seconds=20.0, drift=drift, stalls=stalls, seed=seed)
    late = errors(ClockFit(), link)
    stalled_to = max((begin + length for begin, length in stalls if begin < 1.0), default=0.0)
    assert np.abs(late[after(link, max(1.0, stalled_to + 0.5))]).max() < 1e-3


@settings(max_examples=60, deadline=None)
@given(
    jump=st.floats(0.05, 3600.0),
    sign=st.sampled_from([-1, 1]),
    seed=st.integers(0, 2**31),
    stall=st.booleans(),
)
def test_a_clock_that_is_set_moves_no_stamp(jump, sign, seed, stall):
    stalls = [(9.9, 0.3)] if stall else []
    link = arrivals(seconds=20.0, jumps=[(10.0, sign * jump)], stalls=stalls, seed=seed)
    fit = ClockFit()
    late = errors(fit, link)
    assert np.abs(late[after(link, 1.0)]).max() < 1e-3
    assert fit.jumps == 1


def test_a_single_wrong_time_stamp_is_two_jumps_and_leaves_no_trace():
    link = arrivals(seconds=10.0)
    link.device[500] += 2.0
    late = errors(ClockFit(), link)
    assert np.abs(late[after(link, 1.0)]).max() < 1e-3


def test_a_count_that_was_set_does_not_move_the_clock():
    link = arrivals(seconds=10.0)
    link.sampled[500:] -= 4.0
    fit = ClockFit()
    late = errors(fit, link)
    assert np.abs(late[100:]).max() < 1e-3
    assert fit.jumps == 0


def test_drift_is_measured():
    fit = ClockFit()
    errors(fit, arrivals(seconds=60.0, drift=80e-6))
    assert fit.drift == pytest.approx(80e-6, abs=5e-6)


def test_a_start_within_a_burst_is_corrected_at_once():
    link = arrivals(stalls=[(0.0, 0.3)])
    late = errors(ClockFit(), link)
    assert np.abs(late[after(link, 0.5)]).max() < 1e-3


def test_a_delay_that_grew_for_good_is_followed_after_half_a_second():
    link = arrivals(shift=(10.0, 0.4))
    fit = ClockFit()
    late = errors(fit, link)
    assert np.abs(late[after(link, 11.5)] - 0.4).max() < 1e-3
    assert fit.jumps == 1


def test_no_stamp_lies_after_its_arrival():
    link = arrivals(stalls=[(3.0, 0.4)], drift=100e-6)
    fit = ClockFit()
    for i in range(link.true.size):
        fit.update(link.device[i], link.received[i], link.sampled[i])
        assert fit.to_monotonic(link.device[i]) <= link.received[i] + 1e-9


def test_a_new_stream_keeps_the_fit_that_agrees_and_drops_the_one_that_does_not():
    link = arrivals(seconds=10.0, jitter=0.0)
    fit = ClockFit()
    errors(fit, link)
    fit.start_stream()
    fit.update(link.device[-1] + 1.0, link.received[-1] + 1.05, 0.01)
    assert fit.to_monotonic(link.device[-1] + 1.0) == pytest.approx(link.true[-1] + 1.0, abs=1e-6)
    fit.start_stream()
    fit.update(0.01, link.received[-1] + 5.0, 0.01)
    assert fit.to_monotonic(0.01) == pytest.approx(link.received[-1] + 5.0, abs=1e-6)


def test_the_residual_tells_jitter_and_is_nan_before_the_first_arrival():
    assert math.isnan(ClockFit().residual)
    quiet, noisy = ClockFit(), ClockFit()
    errors(quiet, arrivals(jitter=0.0))
    errors(noisy, arrivals(jitter=0.05))
    assert quiet.residual < 1e-9 < 1e-4 < noisy.residual


def test_the_residual_can_be_read_while_arrivals_come_on_another_thread():
    link = arrivals(seconds=120.0)
    fit = ClockFit()
    thread = threading.Thread(target=errors, args=(fit, link))
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        thread.start()
        while thread.is_alive():
            _ = fit.residual
    finally:
        sys.setswitchinterval(interval)
        thread.join()


def test_an_arrival_costs_less_than_50_microseconds():
    link = arrivals(seconds=60.0)
    fit = ClockFit()
    errors(fit, link)
    more = arrivals(seconds=120.0)
    begun = time.thread_time()
    for i in range(6000, 12000):
        fit.update(more.device[i], more.received[i], more.sampled[i])
    assert (time.thread_time() - begun) / 6000 < 50e-6
