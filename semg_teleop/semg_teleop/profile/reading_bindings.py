# SPDX-License-Identifier: Apache-2.0
"""Reads one line of ``bindings:``: what a component of an output depends on."""

from __future__ import annotations

from collections.abc import Mapping

from semg_node.shown import shown
from semg_teleop.profile.fields import Fields, nearest
from semg_teleop.profile.gesture_names import GestureNames
from semg_teleop.profile.profile import (
    Binding,
    Event,
    Handwriting,
    Held,
    Output,
    OutputKind,
    Response,
    Source,
    WristAngle,
    WristVelocity,
)

SOURCES = ("held", "event", "wrist", "handwriting")
_EVENT = ("value", "duration")
_VELOCITY = ("full", "dead_band", "curve", "while")
_ANGLE = ("leak",)
_LONGEST_EVENT = 10.0
_LONGEST_LEAK = 3600.0
_STEEPEST = 10.0


def read_binding(fields: Fields, outputs: Mapping[str, Output], gestures: GestureNames) -> Binding:
    """Return a binding.

    Parameters
    ----------
    fields : Fields
        What stands in the file.
    outputs : mapping of str to Output
        By name.
    gestures : GestureNames
        Gestures that there are.

    Raises
    ------
    ProfileError
        If it does not fit, or its value is beyond the output's limit.
    """
    fields.only("to", *SOURCES, *_EVENT, *_VELOCITY, *_ANGLE, "text")
    output, component = _target(fields, outputs)
    kind = _kind_of_source(fields)
    if output.kind is OutputKind.TEXT:
        return _writing(fields, output, kind, gestures)
    return _moving(fields, output, component, kind, gestures)


def _target(fields: Fields, outputs: Mapping[str, Output]) -> tuple[Output, int]:
    to = fields.text("to")
    # Names of outputs have no dot, those of joints may.
    name, dot, component = to.partition(".")
    if name not in outputs:
        known = ", ".join(outputs)
        said = f"'{shown(name)}' is no output, must be one of {known}{nearest(name, outputs)}"
        raise fields.wrong("to", said)
    output = outputs[name]
    if output.kind is OutputKind.TEXT:
        if dot:
            raise fields.wrong("to", f"'{shown(to)}', must be {name}, as a text has no components")
        return output, -1
    if component not in output.components:
        known = ", ".join(f"{name}.{one}" for one in output.components)
        wanted = f"must be one of {known}{nearest(component, output.components)}"
        raise fields.wrong("to", f"'{shown(to)}', {wanted}")
    return output, output.components.index(component)


def _kind_of_source(fields: Fields) -> str:
    found = [kind for kind in SOURCES if fields.has(kind)]
    if len(found) != 1:
        there_is = f", but there are {' and '.join(found)}" if found else ""
        said = f"a binding depends on one of {', '.join(SOURCES)}{there_is}"
        raise fields.error(fields.line, f"{fields.place}: {said}")
    return found[0]


def _writing(fields: Fields, output: Output, kind: str, gestures: GestureNames) -> Binding:
    if kind == "handwriting":
        fields.only("to", "handwriting")
        fields.must_be_true("handwriting")
        return Binding(output.name, -1, Handwriting())
    if kind != "event":
        said = f"'{output.name}' is text, so it takes an event with its text, or handwriting"
        raise fields.wrong(kind, said)
    fields.only("to", "event", "text")
    event = fields.text("event", choices=gestures.events, what="gesture event")
    return Binding(output.name, -1, Event(event), text=fields.text("text"))


def _moving(
    fields: Fields, output: Output, component: int, kind: str, gestures: GestureNames
) -> Binding:
    if kind == "handwriting":
        raise fields.wrong(kind, f"'{output.name}' is no text; handwriting goes to a text output")
    is_button = output.components[component].startswith("buttons.") and (
        output.kind is OutputKind.JOY
    )
    if is_button and kind == "wrist":
        raise fields.wrong(kind, "a button takes held or event; the wrist goes to an axis")
    source = _source(fields, kind, gestures)
    return Binding(output.name, component, source, _value(fields, output, component, is_button))


def _source(fields: Fields, kind: str, gestures: GestureNames) -> Source:
    if kind == "held":
        fields.only("to", "held", "value")
        return Held(fields.text("held", choices=gestures.held, what="gesture that can be held"))
    if kind == "event":
        fields.only("to", "event", *_EVENT)
        event = fields.text("event", choices=gestures.events, what="gesture event")
        return Event(event, fields.number("duration", 0.1, above=0.0, most=_LONGEST_EVENT))
    of = fields.text("wrist", choices=("angle", "velocity"))
    fields.only("to", "wrist", "value", *_VELOCITY, *(_ANGLE if of == "angle" else ()))
    response = Response(
        full=fields.number("full", above=0.0),
        dead_band=fields.number("dead_band", 0.1, least=0.0, below=1.0),
        curve=fields.number("curve", 1.0, above=0.0, most=_STEEPEST),
    )
    while_held = ""
    if fields.has("while"):
        while_held = fields.text("while", choices=gestures.held, what="gesture that can be held")
    if of == "velocity":
        return WristVelocity(response, while_held)
    leak = fields.number("leak", 0.0, least=0.0, most=_LONGEST_LEAK)
    return WristAngle(response, leak, while_held)


def _value(fields: Fields, output: Output, component: int, is_button: bool) -> float:
    value = fields.number("value", 1.0) if is_button else fields.number("value")
    if is_button and value != 1.0:
        raise fields.wrong("value", f"{value:g}, must be 1, as a button is pressed or not")
    if value == 0.0:
        raise fields.wrong("value", "0 does nothing, must be another number")
    largest = next(group.largest for group in output.limits if component in group.components)
    if abs(value) > largest:
        name = f"{output.name}.{output.components[component]}"
        said = f"{value:g} is beyond the limit of {name}, must be from {-largest:g} to {largest:g}"
        raise fields.wrong("value", said)
    return value
