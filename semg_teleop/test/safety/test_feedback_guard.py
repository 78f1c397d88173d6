# SPDX-License-Identifier: Apache-2.0
"""Whether the robot still says how it is."""

import pytest

from semg_teleop.safety.feedback_guard import FeedbackGuard


@pytest.fixture
def guard():
    return FeedbackGuard("odom", 0.1)


def test_asks_for_nothing_where_no_topic_is_set():
    assert FeedbackGuard("", 0.1).faults(5.0) == []


def test_says_that_nothing_has_come_yet(guard):
    assert guard.faults(5.0) == ["odom: no feedback from the robot has come yet"]


def test_feedback_may_be_as_old_as_the_timeout(guard):
    guard.hear(1.0, 1)
    assert guard.faults(1.099) == []
    assert guard.faults(1.101) == ["odom: no new feedback from the robot for more than 100 ms"]


def test_the_same_stamp_again_is_no_news(guard):
    for count in range(5):
        guard.hear(1.0 + 0.05 * count, 42)
    assert guard.faults(1.2) != []
    guard.hear(1.25, 43)
    assert guard.faults(1.3) == []


def test_two_old_stamps_in_turn_are_no_news_either(guard):
    for count in range(10):
        guard.hear(1.0 + 0.05 * count, 42 + count % 2)
    assert guard.faults(1.45) != []


def test_messages_without_a_stamp_are_news_by_their_arrival(guard):
    for count in range(5):
        guard.hear(1.0 + 0.05 * count, None)
    assert guard.faults(1.2) == []


def test_a_clock_that_was_set_back_is_believed_once_it_goes_on(guard):
    guard.hear(1.0, 3600 * 10**9)
    for count in range(4):
        guard.hear(1.05 + 0.05 * count, 10**9 + count)
        assert guard.faults(1.21) != []
    guard.hear(1.25, 10**9 + 4)
    assert guard.faults(1.3) == []
    guard.hear(1.4, 10**9 + 5)
    assert guard.faults(1.45) == []


def test_old_stamps_that_come_again_and_again_are_no_clock_that_was_set_back(guard):
    guard.hear(1.0, 3600 * 10**9)
    for count in range(30):
        guard.hear(1.0 + 0.02 * count, 10**9 + count % 3)
    assert guard.faults(1.6) != []
