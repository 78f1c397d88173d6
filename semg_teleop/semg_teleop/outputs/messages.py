# SPDX-License-Identifier: Apache-2.0
"""The message that a command becomes.

Message packages are imported when a kind is asked for, so that only what is sent has to be
installed.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from typing import Any

from semg_node.component import Refused
from semg_teleop.command import Vector
from semg_teleop.profile.profile import Output, OutputKind

PRESSED = 0.5
"""Value from which on a button counts as pressed."""

Build = Callable[[Vector, Any], Any]
"""From a vector and a stamp (``builtin_interfaces/Time``) to a message."""


def message_type(kind: OutputKind, user: str, remedy: str) -> type[Any]:
    """Return the class of a message.

    Parameters
    ----------
    kind : OutputKind
        Which message.
    user : str
        What needs it, for the error, such as ``output 'arm'``.
    remedy : str
        What else than installing its package would help.

    Raises
    ------
    Refused
        If its package is not installed.
    """
    package, _, name = kind.value.split("/")
    try:
        return getattr(import_module(f"{package}.msg"), name)
    except ImportError:
        distribution = os.environ.get("ROS_DISTRO") or "$ROS_DISTRO"
        debian = f"ros-{distribution}-{package.replace('_', '-')}"
        raise Refused(
            f"{user} needs package {package}, which is not installed: "
            f"sudo apt install {debian}, or {remedy}"
        ) from None


def builder(output: Output) -> Build:
    """Return what makes the messages of an output that is not text.

    Raises
    ------
    Refused
        If the package of its message is not installed.
    """
    kind = output_type(output)
    if output.kind is OutputKind.TWIST:
        return lambda vector, stamp: _fill_twist(kind(), vector)
    if output.kind is OutputKind.TWIST_STAMPED:
        return _twist_stamped(kind, output.frame_id)
    if output.kind is OutputKind.JOINT_JOG:
        return _joint_jog(kind, output)
    if output.kind is OutputKind.JOY:
        return _joy(kind, output)
    raise ValueError(f"output '{output.name}' is text, which has no vector")


def output_type(output: Output) -> type[Any]:
    """Return the class of an output's messages.

    Raises
    ------
    Refused
        If its package is not installed.
    """
    return message_type(output.kind, f"output '{output.name}'", "choose another profile")


def _fill_twist(twist: Any, vector: Vector) -> Any:
    linear, angular = twist.linear, twist.angular
    linear.x, linear.y, linear.z, angular.x, angular.y, angular.z = vector
    return twist


def _twist_stamped(kind: type[Any], frame_id: str) -> Build:
    def build(vector: Vector, stamp: Any) -> Any:
        message = kind()
        message.header.stamp = stamp
        message.header.frame_id = frame_id
        _fill_twist(message.twist, vector)
        return message

    return build


def _joint_jog(kind: type[Any], output: Output) -> Build:
    """Velocities only: a displacement would be carried out once more for every repetition."""
    joints = list(output.components)

    def build(vector: Vector, stamp: Any) -> Any:
        message = kind(joint_names=joints, velocities=list(vector))
        message.header.stamp = stamp
        message.header.frame_id = output.frame_id
        return message

    return build


def _joy(kind: type[Any], output: Output) -> Build:
    places = [component.partition(".") for component in output.components]
    indices = {
        field: [int(index) for name, _, index in places if name == field]
        for field in ("axes", "buttons")
    }
    sizes = {field: max(found, default=-1) + 1 for field, found in indices.items()}

    def build(vector: Vector, stamp: Any) -> Any:
        axes = [0.0] * sizes["axes"]
        buttons = [0] * sizes["buttons"]
        for (field, _, index), value in zip(places, vector, strict=True):
            if field == "axes":
                axes[int(index)] = value
            else:
                buttons[int(index)] = int(value >= PRESSED)
        message = kind(axes=axes, buttons=buttons)
        message.header.stamp = stamp
        message.header.frame_id = output.frame_id
        return message

    return build
