# SPDX-License-Identifier: Apache-2.0
"""Intent becomes commands as a profile says, and nothing outlives what it was meant for."""

import dataclasses
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semg_teleop.command import Text
from semg_teleop.intent import Intent
from semg_teleop.mapping.mapper import Mapper
from semg_teleop.profile.profile import (
    GESTURES,
    TWIST_COMPONENTS,
    Binding,
    Engagement,
    Event,
    Handwriting,
    Held,
    LimitGroup,
    Mode,
    Output,
    OutputKind,
    Profile,
    Response,
    WristAngle,
    WristVelocity,
)

LIMITS = (LimitGroup((0, 1, 2), 1.0), LimitGroup((3, 4, 5), 1.0))
BASE = Output("base", OutputKind.TWIST, "cmd_vel", "", TWIST_COMPONENTS, LIMITS)
WORDS = Output("words", OutputKind.TEXT, "text")
ANGLE = WristAngle(Response(1.0, 0.0))
VELOCITY = WristVelocity(Response(2.0, 0.1))
DRIVE = Mode(
    "drive",
    ("thumb_up",),
    ("thumb_click",),
    (
        Binding("base", 0, Held("index"), 0.5),
        Binding("base", 1, Held("middle"), 0.25),
        Binding("base", 2, Event("thumb_out", 0.25), 0.125),
        Binding("base", 3, VELOCITY, 1.0),
        Binding("base", 5, ANGLE, -1.0),
        Binding("words", -1, Event("thumb_out"), text="out"),
        Binding("words", -1, Handwriting()),
    ),
)
REVERSE = Mode(
    "reverse",
    ("thumb_down",),
    (),
    (
        Binding("base", 0, Held("index"), -0.5),
        Binding("base", 2, Event("thumb_out", 0.25), -0.125),
        Binding("base", 4, dataclasses.replace(ANGLE, while_held="index"), 1.0),
        Binding("base", 5, ANGLE, 0.5),
    ),
)
PAUSE = Mode("pause", ("thumb_in",))
PROFILE = Profile(
    "test", "", (BASE, WORDS), Engagement(hold=("index",)), (DRIVE, REVERSE, PAUSE), GESTURES
)
INDEX, MIDDLE = frozenset({"index"}), frozenset({"middle"})

INTENTS = st.builds(
    Intent,
    held=st.sampled_from([frozenset(), INDEX, MIDDLE]),
    events=st.lists(st.sampled_from(GESTURES), max_size=3).map(tuple),
    wrist_travel=st.floats(-0.5, 0.5),
    wrist_velocity=st.floats(-5.0, 5.0),
    text=st.sampled_from(["", "a"]),
)
CYCLES = st.lists(st.tuples(INTENTS, st.booleans(), st.floats(0.0, 0.1)), max_size=30)


@pytest.fixture
def mapper():
    return Mapper(PROFILE)


@pytest.fixture
def press(mapper):
    """Press a gesture and return what the command is then."""

    def step(gesture, engaged=True):
        intent = Intent(frozenset({gesture}), (f"{gesture}_press",))
        return mapper.step(intent, engaged, 0.01).vectors["base"]

    return step


def test_a_held_gesture_gives_its_value_until_it_is_released(mapper, press):
    assert press("index") == (0.5, 0, 0, 0, 0, 0)
    assert mapper.step(Intent(INDEX), True, 0.01).vectors["base"][0] == 0.5
    assert mapper.step(Intent(events=("index_release",)), True, 0.01).is_zero


def test_bindings_of_a_component_add_up_without_a_limit():
    both = (Binding("base", 0, Held("index"), 0.75), Binding("base", 0, Held("middle"), 0.75))
    mapper = Mapper(dataclasses.replace(PROFILE, modes=(Mode("drive", bindings=both),)))
    command = mapper.step(Intent(INDEX | MIDDLE), True, 0.01)
    assert command.vectors["base"][0] == 1.5


def test_the_wrist_moves_an_axis_that_stays(mapper):
    assert mapper.step(Intent(wrist_travel=0.25), True, 0.01).vectors["base"][5] == -0.25
    assert mapper.step(Intent(wrist_travel=0.25), True, 0.01).vectors["base"][5] == -0.5
    assert mapper.step(Intent(), True, 0.01).vectors["base"][5] == -0.5
    assert mapper.step(Intent(wrist_travel=9.0), True, 0.01).vectors["base"][5] == -1.0


def test_the_velocity_of_the_wrist_counts_as_it_is(mapper):
    assert mapper.step(Intent(wrist_velocity=2.0), True, 0.01).vectors["base"][3] == 1.0
    slower = mapper.step(Intent(wrist_velocity=-1.1), True, 0.01).vectors["base"][3]
    assert slower == pytest.approx(-0.5)
    assert mapper.step(Intent(wrist_velocity=0.2), True, 0.01).is_zero


def test_an_event_counts_for_its_duration(mapper):
    command = mapper.step(Intent(events=("thumb_out",)), True, 0.125)
    assert command.vectors["base"][2] == 0.125
    assert mapper.step(Intent(), True, 0.125).vectors["base"][2] == 0.125
    assert mapper.step(Intent(), True, 0.125).is_zero


def test_texts_come_in_the_order_of_the_events_and_handwriting_behind(mapper):
    command = mapper.step(Intent(events=("thumb_out", "thumb_out"), text="ab"), True, 0.01)
    assert command.texts == (Text("words", "out"), Text("words", "out"), Text("words", "ab"))
    assert mapper.step(Intent(), True, 0.01).texts == ()


def test_a_centring_event_makes_zero_of_where_the_wrist_is(mapper):
    mapper.step(Intent(wrist_travel=0.5), True, 0.01)
    # How much of the travel of this cycle came before the click is not known.
    assert mapper.step(Intent(events=("thumb_click",), wrist_travel=0.25), True, 0.01).is_zero
    assert mapper.step(Intent(wrist_travel=0.125), True, 0.01).vectors["base"][5] == -0.125


def test_an_axis_bound_to_a_hold_begins_at_zero_with_each_hold(mapper, press):
    mapper.step(Intent(events=("thumb_down",)), True, 0.01)
    assert mapper.step(Intent(wrist_travel=0.5), True, 0.01).vectors["base"][4] == 0.0
    press("index")
    assert mapper.step(Intent(INDEX, (), 0.25), True, 0.01).vectors["base"][4] == 0.25
    assert (
        mapper.step(Intent(frozenset(), ("index_release",), 0.25), True, 0.01).vectors["base"][4]
        == 0.0
    )
    assert press("index")[4] == 0.0


def test_velocity_bound_to_a_hold_counts_only_then():
    source = dataclasses.replace(VELOCITY, while_held="middle")
    mode = Mode("drive", bindings=(Binding("base", 0, source, 1.0),))
    mapper = Mapper(dataclasses.replace(PROFILE, modes=(mode,)))
    assert mapper.step(Intent(wrist_velocity=2.0), True, 0.01).is_zero
    assert mapper.step(Intent(MIDDLE, (), 0.0, 2.0), True, 0.01).vectors["base"][0] == 1.0


def test_while_disengaged_the_hold_that_engages_does_not_count_but_all_else_does(mapper, press):
    assert press("index", False) == (0,) * 6
    assert press("middle", False) == (0, 0.25, 0, 0, 0, 0)
    assert mapper.step(Intent(wrist_velocity=2.0), False, 0.01).vectors["base"][3] == 1.0
    assert mapper.step(Intent(events=("thumb_out",)), False, 0.01).vectors["base"][2] == 0.125


def test_an_axis_starts_from_zero_at_each_engagement(mapper):
    assert mapper.step(Intent(wrist_travel=0.75), False, 0.01).is_zero
    assert mapper.step(Intent(), True, 0.01).is_zero
    assert not mapper.step(Intent(wrist_travel=0.75), True, 0.01).is_zero
    assert mapper.step(Intent(), False, 0.01).is_zero
    assert mapper.step(Intent(), True, 0.01).is_zero


def test_an_event_from_before_the_engagement_does_not_go_on_after_it(mapper):
    assert not mapper.step(Intent(events=("thumb_out",)), False, 0.01).is_zero
    assert not mapper.step(Intent(), False, 0.01).is_zero
    assert mapper.step(Intent(), True, 0.01).is_zero


def test_nothing_is_written_while_disengaged(mapper):
    intent = Intent(events=("thumb_out",), text="a")
    assert mapper.step(intent, False, 0.01).texts == ()
    assert mapper.step(Intent(), True, 0.01).texts == ()


def test_an_event_switches_the_mode_and_does_nothing_else(mapper):
    assert mapper.mode == "drive"
    assert mapper.step(Intent(events=("thumb_down",)), True, 0.01).is_zero
    assert mapper.mode == "reverse"
    mapper.step(Intent(events=("thumb_down",)), True, 0.01)
    assert mapper.mode == "reverse"
    mapper.step(Intent(events=("thumb_in",)), False, 0.01)
    assert mapper.mode == "pause"


def test_a_change_of_mode_leaves_nothing_of_what_ran_before(mapper, press):
    press("index")
    mapper.step(Intent(INDEX, ("thumb_out",), 0.5), True, 0.01)
    assert mapper.step(Intent(INDEX, ("thumb_down",), 0.5), True, 0.01).is_zero
    assert mapper.step(Intent(INDEX), True, 0.01).is_zero
    mapper.step(Intent(), True, 0.01)
    assert press("index")[0] == -0.5


def test_a_gesture_pressed_and_held_over_a_change_within_a_cycle_does_not_count(mapper):
    command = mapper.step(Intent(INDEX, ("index_press", "thumb_down")), True, 0.01)
    assert command.is_zero
    assert mapper.step(Intent(INDEX), True, 0.01).is_zero


def test_a_gesture_pressed_after_a_change_within_a_cycle_counts(mapper, press):
    press("index")
    events = ("index_release", "thumb_down", "index_press")
    assert mapper.step(Intent(INDEX, events), True, 0.01).vectors["base"][0] == -0.5


def test_resetting_keeps_the_mode(mapper):
    mapper.step(Intent(events=("thumb_down",)), True, 0.01)
    mapper.step(Intent(events=("thumb_out",), wrist_travel=0.5), True, 0.01)
    mapper.reset()
    assert mapper.mode == "reverse"
    assert mapper.step(Intent(), True, 0.01).is_zero


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("field", ["wrist_travel", "wrist_velocity"])
def test_what_is_not_finite_is_refused(mapper, field, value):
    with pytest.raises(ValueError, match=f"{field}: {value}, must be finite"):
        mapper.step(Intent(**{field: value}), True, 0.01)
    assert mapper.step(Intent(), True, 0.01).is_zero


@pytest.mark.parametrize("elapsed", [math.nan, math.inf, -0.01])
def test_time_that_does_not_pass_is_refused(mapper, elapsed):
    with pytest.raises(ValueError, match="elapsed"):
        mapper.step(Intent(), True, elapsed)


@settings(deadline=None)
@given(CYCLES)
def test_every_command_has_every_component_finite_and_bounded(cycles):
    mapper = Mapper(PROFILE)
    for intent, engaged, elapsed in cycles:
        command = mapper.step(intent, engaged, elapsed)
        assert {name: len(vector) for name, vector in command.vectors.items()} == {"base": 6}
        assert all(abs(value) <= 1.0 for value in command.vectors["base"])


@settings(deadline=None)
@given(CYCLES)
def test_while_disengaged_axes_are_zero_and_nothing_is_written_whatever_came_before(cycles):
    mapper = Mapper(PROFILE)
    for intent, engaged, elapsed in cycles:
        mapper.step(intent, engaged, elapsed)
    intent = Intent(INDEX, ("index_press",), 0.5, 0.0, "a")
    assert mapper.step(intent, False, 0.25).is_zero


@settings(deadline=None)
@given(CYCLES)
def test_at_engagement_and_at_rest_every_command_is_zero_whatever_came_before(cycles):
    mapper = Mapper(PROFILE)
    for intent, _, elapsed in cycles:
        mapper.step(intent, False, elapsed)
    assert mapper.step(Intent(), True, 0.01).is_zero


@settings(deadline=None)
@given(CYCLES, st.booleans())
def test_in_a_pause_nothing_moves(cycles, engaged):
    mapper = Mapper(PROFILE)
    for intent, _, elapsed in cycles:
        mapper.step(intent, engaged, elapsed)
        still = dataclasses.replace(intent, events=(*intent.events, "thumb_in"))
        command = mapper.step(still, engaged, elapsed)
        assert mapper.mode == "pause"
        assert not any(command.vectors["base"])
