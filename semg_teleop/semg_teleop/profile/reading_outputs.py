# SPDX-License-Identifier: Apache-2.0
"""Reads ``outputs:`` of a profile: which topics commands go to, and how far they may go."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from semg_node.shown import shown
from semg_teleop.profile.fields import Fields
from semg_teleop.profile.profile import TWIST_COMPONENTS, LimitGroup, Output, OutputKind

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_TOPIC = re.compile(r"(~?/)?[A-Za-z_][A-Za-z0-9_]*(/[A-Za-z_][A-Za-z0-9_]*)*")
_LONGEST_TOPIC = 200
_OF_THE_GRAPH = re.compile(
    r"(emg|gesture|wrist|handwriting|stream)/.*"
    r"|teleop/(state|feedback|rumble|arm|dead_man|emergency_stop|reset_emergency_stop)"
)
_FRAME = re.compile(r"[^\s/]\S*")
_MOST_AXES = 32
_MOST_BUTTONS = 64


def read_outputs(fields: Fields) -> tuple[Output, ...]:
    """Return the outputs, at least one.

    Parameters
    ----------
    fields : Fields
        What stands under ``outputs``.

    Raises
    ------
    ProfileError
        If one does not fit, or two go to the same topic.
    """
    outputs: list[Output] = []
    topics: dict[str, str] = {}
    for name in fields.names():
        if not _NAME.fullmatch(name):
            raise fields.wrong(name, "must be letters, digits and _, a letter first")
        inner = fields.inner(name)
        output = _output(name, inner)
        # The same topic in the root namespace, where most robots are.
        topic = output.topic.lstrip("/")
        if topic in topics:
            said = f"'{output.topic}' is the topic of '{topics[topic]}' already"
            raise inner.wrong("topic", said)
        topics[topic] = name
        outputs.append(output)
    if not outputs:
        raise fields.error(fields.line, "outputs: must have at least one")
    return tuple(outputs)


def name_fits(name: str) -> bool:
    """Tell whether an output or a mode may be called that."""
    return _NAME.fullmatch(name) is not None


def _output(name: str, fields: Fields) -> Output:
    if not fields.has("type"):
        fields.only("type", "topic", *dict.fromkeys(key for keys in _KEYS.values() for key in keys))
    kind = OutputKind(fields.text("type", choices=[kind.value for kind in OutputKind]))
    fields.only("type", "topic", *_KEYS[kind])
    return _READERS[kind](name, kind, _topic(fields), fields)


def _topic(fields: Fields) -> str:
    topic = fields.text("topic")
    if len(topic) > _LONGEST_TOPIC or not _TOPIC.fullmatch(topic):
        said = f"'{shown(topic)}', must be a ROS name, such as cmd_vel or /robot/cmd_vel"
        raise fields.wrong("topic", said)
    if _OF_THE_GRAPH.fullmatch(topic.removeprefix("/")):
        raise fields.wrong("topic", f"'{topic}' is a name that our own nodes use, must be another")
    return topic


def _frame(fields: Fields, default: str | None = None) -> str:
    frame = fields.text("frame_id", default)
    if frame and not _FRAME.fullmatch(frame):
        said = f"'{shown(frame)}', must be a frame, such as base_link, without a leading slash"
        raise fields.wrong("frame_id", said)
    return frame


def _growth(fields: Fields, key: str) -> float:
    return fields.number(key, above=0.0) if fields.has(key) else fields.number(key, math.inf)


def _twist(name: str, kind: OutputKind, topic: str, fields: Fields) -> Output:
    frame = _frame(fields) if kind is OutputKind.TWIST_STAMPED else ""
    limits = fields.inner("limits")
    limits.only("linear", "angular", "linear_growth", "angular_growth")
    groups = tuple(
        LimitGroup(components, limits.number(key, least=0.0), _growth(limits, f"{key}_growth"))
        for key, components in (("linear", (0, 1, 2)), ("angular", (3, 4, 5)))
    )
    return Output(name, kind, topic, frame, TWIST_COMPONENTS, groups)


def _joint_jog(name: str, kind: OutputKind, topic: str, fields: Fields) -> Output:
    frame = _frame(fields, "")
    joints = fields.inner("joints")
    components, groups = [], []
    for i, joint in enumerate(joints.names()):
        inner = joints.inner(joint)
        inner.only("largest", "growth")
        largest = inner.number("largest", least=0.0)
        groups.append(LimitGroup((i,), largest, _growth(inner, "growth")))
        components.append(joint)
    if not components:
        raise fields.wrong("joints", "must name at least one joint")
    return Output(name, kind, topic, frame, tuple(components), tuple(groups))


def _joy(name: str, kind: OutputKind, topic: str, fields: Fields) -> Output:
    frame = _frame(fields, "")
    axes = fields.integer("axes", 0, _MOST_AXES, 0)
    buttons = fields.integer("buttons", 0, _MOST_BUTTONS, 0)
    growth = _growth(fields, "axes_growth")
    if axes + buttons == 0:
        raise fields.error(fields.line, f"outputs.{name}: must have axes or buttons")
    components = [f"axes.{i}" for i in range(axes)] + [f"buttons.{i}" for i in range(buttons)]
    groups = tuple(
        LimitGroup((i,), 1.0, growth if i < axes else math.inf, apart=True)
        for i in range(len(components))
    )
    return Output(name, kind, topic, frame, tuple(components), groups)


def _text(name: str, kind: OutputKind, topic: str, fields: Fields) -> Output:
    return Output(name, kind, topic)


_KEYS: dict[OutputKind, tuple[str, ...]] = {
    OutputKind.TWIST_STAMPED: ("frame_id", "limits"),
    OutputKind.TWIST: ("limits",),
    OutputKind.JOINT_JOG: ("frame_id", "joints"),
    OutputKind.JOY: ("frame_id", "axes", "buttons", "axes_growth"),
    OutputKind.TEXT: (),
}
_READERS: dict[OutputKind, Callable[[str, OutputKind, str, Fields], Output]] = {
    OutputKind.TWIST_STAMPED: _twist,
    OutputKind.TWIST: _twist,
    OutputKind.JOINT_JOG: _joint_jog,
    OutputKind.JOY: _joy,
    OutputKind.TEXT: _text,
}
