# SPDX-License-Identifier: Apache-2.0
import pytest

from semg_teleop.profile.gesture_names import GestureNames, is_decoded


@pytest.mark.parametrize(
    ("label", "decoded"),
    [
        ("thumb_up", True),
        ("index_press", True),
        ("fist_press", True),
        ("fist_release", True),
        ("open_press", False),
        ("thumb", False),
        ("index", False),
    ],
)
def test_a_posture_gives_its_press_and_its_release(label, decoded):
    assert is_decoded(label, ["thumb_up", "index_press", "fist"]) is decoded


def test_what_has_a_press_can_be_held():
    assert GestureNames(("fist_press", "fist_release", "snap")).held == ("fist",)
