# SPDX-License-Identifier: Apache-2.0
"""Engaging by gestures alone."""

import pytest

from semg_teleop.intent import Intent
from semg_teleop.profile.profile import Engagement
from semg_teleop.safety.gesture_act import GestureAct

ENGAGEMENT = Engagement(
    arm=("thumb_click",) * 3,
    arm_after=2.0,
    arm_within=1.5,
    armed_for=5.0,
    again_within=3.0,
    hold=("index", "middle"),
    hold_after=0.7,
    hold_for=0.5,
    disengage=("thumb_down",),
)


class Hand:
    """Makes gestures, a hundredth of a second at a time."""

    def __init__(self, act):
        self.act = act
        self.now = 0.0
        self.holding = ()
        self.engaged = False

    def do(self, *events, holding=None):
        if holding is not None:
            self.holding = holding
        self.now += 0.01
        return self.act.step(self.now, Intent(frozenset(self.holding), events), self.engaged)

    def wait(self, seconds):
        for _ in range(round(seconds / 0.01)):
            verdict = self.do()
        return verdict

    def arms(self):
        """Rest, click three times, rest."""
        self.do(holding=())
        self.wait(2.0)
        self.clicks()
        return self.wait(0.7)

    def clicks(self, count=3):
        for _ in range(count):
            self.wait(0.3)
            verdict = self.do("thumb_click")
        return verdict


@pytest.fixture
def hand():
    return Hand(GestureAct(ENGAGEMENT, harmless=["thumb_up"]))


def test_a_hold_alone_does_nothing(hand):
    hand.do("index_press", holding=("index",))
    verdict = hand.wait(10.0)
    assert not verdict.engages
    assert not verdict.armed
    said = "rest 2 s, thumb_click, thumb_click, thumb_click, rest, then hold index or middle for"
    assert said in verdict.wish


def test_engages_after_arming_and_a_hold_of_the_set_time(hand):
    assert hand.arms().armed
    hand.do("index_press", holding=("index",))
    assert not hand.wait(0.48).engages
    assert hand.wait(0.04).engages


def test_another_gesture_of_the_list_engages_too(hand):
    hand.arms()
    hand.do(holding=("middle",))
    assert hand.wait(0.6).engages


def test_another_gesture_does_not_engage(hand):
    hand.arms()
    hand.do(holding=("ring",))
    assert not hand.wait(2.0).engages


def test_arming_takes_rest_before_it(hand):
    hand.wait(1.0)
    hand.do("thumb_up")
    hand.wait(1.6)
    assert not hand.clicks().armed
    assert hand.arms().armed


def test_a_hand_of_which_nothing_is_known_has_not_rested(hand):
    assert not hand.clicks().armed
    hand.arms()
    hand.act.disarm()
    assert not hand.clicks().armed


def test_a_hand_that_held_something_has_not_rested(hand):
    hand.wait(1.0)
    hand.do(holding=("ring",))
    hand.wait(3.0)
    hand.do(holding=())
    assert not hand.clicks().armed


def test_a_gesture_between_the_arming_ones_undoes_them(hand):
    hand.wait(3.0)
    hand.clicks(2)
    hand.do("thumb_up")
    assert not hand.clicks(1).armed


def test_arming_gestures_too_far_apart_do_not_arm(hand):
    hand.wait(3.0)
    hand.clicks(2)
    hand.wait(1.6)
    assert not hand.clicks(1).armed


def test_one_click_more_disarms(hand):
    assert hand.arms().armed
    assert not hand.do("thumb_click").armed


@pytest.mark.parametrize("other", ["thumb_out", "ring_press", "thumb_click"])
def test_any_other_gesture_disarms(hand, other):
    hand.arms()
    assert not hand.do(other).armed
    hand.wait(1.0)
    hand.do(holding=("index",))
    assert not hand.wait(2.0).engages


def test_a_gesture_in_the_middle_of_the_hold_disarms(hand):
    hand.arms()
    hand.do(holding=("index",))
    hand.wait(0.3)
    hand.do("thumb_out")
    assert not hand.wait(2.0).engages


def test_what_switches_modes_does_not_disarm(hand):
    hand.arms()
    assert hand.do("thumb_up").armed
    hand.wait(0.7)
    hand.do("index_press", holding=("index",))
    assert hand.wait(0.6).engages


def test_a_hold_too_soon_after_another_gesture_does_not_count(hand):
    hand.arms()
    hand.do("thumb_up")
    hand.wait(0.5)
    hand.do(holding=("index",))
    assert not hand.wait(3.0).engages


def test_a_hold_that_began_before_arming_does_not_count(hand):
    hand.do(holding=("index",))
    hand.act.arm(hand.now)
    assert not hand.wait(2.0).engages
    hand.do(holding=())
    hand.act.arm(hand.now)
    hand.wait(0.7)
    hand.do(holding=("index",))
    assert hand.wait(0.6).engages


def test_armed_lasts_only_so_long(hand):
    hand.arms()
    assert hand.wait(4.2).armed
    assert not hand.wait(0.2).armed


def test_too_short_a_hold_disarms(hand):
    hand.arms()
    hand.do("index_press", holding=("index",))
    hand.wait(0.3)
    assert not hand.do("index_release", holding=()).armed
    hand.wait(1.0)
    hand.do(holding=("index",))
    assert not hand.wait(2.0).engages


def test_the_press_may_be_told_before_the_hold(hand):
    hand.arms()
    hand.do("index_press")
    hand.do(holding=("index",))
    assert hand.wait(0.6).engages


def test_a_hold_let_go_between_two_cycles_has_ended(hand):
    hand.arms()
    hand.do(holding=("index",))
    hand.wait(0.6)
    let_go = Intent(frozenset({"index"}), kept=frozenset())
    assert not hand.act.step(hand.now + 0.01, let_go, True).keeps


def test_stays_armed_while_engaged_and_for_some_time_after(hand):
    hand.arms()
    hand.engaged = True
    hand.wait(100.0)
    hand.do("thumb_out")
    hand.engaged = False
    assert hand.wait(2.9).armed
    assert not hand.wait(0.2).armed


def test_stays_engaged_only_as_long_as_the_hold(hand):
    hand.arms()
    hand.do(holding=("index",))
    hand.wait(0.6)
    hand.engaged = True
    assert hand.wait(5.0).keeps
    verdict = hand.do(holding=())
    assert (verdict.keeps, verdict.wish) == (False, "released")


def test_going_over_to_another_gesture_ends_the_hold(hand):
    hand.arms()
    hand.do(holding=("index",))
    hand.wait(0.6)
    hand.engaged = True
    verdict = hand.do(holding=("middle",))
    assert not (verdict.engages | verdict.keeps)
    assert not hand.wait(2.0).keeps


def test_what_is_spent_counts_only_after_it_was_let_go(hand):
    hand.arms()
    hand.do(holding=("index",))
    hand.wait(0.6)
    hand.act.spend()
    assert not hand.wait(2.0).engages
    hand.do(holding=())
    hand.act.arm(hand.now)
    hand.wait(0.7)
    hand.do(holding=("index",))
    assert hand.wait(0.6).engages


def test_what_is_spent_before_it_is_seen_counts_only_after_it_was_let_go(hand):
    hand.arms()
    hand.act.spend()
    hand.do(holding=("index",))
    assert not hand.wait(3.0).engages


def test_disarming_asks_for_all_of_it_again(hand):
    hand.arms()
    hand.act.disarm()
    hand.do(holding=("index",))
    assert not hand.wait(3.0).engages
    hand.arms()
    hand.do(holding=("index",))
    assert hand.wait(0.6).engages


def test_a_gesture_can_be_set_to_stop(hand):
    hand.arms()
    hand.do(holding=("index",))
    hand.wait(0.6)
    hand.engaged = True
    verdict = hand.do("thumb_down")
    assert (verdict.keeps, verdict.wish) == (False, "stopped by thumb_down")


def test_latched_it_needs_no_hold_to_stay_engaged():
    hand = Hand(GestureAct(ENGAGEMENT, latched=True))
    hand.arms()
    hand.do(holding=("index",))
    assert hand.wait(0.6).engages
    hand.engaged = True
    hand.do(holding=())
    assert hand.wait(20.0).keeps
    assert not hand.do("thumb_down").keeps


def test_stopping_by_a_gesture_asks_for_all_of_it_again(hand):
    hand.arms()
    hand.do(holding=("index",))
    hand.wait(0.6)
    hand.engaged = True
    assert not hand.do("thumb_down").armed
    hand.engaged = False
    assert not hand.do(holding=()).armed


def test_a_service_can_take_the_place_of_the_arming_gestures(hand):
    hand.act.arm(hand.now)
    assert not hand.wait(1.0).engages
    hand.do(holding=("index",))
    assert hand.wait(0.6).engages


def test_without_arming_gestures_every_hold_counts():
    hand = Hand(GestureAct(Engagement(hold=("index",), hold_for=0.5)))
    hand.wait(0.8)
    hand.do(holding=("index",))
    assert not hand.wait(0.4).engages
    assert hand.wait(0.2).engages
