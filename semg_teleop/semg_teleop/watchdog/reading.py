# SPDX-License-Identifier: Apache-2.0
"""What a watchdog has to know of each kind of command, and the command that stops it.

Messages are taken by their fields, so that nothing of ROS is imported here.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from semg_teleop.profile.profile import OutputKind


@dataclass(frozen=True)
class Reading:
    """How the messages of one kind are read.

    Attributes
    ----------
    numbers : callable
        Returns everything in a message that could move or press something.
    copy_shape : callable or None
        Called with a new message and the last one, gives the new one as many zeros, for the same
        joints. None: a new message is zero as it is, also when none has come before.
    stamped : bool
        Whether there is a header.
    """

    numbers: Callable[[Any], tuple[float, ...]]
    copy_shape: Callable[[Any, Any], None] | None
    stamped: bool


def is_zero(numbers: tuple[float, ...]) -> bool:
    """Tell whether nothing moves."""
    return not any(numbers)


def is_finite(numbers: tuple[float, ...]) -> bool:
    """Tell whether all is neither infinite nor NaN."""
    return all(map(math.isfinite, numbers))


def zero_of(reading: Reading, kind: type[Any], last: Any | None, stamp: Any) -> Any | None:
    """Return the message that stops what `last` moved; None if that is not known yet.

    Parameters
    ----------
    reading : Reading
        Of this kind of message.
    kind : type
        Class of the message.
    last : message or None
        The last that came, if any.
    stamp : builtin_interfaces Time
        For its header.
    """
    if last is None and reading.copy_shape is not None:
        return None
    message = kind()
    if reading.stamped:
        message.header.stamp = stamp
        message.header.frame_id = "" if last is None else last.header.frame_id
    if last is not None and reading.copy_shape is not None:
        reading.copy_shape(message, last)
    return message


def _of_twist(twist: Any) -> tuple[float, ...]:
    linear, angular = twist.linear, twist.angular
    return linear.x, linear.y, linear.z, angular.x, angular.y, angular.z


def _of_jog(jog: Any) -> tuple[float, ...]:
    # A duration moves nothing, but it has to be finite.
    return (*jog.velocities, *jog.displacements, 0.0 * jog.duration)


def _same_joints(zero: Any, last: Any) -> None:
    zero.joint_names = list(last.joint_names)
    zero.velocities = [0.0] * len(last.velocities)
    zero.displacements = [0.0] * len(last.displacements)
    zero.duration = last.duration if math.isfinite(last.duration) else 0.0


def _same_sizes(zero: Any, last: Any) -> None:
    zero.axes = [0.0] * len(last.axes)
    zero.buttons = [0] * len(last.buttons)


READINGS = {
    OutputKind.TWIST_STAMPED: Reading(lambda message: _of_twist(message.twist), None, True),
    OutputKind.TWIST: Reading(_of_twist, None, False),
    OutputKind.JOINT_JOG: Reading(_of_jog, _same_joints, True),
    OutputKind.JOY: Reading(lambda message: (*message.axes, *message.buttons), _same_sizes, True),
}
"""Kinds of commands that can be watched."""
