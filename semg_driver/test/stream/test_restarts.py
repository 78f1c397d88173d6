# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from semg_driver.stream.restarts import Restarts


@pytest.fixture
def restarts(block):
    restarts = Restarts(1000.0)
    for first in range(0, 500, 10):
        restarts.seen_in(block(first, 10))
    return restarts


def test_a_repeated_block_is_no_restart(restarts, block):
    assert not restarts.seen_in(block(100, 10))


def test_a_late_block_is_no_restart(restarts, block):
    restarts.seen_in(block(520, 10))
    assert not restarts.seen_in(block(500, 20))


def test_a_loss_is_no_restart(restarts, block):
    assert not restarts.seen_in(block(90_000, 10))


def test_a_count_from_zero_while_the_clock_goes_on_is_a_restart(restarts, block):
    assert restarts.seen_in(block(0, 10, device_time=0.5))
    assert not restarts.seen_in(block(10, 10, device_time=0.51))


def test_count_and_clock_from_zero_is_a_restart_once_it_goes_back_far(restarts, block):
    for first in range(500, 2000, 10):
        restarts.seen_in(block(first, 10))
    assert restarts.seen_in(block(0, 10))
    assert not restarts.seen_in(block(10, 10))


def test_a_block_that_says_it_starts_a_stream_needs_no_notice(restarts, block):
    assert not restarts.seen_in(block(0, 10, device_time=9.0, starts_stream=True))
