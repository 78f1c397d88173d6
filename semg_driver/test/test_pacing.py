# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import threading
import time

import pytest

from semg_driver.pacing import Pacing

RATE = 1000.0
BLOCK = 100
PATIENCE_S = 60.0
DEADLINE_S = 10.0


@pytest.fixture
def pacing():
    """Pace stream 7 for one consumer, which is ready."""
    pacing = Pacing(["decoder"], PATIENCE_S)
    pacing.begin(7, RATE)
    pacing.progressed("decoder", 7, 0)
    yield pacing
    pacing.give_up()


class Sender(threading.Thread):
    """Sends blocks from given first samples, each when it may go."""

    def __init__(self, pacing, firsts):
        super().__init__(daemon=True)
        self._pacing = pacing
        self._firsts = firsts
        self.sent = []
        self.given_up = []
        self.start()

    def run(self):
        for first in self._firsts:
            self.given_up += self._pacing.wait_until_near(first, BLOCK)
            self.sent.append(first)

    def ends(self):
        self.join(DEADLINE_S)
        return not self.is_alive() and not self.given_up

    def comes_to(self, first):
        deadline = time.monotonic() + DEADLINE_S
        while time.monotonic() < deadline:
            if first in self.sent:
                return True
            time.sleep(0.001)
        return False


def test_stream_begins_when_every_consumer_is_ready():
    pacing = Pacing(["one", "other"], PATIENCE_S)
    pacing.begin(7, RATE)
    pacing.progressed("one", 7, 0)
    missing = []
    waiting = threading.Thread(target=lambda: missing.append(pacing.wait_until_ready()))
    waiting.start()
    pacing.progressed("other", 7, 0)
    waiting.join(DEADLINE_S)
    assert missing == [[]]


def test_consumer_that_does_not_come_in_time_is_named_and_not_waited_for_again():
    pacing = Pacing(["late"], 0.0)
    pacing.begin(7, RATE)
    assert pacing.wait_until_ready() == ["late"]
    assert pacing.wait_until_ready() == []


def test_consumer_that_is_slow_to_start_is_named_and_waited_for_all_the_same():
    pacing = Pacing(["late"], PATIENCE_S)
    pacing.begin(7, RATE)
    assert pacing.not_ready_after(0.0) == ["late"]
    pacing.progressed("late", 7, 0)
    assert pacing.not_ready_after(PATIENCE_S) == []
    assert pacing.wait_until_ready() == []


def test_stream_waits_for_a_consumer_that_is_a_second_behind(pacing):
    sender = Sender(pacing, range(0, 1300, BLOCK))
    assert sender.comes_to(1000)
    assert 1200 not in sender.sent
    pacing.progressed("decoder", 7, 500)
    assert sender.ends()


def test_stream_goes_on_after_lost_samples(pacing):
    assert Sender(pacing, [0, BLOCK]).ends()
    pacing.progressed("decoder", 7, 2 * BLOCK)
    assert Sender(pacing, [9000]).ends()


def test_nobody_is_waited_for_just_after_a_loss_where_no_frame_is_whole_yet(pacing):
    sender = Sender(pacing, [*range(0, 1000, BLOCK), *range(3000, 4400, BLOCK)])
    pacing.progressed("decoder", 7, 950)
    assert sender.comes_to(3000 + BLOCK)
    pacing.progressed("decoder", 7, 3400)
    assert sender.ends()


def test_pieces_that_are_too_short_for_a_frame_are_not_waited_for(pacing):
    assert Sender(pacing, range(0, 5000, 2 * BLOCK)).ends()


def test_a_stream_is_worked_through_before_the_next_begins(pacing):
    assert Sender(pacing, range(0, 800, BLOCK)).ends()
    ended = []
    waiting = threading.Thread(target=lambda: ended.append(pacing.wait_until_worked_through()))
    waiting.start()
    pacing.progressed("decoder", 7, 300)
    waiting.join(0.05)
    assert not ended
    pacing.progressed("decoder", 7, 720)
    waiting.join(DEADLINE_S)
    assert ended == [[]]


def test_before_the_first_stream_there_is_nothing_to_work_through():
    assert Pacing(["decoder"], PATIENCE_S).wait_until_worked_through() == []


def test_consumer_that_is_started_anew_is_not_behind(pacing):
    assert Sender(pacing, range(0, 1100, BLOCK)).ends()
    sender = Sender(pacing, [1500])
    pacing.progressed("decoder", 7, 0)
    assert sender.ends()


def test_nothing_waits_once_given_up(pacing):
    sender = Sender(pacing, range(0, 3000, BLOCK))
    pacing.give_up()
    assert sender.ends()


def test_stream_is_drained_half_a_second_after_its_consumers_come_near_its_end(pacing):
    assert Sender(pacing, range(0, 1000, BLOCK)).ends()
    assert not pacing.drained(50.0)
    pacing.progressed("decoder", 7, 950)
    assert not pacing.drained(51.0)
    assert not pacing.drained(51.4)
    assert pacing.drained(51.6)


def test_consumer_that_never_comes_to_the_end_is_not_waited_for_for_ever(pacing):
    assert Sender(pacing, range(0, 1000, BLOCK)).ends()
    assert not pacing.drained(50.0)
    assert not pacing.drained(54.9)
    assert pacing.drained(55.1)


def test_stream_without_consumers_is_drained_at_once():
    pacing = Pacing([], PATIENCE_S)
    pacing.begin(7, RATE)
    assert pacing.wait_until_near(0, BLOCK) == []
    assert pacing.drained(50.0)
