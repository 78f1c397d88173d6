# SPDX-License-Identifier: Apache-2.0
"""The state machine that every command passes."""

import math

import pytest

from semg_teleop.command import Command, Text
from semg_teleop.safety.deliberate_act import Verdict
from semg_teleop.safety.gate import Gate, GateSettings

NOT_YET = Verdict(False, False, False, "hold index")
DONE = Verdict(True, True, True, "")
LET_GO = Verdict(False, False, True, "released")
FORWARD = Command({"base": (0.25, 0.0, 0.0, 0.0, 0.0, 0.0)})


class Clock:
    """Steps a gate every 8 ms."""

    def __init__(self, gate, zero):
        self.gate = gate
        self.zero = zero
        self.now = 100.0

    def step(self, wanted=None, verdict=NOT_YET, obstacles=()):
        self.now += 0.008
        return self.gate.step(self.now, wanted or self.zero, verdict, obstacles)

    def engage(self):
        self.step()
        assert self.step(verdict=DONE).engaged
        return self

    def wait_for_opening(self):
        began = self.now
        while self.now < began + 0.1 - 0.008:
            self.step(FORWARD, DONE)
        return self


@pytest.fixture
def clock(profile):
    return Clock(Gate(profile, GateSettings()), profile.zero)


def test_is_disengaged_and_silent_at_the_start(clock):
    decision = clock.step(FORWARD)
    assert (decision.engaged, decision.command, decision.changed) == (False, None, False)
    assert decision.reason == "hold index"


def test_engages_by_the_act_and_begins_with_zero(clock):
    clock.step()
    decision = clock.step(verdict=DONE)
    assert (decision.engaged, decision.changed) == (True, True)
    assert decision.command == clock.zero


def test_does_not_engage_while_the_command_is_not_zero(clock):
    decision = clock.step(FORWARD, DONE)
    assert not decision.engaged
    assert "not zero" in decision.reason
    assert clock.step(verdict=DONE).engaged


def test_does_not_engage_while_there_is_something_to_write(clock):
    assert not clock.step(Command(clock.zero.vectors, (Text("words", "x"),)), DONE).engaged


def test_does_not_engage_while_anything_is_in_the_way(clock):
    decision = clock.step(verdict=DONE, obstacles=["the link is down", "more"])
    assert (decision.engaged, decision.reason) == (False, "the link is down")


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_is_no_number_stops(clock, value):
    clock.engage()
    bad = Command({"base": (value, 0.0, 0.0, 0.0, 0.0, 0.0)})
    decision = clock.step(bad, DONE)
    assert (decision.engaged, decision.command) == (False, clock.zero)
    assert "no number" in decision.reason


def test_lets_commands_pass_while_engaged_growing_from_zero(clock):
    clock.engage().wait_for_opening()
    sent = [clock.step(FORWARD, DONE).command.vectors["base"][0] for _ in range(40)]
    assert sent[:2] == pytest.approx([0.008, 0.016])
    assert sent[-1] == 0.25


def test_begins_with_zero_for_long_enough_that_a_watchdog_hears_it(clock):
    began = clock.engage().now
    while clock.now < began + 0.09:
        assert clock.step(FORWARD, DONE).command == clock.zero


@pytest.mark.parametrize(
    ("verdict", "obstacles", "reason"),
    [
        (DONE, ["the link is down"], "the link is down"),
        (LET_GO, [], "released"),
        (LET_GO, ["the link is down"], "the link is down"),
    ],
)
def test_sends_zero_at_once_and_for_a_second_when_it_ends(clock, verdict, obstacles, reason):
    clock.engage()
    for _ in range(40):
        clock.step(FORWARD, DONE)
    decision = clock.step(FORWARD, verdict, obstacles)
    assert (decision.engaged, decision.changed) == (False, True)
    assert decision.reason.startswith(reason)
    stopped = clock.now
    while clock.now < stopped + 0.99:
        assert decision.command == clock.zero
        decision = clock.step(FORWARD)
    clock.step(FORWARD)
    assert clock.step(FORWARD).command is None


def test_says_what_stopped_it_and_what_to_do_now(clock):
    clock.engage()
    clock.step(verdict=DONE, obstacles=["the link is down"])
    assert clock.step().reason == "the link is down; hold index"


def test_does_not_engage_again_for_as_long_as_the_act_is_not_made_anew(clock):
    clock.engage()
    clock.step(verdict=DONE, obstacles=["the link is down"])
    for _ in range(500):
        assert not clock.step(FORWARD).engaged


def test_the_next_engagement_begins_with_zero_too(clock):
    clock.engage()
    for _ in range(40):
        clock.step(FORWARD, DONE)
    clock.step(verdict=LET_GO)
    clock.engage().wait_for_opening()
    assert clock.step(FORWARD, DONE).command.vectors["base"][0] == pytest.approx(0.008)


def test_asks_for_the_act_anew_after_the_longest_engagement(profile):
    clock = Clock(Gate(profile, GateSettings(longest_engagement=2.0)), profile.zero).engage()
    began = clock.now
    while clock.now < began + 1.99:
        assert clock.step(FORWARD, DONE).engaged
    while not (decision := clock.step(FORWARD, DONE)).changed:
        assert clock.now < began + 2.01
    assert not decision.engaged
    assert "engaged for 2 s" in decision.reason


def test_stopping_it_sends_zero_for_as_long_as_any_other_end(clock):
    clock.engage()
    clock.gate.stop(clock.now, "this node is being stopped")
    for _ in range(120):
        assert clock.step(FORWARD).command == clock.zero
    clock.now += 0.05
    assert clock.step(FORWARD).command is None


def test_stopping_it_while_disengaged_leaves_the_robot_to_others(clock):
    clock.gate.stop(clock.now, "this node is being stopped")
    assert clock.step().command is None


def test_can_be_told_to_send_zero_all_the_same(clock):
    clock.gate.stop(clock.now, "emergency stop", anyway=True)
    assert clock.step().command == clock.zero
