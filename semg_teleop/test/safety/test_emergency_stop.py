# SPDX-License-Identifier: Apache-2.0
"""An emergency stop that stays until it is reset."""

from hypothesis import given
from hypothesis import strategies as st

from semg_teleop.safety.emergency_stop import EmergencyStop


def test_stays_after_the_button_is_released():
    stop = EmergencyStop()
    stop.hear(True)
    stop.hear(False)
    assert stop.latched


def test_cannot_be_reset_while_it_is_pressed():
    stop = EmergencyStop()
    stop.hear(True)
    assert "still pressed" in stop.reset()
    assert stop.latched
    stop.hear(False)
    assert stop.reset() == ""
    assert not stop.latched


def test_a_press_that_was_reset_before_anybody_looked_is_still_seen_once():
    stop = EmergencyStop()
    stop.hear(True)
    stop.hear(False)
    stop.reset()
    assert stop.take_press()
    assert not stop.take_press()


@given(st.lists(st.one_of(st.booleans(), st.none())))
def test_is_latched_from_a_press_to_a_reset_while_released(steps):
    stop, latched, pressed = EmergencyStop(), False, False
    for step in steps:
        if step is None:
            stop.reset()
            latched = latched and pressed
        else:
            stop.hear(step)
            pressed, latched = step, latched or step
        assert stop.latched == latched
