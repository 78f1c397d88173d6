# SPDX-License-Identifier: Apache-2.0
"""A profile is read whole, and what does not fit is refused by its line."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
    Response,
    WristAngle,
    WristVelocity,
)
from semg_teleop.profile.reading import ProfileError, load_profile

PROFILE = """\
format: 1
name: everything
description: Every kind of output and source.
engage: {hold: [index, middle], hold_for: 0.4, disengage: [thumb_out]}
outputs:
  base:
    type: geometry_msgs/msg/TwistStamped
    topic: cmd_vel
    frame_id: base_link
    limits: {linear: 0.5, angular: 1.0, linear_growth: 1.0}
  arm:
    type: control_msgs/msg/JointJog
    topic: /servo_node/delta_joint_cmds
    joints:
      arm.joint/1: {largest: 0.5, growth: 2.0}
      2nd: {largest: 1}
  joy: {type: sensor_msgs/msg/Joy, topic: ~/joy, axes: 1, buttons: 2, axes_growth: 3.0}
  words: {type: std_msgs/msg/String, topic: teleop/text}
modes:
  drive:
    enter: [thumb_up]
    recentre: [thumb_click]
    bindings:
      - {to: base.linear.x, held: index, value: 0.25}
      - {to: base.angular.z, wrist: angle, full: 0.6, value: -0.8, curve: 1.5, leak: 2, while: middle}
      - {to: arm.arm.joint/1, wrist: velocity, full: 2.0, value: 0.5, dead_band: 0}
      - {to: arm.2nd, event: thumb_click, value: 1}
      - {to: joy.axes.0, event: thumb_click, value: -1.0, duration: 0.5}
      - {to: joy.buttons.1, held: middle}
      - {to: words, event: thumb_up, text: next}
      - {to: words, handwriting: true}
  pause: {enter: [thumb_down, thumb_in]}
"""  # noqa: E501


@pytest.fixture
def load(tmp_path):
    def of(text):
        path = tmp_path / "mine.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_profile(path)

    return of


@pytest.fixture
def refusal(load):
    def of(text):
        with pytest.raises(ProfileError) as caught:
            load(text)
        message = str(caught.value)
        assert "\n" not in message
        return message

    return of


def test_a_profile_is_read_with_everything_it_says(load, tmp_path):
    profile = load(PROFILE)
    base = Output(
        "base",
        OutputKind.TWIST_STAMPED,
        "cmd_vel",
        "base_link",
        TWIST_COMPONENTS,
        (LimitGroup((0, 1, 2), 0.5, 1.0), LimitGroup((3, 4, 5), 1.0, math.inf)),
    )
    arm = Output(
        "arm",
        OutputKind.JOINT_JOG,
        "/servo_node/delta_joint_cmds",
        "",
        ("arm.joint/1", "2nd"),
        (LimitGroup((0,), 0.5, 2.0), LimitGroup((1,), 1.0)),
    )
    joy = Output(
        "joy",
        OutputKind.JOY,
        "~/joy",
        "",
        ("axes.0", "buttons.0", "buttons.1"),
        (
            LimitGroup((0,), 1.0, 3.0, apart=True),
            LimitGroup((1,), 1.0, apart=True),
            LimitGroup((2,), 1.0, apart=True),
        ),
    )
    words = Output("words", OutputKind.TEXT, "teleop/text")
    assert profile.outputs == (base, arm, joy, words)
    assert profile.engagement == Engagement(
        arm=("thumb_click",) * 3,
        hold=("index", "middle"),
        hold_for=0.4,
        disengage=("thumb_out",),
    )
    steering = WristAngle(Response(0.6, 0.1, 1.5), 2.0, "middle")
    drive = Mode(
        "drive",
        ("thumb_up",),
        ("thumb_click",),
        (
            Binding("base", 0, Held("index"), 0.25),
            Binding("base", 5, steering, -0.8),
            Binding("arm", 0, WristVelocity(Response(2.0, 0.0)), 0.5),
            Binding("arm", 1, Event("thumb_click"), 1.0),
            Binding("joy", 0, Event("thumb_click", 0.5), -1.0),
            Binding("joy", 2, Held("middle"), 1.0),
            Binding("words", -1, Event("thumb_up"), text="next"),
            Binding("words", -1, Handwriting()),
        ),
    )
    assert profile.modes == (drive, Mode("pause", ("thumb_down", "thumb_in")))
    assert (profile.name, profile.gestures) == ("everything", GESTURES)
    assert profile.path == str(tmp_path / "mine.yaml")


DRIVE = "- {to: base.linear.x, held: index, value: 0.25}"
"""A line that the table below replaces."""


def bound(text):
    return DRIVE, f"- {text}"


@pytest.mark.parametrize(
    ("line", "old", "new", "said"),
    [
        (1, "format: 1", "format: 2", "format: 2, must be an integer from 1 to 1"),
        (1, "format: 1\n", "", "format is missing"),
        (2, "name: every", "nam: every", "nam: unknown key; did you mean 'name'?"),
        (2, "name: everything", "name: 7", "name: 7, must be a text, so put it in quotes"),
        (2, "name: everything", "name: ''", "name: '', must be a text"),
        (3, "description:", "descripton:", "unknown key; did you mean 'description'?"),
        (3, "description:", "colour:", "colour: unknown key; there are: format, name, desc"),
        (4, "engage: {", "engage: [] #", "engage must be a mapping of names to values"),
        (4, "hold: [index, middle], ", "", "engage.hold is missing"),
        (4, "[index, middle]", "index", "engage.hold: must be a list, such as [a, b]"),
        (4, "[index, middle]", "[idnex]", "'idnex' is no gesture that can be held, must be one "
         "of index, middle; did you mean 'index'?"),
        (4, "[index, middle]", "[thumb_up]", "'thumb_up' is no gesture that can be held"),
        (4, "[index, middle]", "[index, index]", "engage.hold: 'index' stands there twice"),
        (4, "hold_for: 0.4", "hold_for: 0", "engage.hold_for: 0, must be a finite number at le"),
        (4, "hold_for: 0.4", "hold_for: .nan", "engage.hold_for: nan, must be a finite number"),
        (4, "hold_for: 0.4", "hold_for: -.inf", "engage.hold_for: -inf, must be a finite"),
        (4, "hold_for: 0.4", "hold_for: 4e-1", "'4e-1', must be a finite number at least 0.1 and "
         "at most 10; write 0.4"),
        (4, "hold_for: 0.4", "hold_for: true", "engage.hold_for: true, must be a finite number"),
        (4, "hold_for: 0.4", "armed_for: -1", "engage.armed_for: -1, must be a finite number abo"),
        (4, "[thumb_out]", "[thumb_left]", "'thumb_left' is no gesture event, must be one of"),
        (4, "hold_for", "arm: [clic], hold_for", "engage.arm: 'clic' is no gesture event"),
        (4, "hold_for", "hold_fro", "engage.hold_fro: unknown key; did you mean 'hold_for'?"),
        (5, "format: 1\n", "format: 1\ngestures: [index_press, middle_press]\n", "engage.arm: is "
         "missing, and 'thumb_click', its default, is no gesture event"),
        (2, "format: 1\n", "format: 1\ngestures: []\n", "gestures: must name the labels"),
        (2, "format: 1\n", "format: 1\ngestures: [a, a]\n", "gestures: 'a' stands there twice"),
        (2, "format: 1\n", "format: 1\ngestures: [a b]\n", "'a b', must be letters, digits and _"),
        (6, "  base:\n", "  my.base:\n", "outputs.my.base: must be letters, digits and _"),
        (6, "  base:\n", "  7:\n", "outputs.7: a name must be a text, so put it in quotes"),
        (7, "TwistStamped", "TwistStampt", "outputs.base.type: 'geometry_msgs/msg/TwistStampt', "
         "must be one of geometry_msgs/msg/TwistStamped, geometry_msgs/msg/Twist, "),
        (9, "TwistStamped", "Twist", "outputs.base.frame_id: unknown key"),
        (8, "topic: cmd_vel", "topic: cmd vel", "'cmd vel', must be a ROS name, such as cmd_vel"),
        (8, "topic: cmd_vel", "topic: 7up", "outputs.base.topic: '7up', must be a ROS name"),
        (8, "topic: cmd_vel", "topic: a//b", "'a//b', must be a ROS name"),
        (8, "topic: cmd_vel", "topic: a/", "'a/', must be a ROS name"),
        (8, "topic: cmd_vel", "topic: ~cmd", "'~cmd', must be a ROS name"),
        (8, "topic: cmd_vel", "topic: " + "a" * 201, "must be a ROS name"),
        (18, "teleop/text", "teleop/feedback", "'teleop/feedback' is a name that our own nodes"),
        (18, "teleop/text", "/handwriting/text", "'/handwriting/text' is a name that our own"),
        (9, "frame_id: base_link", "frame_id: /base_link", "'/base_link', must be a frame"),
        (7, "    frame_id: base_link\n", "", "outputs.base.frame_id is missing"),
        (7, "    limits: {linear: 0.5, angular: 1.0, linear_growth: 1.0}\n", "",
         "outputs.base.limits is missing"),
        (10, ", angular: 1.0", "", "outputs.base.limits.angular is missing"),
        (10, "linear: 0.5", "linear: -0.5", "limits.linear: -0.5, must be a finite number at l"),
        (10, "linear: 0.5", "linear: .inf", "limits.linear: inf, must be a finite number"),
        (10, "linear: 0.5", "linear: fast", "limits.linear: 'fast', must be a finite number"),
        (10, "linear_growth: 1.0", "linear_growth: 0", "growth: 0, must be a finite number above"),
        (15, "growth: 2.0", "grwth: 2.0", "joint/1.grwth: unknown key; did you mean 'growth'?"),
        (16, "largest: 1", "growth: 1", "outputs.arm.joints.2nd.largest is missing"),
        (16, "largest: 1", "largest: -1", "joints.2nd.largest: -1, must be a finite number"),
        (17, "axes: 1,", "axes: 1.5,", "outputs.joy.axes: 1.5, must be an integer from 0 to 32"),
        (17, "buttons: 2,", "buttons: 65,", "outputs.joy.buttons: 65, must be an integer from 0"),
        (17, "axes: 1, buttons: 2, ", "", "outputs.joy: must have axes or buttons"),
        (18, "teleop/text", "/cmd_vel", "words.topic: '/cmd_vel' is the topic of 'base' already"),
        (18, "teleop/text", "teleop/text, frame_id: a", "outputs.words.frame_id: unknown key"),
        (19, "modes:\n", "  spare: {type: std_msgs/msg/String, topic: spare}\nmodes:\n",
         "outputs.spare: no mode uses it, must be bound or left out"),
        (20, "  drive:\n", "  my drive:\n", "modes.my drive: must be letters, digits and _"),
        (21, "[thumb_up]", "[thumb_upp]", "modes.drive.enter: 'thumb_upp' is no gesture event, "),
        (20, "    enter: [thumb_up]\n", "", "modes.drive: cannot be reached from other modes"),
        (32, "{enter: [thumb_down, thumb_in]}", "{}", "modes.pause: cannot be reached from"),
        (32, "[thumb_down, thumb_in]", "[thumb_up]", "'thumb_up' enters mode 'pause', but it "
         "enters mode 'drive' already (line 21)"),
        (32, "[thumb_down, thumb_in]", "[thumb_in, thumb_in]", "'thumb_in' stands there twice"),
        (32, "thumb_in]", "thumb_out]", "'thumb_out' enters mode 'pause', but it disengages alr"),
        (32, "thumb_in]", "thumb_click]", "'thumb_click' enters mode 'pause', but it arms"),
        (32, "thumb_in]", "index_press]", "'index_press' enters mode 'pause', but holding 'index'"),
        (32, "thumb_in]", "middle_release]", "enters mode 'pause', but holding 'middle' engages"),
        (32, "thumb_in]", "thumb_in], recentre: [thumb_click]", "modes.pause.recentre: no "
         "binding of this mode has wrist: angle"),
        (4, "[thumb_out]", "[middle_press]", "'middle_press' disengages, but holding 'middle'"),
        (4, "hold_for", "arm: [thumb_out], hold_for", "'thumb_out' arms, but it disengages"),
        (22, "[thumb_click]", "[thumb_in]", "'thumb_in' re-centres mode 'drive', but it enters "
         "mode 'pause' already (line 32)"),
        (27, "event: thumb_click", "event: thumb_in", "'thumb_in' is bound in mode 'drive', but it "
         "enters mode 'pause' already (line 32)"),
        (30, "event: thumb_up", "event: thumb_out", "'thumb_out' is bound in mode 'drive', but it"),
        (24, *bound("{held: index, value: 0.25}"), "modes.drive.bindings[0].to is missing"),
        (24, *bound("{to: bse.linear.x, held: index, value: 0.25}"), "'bse' is no output, must be "
         "one of base, arm, joy, words; did you mean 'base'?"),
        (24, *bound("{to: base.liner.x, held: index, value: 0.2}"), "'base.liner.x', must be one "
         "of base.linear.x, base.linear.y"),
        (24, *bound("{to: base, held: index, value: 0.2}"), "'base', must be one of base.linear.x"),
        (24, *bound("{to: joy.axes.1, held: index, value: 1}"), "'joy.axes.1', must be one of "
         "joy.axes.0, joy.buttons.0, joy.buttons.1"),
        (24, *bound("{to: joy.buttons.2, held: index}"), "did you mean"),
        (24, *bound("{to: joy.buttons.0, held: index, value: 0.5}"), "0.5, must be 1, as a button"),
        (24, *bound("{to: joy.buttons.0, wrist: angle, full: 1}"), "a button takes held or event"),
        (24, *bound("{to: base.linear.x, hold: index, value: 0.2}"), "hold: unknown key; did you "
         "mean 'held'?"),
        (24, *bound("{to: base.linear.x, value: 0.2}"), "modes.drive.bindings[0]: a binding depe"),
        (24, *bound("{to: base.linear.x, held: index, event: thumb_up, value: 0.2}"), "a binding "
         "depends on one of held, event, wrist, handwriting, but there are held and event"),
        (24, *bound("{to: base.linear.x, held: index}"), "bindings[0].value is missing"),
        (24, *bound("{to: base.linear.x, held: index, value: 0}"), "0 does nothing"),
        (24, *bound("{to: base.linear.x, held: index, value: .nan}"), "nan, must be a finite"),
        (24, *bound("{to: base.linear.x, held: index, value: -0.6}"), "value: -0.6 is beyond the "
         "limit of base.linear.x, must be from -0.5 to 0.5"),
        (24, *bound("{to: arm.2nd, held: index, value: 1.1}"), "beyond the limit of arm.2nd"),
        (24, *bound("{to: joy.axes.0, held: index, value: 2}"), "beyond the limit of joy.axes.0"),
        (24, *bound("{to: base.linear.x, held: thumb_up, value: 0.2}"), "'thumb_up' is no gesture "
         "that can be held, must be one of index, middle"),
        (24, *bound("{to: base.linear.x, event: index, value: 0.2}"), "'index' is no gesture eve"),
        (24, *bound("{to: base.linear.x, event: thumb_up, value: 0.2, duration: 0}"), "duration: "
         "0, must be a finite number above 0 and at most 10"),
        (24, *bound("{to: base.linear.x, event: thumb_up, value: 0.2, text: go}"), "text: unknown"),
        (24, *bound("{to: base.linear.x, handwriting: true}"), "'base' is no text"),
        (24, *bound("{to: base.linear.x, wrist: speed, full: 1, value: 0.2}"), "'speed', must be "
         "one of angle, velocity"),
        (24, *bound("{to: base.linear.x, wrist: angle, value: 0.2}"), "bindings[0].full is missin"),
        (24, *bound("{to: base.linear.x, wrist: angle, full: 0, value: 0.2}"), "full: 0, must be"),
        (24, *bound("{to: base.linear.x, wrist: angle, full: 1, dead_band: 1, value: 0.2}"),
         "dead_band: 1, must be a finite number below 1 and at least 0"),
        (24, *bound("{to: base.linear.x, wrist: angle, full: 1, curve: 0, value: 0.2}"), "curve: "),
        (24, *bound("{to: base.linear.x, wrist: angle, full: 1, leak: -1, value: 0.2}"), "leak: -"),
        (24, *bound("{to: base.linear.x, wrist: velocity, full: 1, leak: 1, value: 0.2}"),
         "bindings[0].leak: unknown key"),
        (24, *bound("{to: base.linear.x, wrist: angle, full: 1, while: thumb, value: 0.2}"),
         "while: 'thumb' is no gesture that can be held"),
        (24, *bound("{to: base.linear.x, held: index, while: middle, value: 0.2}"), "while: unkno"),
        (24, *bound("{to: words, held: index, text: go}"), "'words' is text, so it takes an event"),
        (24, *bound("{to: words, wrist: angle, full: 1}"), "'words' is text, so it takes an event"),
        (24, *bound("{to: words, event: thumb_up}"), "bindings[0].text is missing"),
        (24, *bound("{to: words, event: thumb_up, text: no}"), "false, must be a text, so put it "
         "in quotes"),
        (24, *bound("{to: words, event: thumb_up, text: go, value: 1}"), "value: unknown key"),
        (24, *bound("{to: words, handwriting: false}"), "handwriting: false, must be true"),
        (24, *bound("{to: words.text, handwriting: true}"), "must be words, as a text has no comp"),
        (24, *bound("held"), "modes.drive.bindings[0] must be a mapping of names to values"),
        (29, "      - {to: joy.buttons.1, held: middle}\n", "      - {to: base.linear.x, held: "
         "index, value: 0.25}\n", "modes.drive.bindings[5]: stands there twice"),
        (32, "{enter:", "{bindings: 3, enter:", "modes.pause.bindings: must be a list"),
        (19, "modes:\n", "  legs: {type: control_msgs/msg/JointJog, topic: a, joints: {}}\n"
         "modes:\n", "outputs.legs.joints: must name at least one joint"),
        (19, "modes:\n", "  legs: {tpye: control_msgs/msg/JointJog, topic: a, joints: {}}\n"
         "modes:\n", "outputs.legs.tpye: unknown key; did you mean 'type'?"),
        (3, "name: everything\n", "name: &n everything\nd: *n\n", "found alias '*n'"),
        (3, "name: everything\n", "name: a\nname: b\n", "'name' is already in line 2"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named_with_its_line(line, old, new, said, refusal):
    assert old in PROFILE
    message = refusal(PROFILE.replace(old, new, 1))
    assert f"mine.yaml, line {line}: " in message
    assert said in message


@pytest.mark.parametrize(
    ("key", "new", "said"),
    [
        ("outputs:", "outputs: {}\n", "outputs: must have at least one"),
        ("modes:", "modes: {}\n", "modes: must have at least one"),
        ("modes:", "", "modes is missing"),
        ("outputs:", "", "outputs is missing"),
    ],
)
def test_a_profile_without_outputs_or_modes_is_refused(key, new, said, refusal):
    head, tail = PROFILE.split(key, 1)
    rest = tail[tail.index("modes:") :] if key == "outputs:" else ""
    assert said in refusal(head + new + rest)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: the content must be a mapping of names to values"),
        ("- a", "line 1: the content must be a mapping"),
        ("a: [", "line 1: not valid YAML"),
        ("a: " + "[" * 10_000, "line 1: not valid YAML: nested deeper"),
        ("!!python/object/apply:os.system [true]", "line 1: not valid YAML: found tag"),
        (b"\xff", "line 1: not valid YAML: not UTF-8"),
        ("#" * 70_000, "70000 bytes, must be at most 65536"),
    ],
)
def test_what_is_no_profile_at_all_is_refused(text, said, refusal):
    assert said in refusal(text)


def test_control_characters_of_a_file_do_not_reach_the_terminal(refusal):
    message = refusal(PROFILE.replace("held: index", 'held: "\\e[31m\\r' + "a" * 500 + '"'))
    assert message.isprintable()
    assert len(message) < 400


LINES = PROFILE.splitlines()


@settings(deadline=None)
@given(
    number=st.integers(0, len(LINES) - 1),
    cut=st.integers(0, 80),
    put=st.text('{}[]:,-0aé" #&*!', max_size=6),
)
def test_a_damaged_profile_loads_or_is_refused_in_one_line(tmp_path_factory, number, cut, put):
    path = tmp_path_factory.mktemp("damaged") / "mine.yaml"
    damaged = [*LINES]
    damaged[number] = damaged[number][:cut] + put + damaged[number][cut + len(put) :]
    path.write_text("\n".join(damaged))
    try:
        said = ""
        modes = load_profile(path).modes
    except ProfileError as error:
        said = str(error)
        modes = ()
    assert modes or said.startswith(f"{path}, line ")
    assert "\n" not in said
