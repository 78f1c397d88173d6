# SPDX-License-Identifier: Apache-2.0
"""What holds for every sequence of messages, faults and cycles."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semg_teleop.profile.profile import GESTURES
from semg_teleop.safety.dead_man_switch import DeadManSwitch
from semg_teleop.safety.emergency_stop import EmergencyStop
from semg_teleop.safety.gesture_act import GestureAct
from semg_teleop.safety.source_check import PLAYBACK, SIMULATED, SourceCheck
from semg_teleop.safety.stream_guard import Heading
from semg_teleop.teleoperation import State, Teleoperation

CYCLE_S = 0.008
STREAM = 77


class World:
    """Decoders, a wearer and a clock around the engine; each `tick` is one cycle."""

    def __init__(self, profile, act=None):
        self.profile = profile
        self.emergency = EmergencyStop()
        self.source = SourceCheck(allow_playback=False)
        self.engine = Teleoperation(
            profile,
            act or GestureAct(profile.engagement, harmless=profile.switching),
            emergency=self.emergency,
            source=self.source,
            own_nodes=["/driver"],
            feedback_topic="odom",
            engages_by_hold=act is None,
        )
        self.act = act
        self.now = 50.0
        self.stream = STREAM
        self.sequences = {}
        self.holding = ()
        self.velocity = 0.0
        self.silent = set()
        self.changes = {}
        self.ticks = 0
        self.pressed = False
        self.source.hear(STREAM, SIMULATED)

    def heading(self, topic):
        number = self.sequences.get(topic, -1) + 1
        self.sequences[topic] = number
        return replace(Heading(self.stream, number, 0.01), **self.changes.pop(topic, {}))

    def tick(self, *events, pause=CYCLE_S):
        self.now += pause
        self.ticks += 1
        if "probabilities" not in self.silent:
            heading = self.heading("probabilities")
            self.engine.hear_probabilities(self.now, heading, GESTURES, self.holding)
        for event in events:
            self.engine.hear_event(self.now, self.heading("event"), event)
        if "wrist" not in self.silent and self.ticks % 2:
            stamp = self.ticks // 2 * 20_000_000
            self.engine.hear_wrist(self.now, self.heading("wrist"), stamp, self.velocity)
        if "robot" not in self.silent:
            self.engine.hear_feedback(self.now, self.ticks)
        if isinstance(self.act, DeadManSwitch) and "switch" not in self.silent:
            self.act.hear(self.now, self.pressed)
        return self.engine.cycle(self.now)

    def run(self, seconds):
        for _ in range(max(round(seconds / CYCLE_S), 1)):
            outcome = self.tick()
        return outcome

    def engage(self):
        """Make the whole act."""
        self.run(0.05)
        if self.act is not None:
            self.pressed = True
            outcome = self.run(0.05)
        else:
            self.holding = ()
            self.run(0.2)
            self.tick("thumb_click")
            self.tick("thumb_click")
            self.run(0.1)
            self.holding = ("index",)
            outcome = self.run(0.6)
        assert outcome.state is State.ENGAGED, outcome
        return self

    def drive(self):
        """Engage, and go at full speed."""
        self.engage()
        self.holding = ("index",)
        outcome = self.run(0.5)
        assert speed(outcome) == 0.25
        return self


def speed(outcome):
    return outcome.command.vectors["base"][0]


def moves(outcome):
    return outcome.command is not None and not outcome.command.is_zero


@pytest.fixture(params=["gesture", "switch"])
def world(request, profile):
    switch = DeadManSwitch("pedal", 0.1) if request.param == "switch" else None
    return World(profile, switch)


def test_engages_by_the_deliberate_act_and_drives(world):
    world.drive()
    assert world.engine.engagements == 1


def test_the_wrist_steers_from_where_it_was_when_it_engaged(world):
    world.velocity = 0.05
    world.run(1.0)
    world.drive()
    world.velocity = 0.8
    before = world.tick().command.vectors["base"][5]
    after = world.run(0.5).command.vectors["base"][5]
    assert before < 0.1 < after <= 0.8


def test_a_held_gesture_that_drives_keeps_a_switch_from_engaging(profile):
    world = World(profile, DeadManSwitch("pedal", 0.1))
    world.holding = ("index",)
    world.run(0.1)
    world.pressed = True
    outcome = world.run(1.0)
    assert outcome.state is State.DISENGAGED
    assert "not zero" in outcome.reason
    world.holding = ()
    assert world.run(0.05).state is State.ENGAGED


def silence(topic):
    return lambda world: world.silent.add(topic)


def spoil(topic, **changes):
    return lambda world: world.changes.update({topic: changes})


def emergency(world):
    world.emergency.hear(True)


def node_error(world):
    world.engine.hear_node("/driver", True, "link lost")


def surroundings(world):
    world.engine.surroundings(["/clock has a publisher"])


def clock_set(world):
    for clock in (7_000_000_000, 7_500_000_000):
        world.engine.hear_clock(world.now, clock, world.now)


def disarm(world):
    world.engine.disarm(world.now, "disarmed")


def short_press(world):
    world.emergency.hear(True)
    world.emergency.hear(False)
    world.emergency.reset()


def bad_event(world):
    world.changes.update({"event": {"suspect": True}})
    world.engine.hear_event(world.now, world.heading("event"), "thumb_in")


def lost_event(world):
    world.heading("event")
    world.engine.hear_event(world.now, world.heading("event"), "thumb_in")
    world.heading("event")
    world.engine.hear_event(world.now, world.heading("event"), "thumb_in")


def becomes_a_recording(world):
    world.source.hear(STREAM, PLAYBACK)


def other_labels(world):
    heading = world.heading("probabilities")
    world.engine.hear_probabilities(world.now, heading, ["fist"], ())
    world.silent.add("probabilities")


TRIGGERS = {
    "no probabilities": silence("probabilities"),
    "no wrist": silence("wrist"),
    "new stream": spoil("probabilities", stream_id=9),
    "gap": spoil("wrist", sequence=10_000),
    "fresh": spoil("wrist", fresh=True),
    "suspect": spoil("probabilities", suspect=True),
    "not a number": spoil("wrist", finite=False),
    "too old": spoil("probabilities", age=0.21),
    "in the future": spoil("wrist", age=-0.03),
    "stamp that is no number": spoil("wrist", age=math.nan),
    "clock set": clock_set,
    "emergency stop": emergency,
    "emergency stop for a moment": short_press,
    "suspect event": bad_event,
    "lost event": lost_event,
    "no feedback": silence("robot"),
    "a recording": becomes_a_recording,
    "other labels": other_labels,
    "error of a node": node_error,
    "the graph": surroundings,
    "service": disarm,
}


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_every_trigger_stops_within_its_time_and_one_cycle(world, trigger):
    world.drive()
    began = world.now
    TRIGGERS[trigger](world)
    # A message of the wrist comes only with every second cycle here.
    allowed = 0.1 if trigger.startswith("no ") else 0.0
    while moves(outcome := world.tick()):
        assert world.now - began <= allowed + 2 * CYCLE_S + 1e-9
    assert outcome.state is not State.ENGAGED
    assert outcome.reason


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_nothing_that_goes_on_engages_again_when_the_fault_is_over(world, trigger):
    world.drive()
    TRIGGERS[trigger](world)
    world.run(0.3)
    world.silent.clear()
    world.source.hear(STREAM, SIMULATED)
    world.emergency.hear(False)
    assert world.emergency.reset() == ""
    world.engine.hear_node("/driver", False, "running")
    world.engine.surroundings(())
    for _ in range(500):
        outcome = world.tick()
        assert not moves(outcome)
    assert outcome.state is State.DISENGAGED
    world.holding = ()
    world.pressed = False
    world.run(0.05)
    world.drive()


def test_sends_zero_for_a_second_then_leaves_the_robot_alone(world):
    world.drive()
    emergency(world)
    began = world.now
    outcome = world.tick()
    while world.now - began < 0.99:
        assert outcome.command == world.profile.zero
        outcome = world.tick()
    world.run(0.03)
    assert world.tick().command is None


def test_the_emergency_stop_stays_until_it_is_reset(world):
    world.drive()
    emergency(world)
    assert world.tick().state is State.EMERGENCY_STOP
    assert "still pressed" in world.emergency.reset()
    world.emergency.hear(False)
    assert world.tick().state is State.EMERGENCY_STOP
    world.emergency.reset()
    assert world.tick().state is State.DISENGAGED


def test_an_emergency_stop_sends_zero_even_while_nobody_drives(world):
    world.run(0.1)
    assert world.tick().command is None
    emergency(world)
    assert world.tick().command == world.profile.zero


def test_a_late_cycle_stops_and_throws_away_what_queued_up(world):
    world.drive()
    world.velocity = 2.0
    outcome = world.tick(pause=0.101)
    assert outcome.state is State.DISENGAGED
    assert any("own cycle took" in line for line in outcome.obstacles)
    assert not moves(world.run(0.5))


def test_a_recording_does_not_drive(profile):
    world = World(profile)
    world.source.hear(STREAM, PLAYBACK)
    world.run(0.2)
    world.tick("thumb_click")
    world.tick("thumb_click")
    world.run(0.1)
    world.holding = ("index",)
    outcome = world.run(1.0)
    assert outcome.state is State.DISENGAGED
    assert "the source is playback" in outcome.reason


def test_a_decoder_without_the_profiles_gestures_does_not_drive(profile):
    world = World(replace(profile, gestures=("fist", *GESTURES)))
    outcome = world.run(0.1)
    assert "the decoder knows no 'fist', which profile 'test' expects" in outcome.reason


def test_a_stream_that_is_always_bad_never_engages(world):
    for _ in range(200):
        world.changes["wrist"] = {"suspect": True}
        world.pressed = world.ticks % 20 > 10
        assert world.tick().state is State.DISENGAGED


def test_two_streams_at_once_do_not_drive(world):
    world.run(0.1)
    world.source.hear(9, SIMULATED)
    world.stream = 9
    world.silent.add("probabilities")
    assert "different streams" in " ".join(world.run(0.02).obstacles)


def test_after_its_end_nothing_engages_any_more(world):
    world.drive()
    world.engine.end(world.now, "this process is being stopped")
    for _ in range(3):
        world.holding, world.pressed = (), False
        world.run(0.3)
        world.tick("thumb_click")
        world.tick("thumb_click")
        world.run(0.1)
        world.holding, world.pressed = ("index",), True
        outcome = world.run(1.0)
        assert not moves(outcome)
        assert outcome.state is State.DISENGAGED
    assert outcome.reason == "this process is being stopped"


def test_after_the_longest_engagement_the_whole_act_is_asked_for(profile):
    world = World(profile).drive()
    world.run(60.0)
    world.holding = ()
    world.run(0.1)
    world.holding = ("index",)
    outcome = world.run(2.0)
    assert outcome.state is State.DISENGAGED
    assert not outcome.armed


def test_what_queued_up_during_a_late_cycle_is_thrown_away(world):
    world.drive()
    world.tick("thumb_down", pause=0.101)
    outcome = world.run(0.2)
    assert outcome.mode == "drive"


def test_texts_pass_only_while_engaged(profile):
    world = World(profile, DeadManSwitch("pedal", 0.1))
    assert world.run(0.05).command is None
    assert world.tick("thumb_in").command is None
    world.engage()
    assert [text.text for text in world.tick("thumb_in").command.texts] == ["hello"]


# -- whatever happens ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """What happens between two cycles."""

    kind: str
    value: object = None


steps = st.lists(
    st.one_of(
        st.builds(Step, st.just("run"), st.integers(1, 90)),
        st.builds(Step, st.just("hold"), st.sampled_from([(), ("index",), ("middle",)])),
        st.builds(Step, st.just("event"), st.sampled_from(GESTURES)),
        st.builds(Step, st.just("arm")),
        st.builds(Step, st.just("act")),
        st.builds(Step, st.just("wrist"), st.floats(-6.0, 6.0)),
        st.builds(Step, st.just("press"), st.booleans()),
        st.builds(Step, st.just("trigger"), st.sampled_from(sorted(TRIGGERS))),
        st.builds(Step, st.just("repair")),
        st.builds(Step, st.just("late"), st.floats(0.0, 0.4)),
    ),
    min_size=1,
    max_size=25,
)


def outcomes(world, script):
    """Yield what each cycle comes to, and whether something was wrong in it."""
    for step in script:
        if step.kind == "run":
            for _ in range(step.value):
                yield world.tick(), False
        elif step.kind == "hold":
            world.holding = step.value
        elif step.kind == "event":
            yield world.tick(step.value), False
        elif step.kind == "arm":
            world.engine.arm(world.now)
        elif step.kind == "act":
            world.holding, world.pressed = (), False
            for _ in range(15):
                yield world.tick(), False
            yield world.tick("thumb_click"), False
            yield world.tick("thumb_click"), False
            for _ in range(8):
                yield world.tick(), False
            world.holding, world.pressed = ("index",), True
            for _ in range(70):
                yield world.tick(), False
        elif step.kind == "wrist":
            world.velocity = step.value
        elif step.kind == "press":
            world.pressed = step.value
        elif step.kind == "trigger":
            TRIGGERS[step.value](world)
        elif step.kind == "repair":
            world.silent.clear()
            world.source.hear(STREAM, SIMULATED)
            world.engine.surroundings(())
            world.engine.hear_node("/driver", False, "")
            world.emergency.hear(False)
            world.emergency.reset()
        else:
            yield world.tick(pause=step.value), step.value > 0.1


def check(world, script):
    """Check what must hold in every cycle of a script."""
    last = dict.fromkeys(world.profile.zero.vectors, (0.0,) * 6)
    before = world.now
    for outcome, late in outcomes(world, script):
        elapsed, before = world.now - before, world.now
        engaged = outcome.state is State.ENGAGED
        assert engaged or not moves(outcome)
        assert not (engaged and (outcome.obstacles or late))
        assert engaged or outcome.reason
        sent = outcome.command.vectors if outcome.command else world.profile.zero.vectors
        for output in world.profile.outputs[:1]:
            for group in output.limits:
                vector = [sent[output.name][i] for i in group.components]
                assert math.hypot(*vector) <= group.largest * (1 + 1e-9)
                for i in group.components:
                    value, previous = sent[output.name][i], last[output.name][i]
                    start = abs(previous) if value * previous > 0 else 0.0
                    assert abs(value) <= (start + group.growth * elapsed) * (1 + 1e-9)
        last = sent


@settings(deadline=None)
@given(script=steps)
def test_by_gesture_nothing_moves_disengaged_or_beyond_the_limits(profile, script):
    check(World(profile), script)


@settings(deadline=None)
@given(script=steps)
def test_by_a_switch_nothing_moves_disengaged_or_beyond_the_limits(profile, script):
    check(World(profile, DeadManSwitch("pedal", 0.1)), script)


@settings(deadline=None)
@given(script=steps)
def test_without_the_arming_gestures_or_the_service_nobody_engages(profile, script):
    world = World(profile)
    harmless = [
        step for step in script if step.kind not in ("arm", "act") and step.value != "thumb_click"
    ]
    assert all(outcome.state is not State.ENGAGED for outcome, _ in outcomes(world, harmless))


@settings(deadline=None)
@given(script=steps)
def test_without_a_hold_nobody_engages(profile, script):
    world = World(profile)
    empty = [step for step in script if step.kind not in ("hold", "act")]
    assert all(outcome.state is not State.ENGAGED for outcome, _ in outcomes(world, empty))


@settings(deadline=None)
@given(script=steps)
def test_with_a_switch_that_is_never_pressed_nobody_engages(profile, script):
    world = World(profile, DeadManSwitch("pedal", 0.1))
    idle = [
        step for step in script if step.kind != "act" and not (step.kind == "press" and step.value)
    ]
    assert all(outcome.state is not State.ENGAGED for outcome, _ in outcomes(world, idle))


@settings(deadline=None)
@given(script=steps)
def test_every_engagement_begins_with_zero(profile, script):
    world, was = World(profile), False
    for outcome, _ in outcomes(world, script):
        engaged = outcome.state is State.ENGAGED
        if engaged and not was:
            assert outcome.command == profile.zero
        was = engaged
