# SPDX-License-Identifier: Apache-2.0
from semg_teleop.mapping.mode_switch import ModeSwitch
from semg_teleop.profile.profile import Mode

DRIVE = Mode("drive", ("thumb_up", "thumb_out"))
PAUSE = Mode("pause", ("thumb_down",))


def test_the_first_mode_is_in_force_at_the_start():
    assert ModeSwitch((DRIVE, PAUSE)).mode is DRIVE


def test_an_event_switches_from_any_other_mode():
    modes = ModeSwitch((DRIVE, PAUSE))
    assert modes.switches("thumb_down")
    assert modes.mode is PAUSE
    assert modes.switches("thumb_out")
    assert modes.mode is DRIVE


def test_in_its_own_mode_and_without_a_mode_an_event_does_not_switch():
    modes = ModeSwitch((DRIVE, PAUSE))
    assert not modes.switches("thumb_up")
    assert not modes.switches("thumb_click")
    assert modes.mode is DRIVE
