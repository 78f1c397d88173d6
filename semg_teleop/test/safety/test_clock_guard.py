# SPDX-License-Identifier: Apache-2.0
"""Whether the system clock goes on as time does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semg_teleop.safety.clock_guard import ClockGuard

EPOCH = 1_700_000_000_000_000_000


def read(guard, steady, ahead=0.0, took=1e-5):
    guard.hear(steady, EPOCH + round(1e9 * (steady + took / 2 + ahead)), steady + took)
    return guard.faults()


@given(st.lists(st.floats(0.001, 10.0), max_size=20), st.floats(-500e-6, 500e-6))
def test_a_clock_that_runs_or_is_slewed_is_well(pauses, slew):
    guard, steady = ClockGuard(), 100.0
    assert read(guard, steady) == []
    for pause in pauses:
        steady += pause
        assert read(guard, steady, ahead=slew * (steady - 100.0)) == []


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (0.5, "the system clock was set forward by 0.50 s"),
        (-0.03, "the system clock was set back by 0.03 s"),
        (-3600.0, "the system clock was set back by 3600.00 s"),
    ],
)
def test_a_clock_that_is_set_is_told_once(ahead, said):
    guard = ClockGuard()
    read(guard, 100.0)
    assert read(guard, 100.008, ahead) == [said]
    assert read(guard, 100.016, ahead) == []


def test_a_reading_that_was_interrupted_is_no_jump_and_hides_none():
    guard = ClockGuard()
    read(guard, 100.0)
    assert read(guard, 100.008, ahead=0.5, took=0.1) == []
    assert read(guard, 100.2) == []
    assert read(guard, 100.208, ahead=0.5, took=0.1) == []
    assert len(read(guard, 100.4, ahead=0.5)) == 1
