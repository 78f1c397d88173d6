# SPDX-License-Identifier: Apache-2.0
"""A small profile for tests of what comes after reading."""

import pytest

from semg_teleop.profile.profile import (
    TWIST_COMPONENTS,
    Binding,
    Engagement,
    Event,
    Held,
    LimitGroup,
    Mode,
    Output,
    OutputKind,
    Profile,
    Response,
    WristAngle,
)

BASE = Output(
    "base",
    OutputKind.TWIST_STAMPED,
    "cmd_vel",
    "base_link",
    TWIST_COMPONENTS,
    (LimitGroup((0, 1, 2), 0.5, 1.0), LimitGroup((3, 4, 5), 1.0, 3.0)),
)
WORDS = Output("words", OutputKind.TEXT, "words")


@pytest.fixture(scope="session")
def profile():
    """Index drives forward, middle back, the wrist steers, thumb_in writes a word."""
    steer = Binding("base", 5, WristAngle(Response(0.6, 0.1)), 0.8)
    return Profile(
        "test",
        "",
        (BASE, WORDS),
        Engagement(
            arm=("thumb_click", "thumb_click"),
            arm_after=0.1,
            hold=("index",),
            hold_after=0.05,
            hold_for=0.5,
        ),
        (
            Mode(
                "drive",
                ("thumb_up",),
                (),
                (
                    Binding("base", 0, Held("index"), 0.25),
                    Binding("base", 0, Held("middle"), -0.4),
                    Binding("words", -1, Event("thumb_in"), text="hello"),
                    steer,
                ),
            ),
            Mode("pause", ("thumb_down",)),
        ),
    )
