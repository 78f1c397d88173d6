# SPDX-License-Identifier: Apache-2.0
"""What the gate goes by, taken from real messages."""

import math

import numpy as np
import pytest

from semg_msgs.msg import GestureProbabilities, WristVelocity
from semg_node.arrays import float32_field
from semg_node.stamps import to_stamp
from semg_teleop.heading import all_finite, heading, is_finite, pressed
from semg_teleop.safety.stream_guard import Heading

NOW = 1_700_000_000_123_456_789


def test_takes_what_every_decoder_says():
    message = WristVelocity(stream_id=2**63, sequence=9, fresh=True, quality=WristVelocity.SUSPECT)
    message.header.stamp = to_stamp(NOW - 30_000_000)
    assert heading(message, NOW, finite=False) == Heading(2**63, 9, 0.03, True, True, False)


def test_a_stamp_in_the_future_has_a_negative_age():
    message = WristVelocity()
    message.header.stamp = to_stamp(NOW + 40_000_000)
    assert heading(message, NOW).age == pytest.approx(-0.04)


@pytest.mark.parametrize("value", [math.nan, math.inf, -0.1, 1.1])
def test_a_probability_is_a_number_from_0_to_1(value):
    good = np.linspace(0.0, 1.0, 18)
    assert all_finite(GestureProbabilities(probabilities=float32_field(good)))
    good[7] = value
    assert not all_finite(GestureProbabilities(probabilities=float32_field(good)))


def test_all_values_have_to_be_finite():
    assert is_finite(0.0, -3.5)
    assert not is_finite(0.0, math.nan)
    assert not is_finite(-math.inf)


def test_a_button_that_a_joy_does_not_have_is_not_pressed():
    assert pressed([0, 1], 1)
    assert not pressed([0, 1], 0)
    assert not pressed([0, 1], 2)
