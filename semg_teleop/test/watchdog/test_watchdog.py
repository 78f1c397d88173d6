# SPDX-License-Identifier: Apache-2.0
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semg_teleop.watchdog.watchdog import (
    FARTHEST_AHEAD,
    LONGEST_CYCLE,
    SETTLING,
    Incoming,
    Watchdog,
    WatchdogSettings,
)

SETTINGS = WatchdogSettings()
ZERO = Incoming(zero=True, finite=True)
MOVE = Incoming(zero=False, finite=True)
BROKEN = Incoming(zero=False, finite=False)


def stamped(zero, stamp, age=0.0):
    return Incoming(zero, True, stamp, age)


def opened(settings=SETTINGS, now=0.0):
    watchdog = Watchdog(settings, now)
    assert watchdog.command(now, ZERO)
    return watchdog


def run(watchdog, start, end):
    """Step as told; return the times of the zeros."""
    zeros = []
    now = start
    while now < end:
        if watchdog.step(now):
            zeros.append(now)
        due = watchdog.next_step(now)
        assert now < due < now + LONGEST_CYCLE
        now = due
    return zeros


def test_first_command_that_moves_does_not_pass():
    watchdog = Watchdog(SETTINGS, 0.0)
    assert not watchdog.command(0.01, MOVE)
    assert not watchdog.command(0.02, MOVE)


def test_zero_opens():
    watchdog = opened()
    assert watchdog.command(0.01, MOVE)


def test_zeros_go_out_from_the_start_for_as_long_as_after_a_silence():
    zeros = run(Watchdog(SETTINGS, 5.0), 5.0, 10.0)
    assert zeros[0] == 5.0
    assert len(zeros) == pytest.approx(100, abs=1)
    assert zeros[-1] < 6.0


def test_silence_gives_zero_at_once_and_for_a_second_at_the_rate():
    watchdog = opened()
    watchdog.command(0.05, MOVE)
    zeros = run(watchdog, 0.05, 5.0)
    assert zeros[0] == pytest.approx(0.15)
    assert zeros[-1] < 1.15
    assert len(zeros) == pytest.approx(100, abs=1)


def test_zeros_for_ever_last_as_long_as_the_silence():
    watchdog = opened(WatchdogSettings(zero_for=0.0))
    assert len(run(watchdog, 0.0, 20.0)) == pytest.approx(1990, abs=2)


def test_after_a_silence_zero_has_to_come_first():
    watchdog = opened()
    run(watchdog, 0.0, 0.3)
    assert not watchdog.command(0.3, MOVE)
    assert watchdog.command(0.31, ZERO)
    assert watchdog.command(0.32, MOVE)


def test_silence_that_no_step_has_seen_counts():
    watchdog = opened()
    watchdog.step(0.09)
    assert not watchdog.command(0.11, MOVE)
    assert "no command for 110 ms" in watchdog.reason


def test_process_that_stood_still_passes_nothing_that_waited():
    watchdog = opened(WatchdogSettings(timeout=1.0))
    assert not watchdog.command(LONGEST_CYCLE + 0.01, MOVE)
    assert "stood still" in watchdog.reason
    watchdog = opened(WatchdogSettings(timeout=1.0))
    assert watchdog.step(LONGEST_CYCLE + 0.01)
    assert not watchdog.command(LONGEST_CYCLE + 0.02, MOVE)


def test_command_that_is_not_finite_never_passes_and_closes():
    watchdog = opened()
    assert not watchdog.command(0.01, BROKEN)
    assert not watchdog.command(0.02, MOVE)


@pytest.mark.parametrize("age", [0.201, 50.0, -FARTHEST_AHEAD - 0.001, -1e9])
def test_stamp_that_is_old_or_in_the_future_closes(age):
    watchdog = opened()
    assert not watchdog.command(0.01, stamped(False, 100.0, age))
    assert not watchdog.command(0.02, stamped(False, 100.01))
    assert watchdog.command(0.03, stamped(True, 100.02))


@pytest.mark.parametrize("age", [0.199, 0.0, -0.019])
def test_stamp_that_is_a_little_off_passes(age):
    assert opened().command(0.01, stamped(False, 100.0, age))


def test_two_senders_whose_stamps_interleave_get_nothing_through():
    watchdog = opened()
    assert watchdog.command(0.01, stamped(True, 100.00))
    for i in range(1, 100):
        now = 0.01 + 0.01 * i
        watchdog.step(now)
        # One stands and one moves, with a clock that is behind.
        watchdog.command(now, stamped(True, 100.0 + now))
        assert not watchdog.command(now + 0.005, stamped(False, 99.9 + now)), now


def test_second_publisher_closes_until_it_has_been_gone_for_a_while():
    watchdog = opened()
    watchdog.see_publishers(0.0, 1)
    assert watchdog.command(0.01, MOVE)
    watchdog.see_publishers(0.02, 2, "/a, /b")
    assert "2 publishers send commands (/a, /b)" in watchdog.reason
    assert watchdog.step(0.02)
    assert not watchdog.command(0.03, ZERO)
    watchdog.see_publishers(0.05, 1)
    for i in range(6, 60):
        now = 0.01 * i
        watchdog.step(now)
        assert watchdog.command(now, ZERO) == (now >= 0.02 + SETTLING)


def test_once_shut_nothing_opens_it():
    watchdog = opened()
    watchdog.shut(0.01, "the end")
    assert watchdog.step(0.01)
    assert not watchdog.command(0.02, ZERO)
    assert not watchdog.command(0.03, MOVE)
    assert len(run(watchdog, 0.03, 10.0)) == pytest.approx(997, abs=2)


def test_commands_that_are_replaced_are_not_doubled():
    watchdog = Watchdog(SETTINGS, 0.0)
    sent = 0
    for i in range(1000):
        now = 0.008 * i
        sent += not watchdog.command(now, MOVE)
        sent += watchdog.step(now)
    assert sent == 1000


actions = st.tuples(
    st.floats(0.0, 0.13),
    st.sampled_from(("step", "step", "zero", "move", "move", "broken", "old", "two", "shut")),
)


@given(st.lists(actions, max_size=60), st.sampled_from((0.02, 0.1, 1.0)))
def test_nothing_moves_but_after_a_zero_without_a_fault_since(sequence, timeout):
    watchdog = Watchdog(WatchdogSettings(timeout=timeout), 0.0)
    commands = {
        "zero": ZERO,
        "move": MOVE,
        "broken": BROKEN,
        "old": stamped(False, 1.0, 0.3),
    }
    now = heard = stepped = 0.0
    began = False  # whether a zero has come since the last fault
    settled = 0.0
    shut = False
    for wait, action in sequence:
        now += wait
        late = now > stepped + LONGEST_CYCLE
        silent = now >= heard + timeout
        if late or silent:
            began = False
        if action == "step":
            was_open = watchdog.is_open
            zero = watchdog.step(now)
            stepped = now
            assert watchdog.next_step(now) > now
            if was_open and (late or silent):
                assert zero, "zero has to go out within the step"
            if watchdog.is_open:
                assert not zero, "nothing is added to commands that pass"
        elif action == "two":
            watchdog.see_publishers(now, 2)
            began, settled = False, now + SETTLING
        elif action == "shut":
            watchdog.shut(now, "the end")
            began, shut = False, True
        else:
            passes = watchdog.command(now, commands[action])
            heard = now
            if action == "zero" and not (late or shut) and now >= settled:
                began = True
            if action in ("broken", "old"):
                began = False
            assert passes == (began and action in ("zero", "move"))


@given(st.lists(st.tuples(st.floats(0.0001, 0.099), st.booleans()), max_size=100))
def test_whatever_comes_in_time_after_a_zero_passes(commands):
    watchdog = opened()
    now = 0.0
    for wait, zero in commands:
        due = now + wait
        for i in range(1, 11):
            assert not watchdog.step(now + wait * i / 10)
        now = due
        assert watchdog.command(now, ZERO if zero else MOVE)
    assert watchdog.closings == watchdog.replaced == 0


@given(
    st.floats(0.02, 1.0),
    st.floats(10.0, 1000.0),
    st.lists(st.floats(0.0, 0.02), min_size=5, max_size=5),
)
def test_zero_goes_out_when_the_time_is_up_however_the_steps_lie(timeout, rate, offsets):
    watchdog = opened(WatchdogSettings(timeout=timeout, rate=rate))
    now = 0.0
    zeros = []
    for offset in offsets:
        now = min(now + offset, watchdog.next_step(now))
        if watchdog.step(now):
            zeros.append(now)
    zeros += run(watchdog, now, 3.0)
    assert zeros[0] == pytest.approx(timeout, abs=1e-9)
    assert max(b - a for a, b in pairwise(zeros)) <= 1.0 / rate + 2e-4
