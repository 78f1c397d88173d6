# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from semg_driver.stream.reconnection import BackOff, BackOffSettings


def test_waits_double_up_to_the_longest():
    back_off = BackOff(BackOffSettings(first_delay=0.5, factor=2.0, longest_delay=3.0))
    assert [back_off.next_delay() for _ in range(5)] == [0.5, 1.0, 2.0, 3.0, 3.0]
    assert back_off.attempts == 5


def test_a_success_begins_anew():
    back_off = BackOff()
    first = back_off.next_delay()
    back_off.next_delay()
    back_off.reset()
    assert back_off.next_delay() == first


def test_a_device_may_be_away_for_ever():
    back_off = BackOff()
    back_off.attempts = 10**9
    assert back_off.next_delay() == BackOffSettings().longest_delay
