# SPDX-License-Identifier: Apache-2.0
"""Whether an input can be relied on."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semg_teleop.safety.stream_guard import Heading, InputLimits, StreamGuard

TOPIC = "wrist/velocity"
GOOD = Heading(stream_id=7, sequence=4, age=0.01)
AS_USUAL = {"age": 0.01, "fresh": False, "suspect": False, "finite": True}


@pytest.fixture
def guard():
    guard = StreamGuard(TOPIC, InputLimits())
    guard.hear(1.0, GOOD)
    return guard


def following(**changes):
    return replace(GOOD, sequence=GOOD.sequence + 1, **changes)


def test_says_that_nothing_has_come_yet():
    assert StreamGuard(TOPIC, InputLimits()).faults(5.0) == [f"{TOPIC}: nothing has come yet"]


def test_has_nothing_against_a_stream_that_goes_on(guard):
    assert guard.faults(1.0) == []
    assert guard.hear(1.02, following())
    assert guard.faults(1.03) == []


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (following(stream_id=8), "new stream"),
        (replace(GOOD, sequence=7), "2 messages were lost"),
        (GOOD, "second publisher"),
        (following(fresh=True), "started afresh"),
        (following(suspect=True), "suspect"),
        (following(finite=False), "values that cannot be"),
        (following(age=0.201), "201 ms old, must be at most 200 ms"),
        (following(age=-0.021), "21 ms in the future, must be at most 20 ms"),
        (following(age=math.nan), "old"),
    ],
)
def test_a_bad_message_is_a_fault_until_a_good_one_comes(guard, message, said):
    assert not guard.hear(1.01, message)
    for _ in range(3):
        [fault] = guard.faults(1.01)
        assert fault.startswith(f"{TOPIC}: ")
        assert said in fault
    assert guard.hear(1.02, replace(message, **AS_USUAL, sequence=message.sequence + 1))
    assert guard.faults(1.02) == []


def test_a_bad_event_is_a_fault_once():
    guard = StreamGuard("gesture/event", InputLimits(), steady=False)
    guard.hear(1.0, replace(GOOD, suspect=True))
    assert len(guard.faults(1.0)) == 1
    assert guard.faults(1.0) == []


@pytest.mark.parametrize("age", [0.2, 0.0, -0.02])
def test_takes_sample_times_up_to_the_limits(guard, age):
    assert guard.hear(1.01, following(age=age))


def test_remembers_every_fault_until_it_is_asked(guard):
    guard.hear(1.01, following(suspect=True))
    guard.hear(1.02, replace(GOOD, sequence=6))
    guard.hear(1.03, replace(GOOD, sequence=7, fresh=True))
    assert len(guard.faults(1.03)) == 2


def test_silence_is_a_fault_for_as_long_as_it_lasts(guard):
    assert guard.faults(1.099) == []
    for now in (1.101, 2.0):
        assert guard.faults(now) == [f"{TOPIC}: silent for more than 100 ms"]
    guard.hear(2.1, following())
    assert guard.faults(2.1) == []


def test_a_topic_for_events_may_be_silent():
    guard = StreamGuard("gesture/event", InputLimits(), steady=False)
    assert guard.faults(100.0) == []
    guard.hear(100.0, GOOD)
    assert guard.faults(200.0) == []


@given(
    arrivals=st.lists(st.floats(0.001, 0.5), min_size=1, max_size=30),
    silence=st.floats(0.03, 0.1),
)
def test_the_longest_silence_is_what_it_is_set_to(arrivals, silence):
    guard = StreamGuard(TOPIC, InputLimits(silence=silence))
    now = 0.0
    for number, pause in enumerate(arrivals):
        guard.hear(now, replace(GOOD, sequence=number))
        after = now + pause
        assert bool(guard.faults(after)) == (after - now > silence)
        now = after
