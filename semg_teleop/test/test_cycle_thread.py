# SPDX-License-Identifier: Apache-2.0
"""A thread that calls at a steady rate, and sooner when there is news."""

import itertools
import threading

import pytest

from semg_teleop.cycle_thread import CycleThread

LONG_S = 60.0


def test_calls_again_and_again_until_it_is_told_to_end():
    times = []

    def cycle(now):
        times.append(now)
        return len(times) < 5

    thread = CycleThread(cycle, 0.01)
    thread.start()
    assert thread.join(LONG_S)
    assert thread.failure is None
    assert len(times) == 5
    assert all(after - before >= 0.01 for before, after in itertools.pairwise(times))


@pytest.mark.parametrize("urgent", [False, True])
def test_news_brings_the_next_cycle_forward(urgent):
    began, ended = threading.Event(), threading.Event()

    def cycle(now):
        if began.is_set():
            ended.set()
            return False
        began.set()
        return True

    # News that is not urgent waits for a quarter of the period.
    thread = CycleThread(cycle, LONG_S if urgent else 0.4)
    thread.start()
    assert began.wait(LONG_S)
    thread.wake(urgent=urgent)
    assert ended.wait(LONG_S / 2)
    assert thread.join(LONG_S)


def test_keeps_what_a_cycle_raised():
    def cycle(now):
        raise ValueError("broken")

    thread = CycleThread(cycle, 0.01)
    thread.start()
    assert thread.join(LONG_S)
    assert str(thread.failure) == "broken"


def test_may_be_joined_before_it_was_started():
    assert CycleThread(lambda now: True, 1.0).join(0.1)
