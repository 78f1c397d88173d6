# SPDX-License-Identifier: Apache-2.0
"""Engaging by a switch that somebody has to keep pressed."""

import pytest

from semg_teleop.intent import Intent
from semg_teleop.safety.dead_man_switch import DeadManSwitch

NOTHING = Intent()


@pytest.fixture
def switch():
    return DeadManSwitch("pedal", 0.1, ("thumb_down",))


def test_says_that_no_switch_is_heard(switch):
    verdict = switch.step(5.0, NOTHING, False)
    assert not verdict.engages
    assert not verdict.keeps
    assert verdict.wish == "pedal: no dead-man switch is heard"


def test_a_press_engages_and_keeps(switch):
    switch.hear(1.0, False)
    assert not switch.step(1.0, NOTHING, False).engages
    switch.hear(1.05, True)
    verdict = switch.step(1.05, NOTHING, False)
    assert verdict.engages
    assert verdict.keeps


def test_letting_go_ends_it(switch):
    switch.hear(1.0, False)
    switch.hear(1.05, True)
    switch.hear(1.1, False)
    assert not switch.step(1.1, NOTHING, True).keeps


def test_letting_go_between_two_cycles_ends_it_too(switch):
    switch.hear(1.0, False)
    switch.hear(1.05, True)
    assert switch.step(1.05, NOTHING, False).engages
    switch.hear(1.06, False)
    switch.hear(1.07, True)
    assert not switch.step(1.07, NOTHING, True).keeps


def test_a_switch_that_is_pressed_from_the_start_has_to_be_let_go_first(switch):
    for count in range(20):
        switch.hear(count * 0.05, True)
        verdict = switch.step(count * 0.05, NOTHING, False)
        assert not verdict.engages
        assert not verdict.keeps
    assert "let go" in verdict.wish
    switch.hear(1.0, False)
    switch.hear(1.05, True)
    assert switch.step(1.05, NOTHING, False).engages


def test_silence_is_letting_go_and_asks_for_a_new_press(switch):
    switch.hear(1.0, False)
    switch.hear(1.05, True)
    switch.step(1.05, NOTHING, False)
    assert switch.step(1.149, NOTHING, True).keeps
    verdict = switch.step(1.151, NOTHING, True)
    assert (verdict.keeps, verdict.wish) == (False, "pedal: silent for more than 100 ms")
    switch.hear(1.2, True)
    assert not switch.step(1.2, NOTHING, False).engages


def test_silence_that_no_cycle_saw_asks_for_a_new_press_as_well(switch):
    switch.hear(1.0, False)
    switch.hear(1.05, True)
    switch.hear(1.3, True)
    assert not switch.step(1.3, NOTHING, True).keeps


def test_a_press_that_is_spent_counts_only_after_it_was_let_go(switch):
    switch.hear(1.0, False)
    switch.hear(1.05, True)
    switch.spend()
    assert not switch.step(1.06, NOTHING, False).engages
    switch.hear(1.1, False)
    switch.hear(1.15, True)
    assert switch.step(1.15, NOTHING, False).engages


def test_spending_while_it_is_let_go_does_not_cost_the_next_press(switch):
    switch.hear(1.0, False)
    switch.spend()
    switch.hear(1.05, True)
    assert switch.step(1.05, NOTHING, False).engages


def test_arming_does_not_press_it(switch):
    switch.hear(1.0, False)
    switch.arm(1.0)
    assert not switch.step(1.0, NOTHING, False).engages


def test_a_gesture_can_be_set_to_stop(switch):
    switch.hear(1.0, False)
    switch.hear(1.05, True)
    verdict = switch.step(1.05, Intent(events=("thumb_down",)), True)
    assert (verdict.keeps, verdict.wish) == (False, "stopped by thumb_down")
    assert not switch.step(1.06, NOTHING, False).engages
