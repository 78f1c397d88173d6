# SPDX-License-Identifier: Apache-2.0
"""What the gate goes by, taken from a message."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from semg_msgs.msg import GestureProbabilities
from semg_node.stamps import to_nanoseconds
from semg_teleop.safety.stream_guard import Heading

FASTEST_WRIST = 50.0
"""rad/s: more than twice as fast as any wrist."""


def heading(message: Any, now_ns: int, *, finite: bool = True) -> Heading:
    """Return the heading of a message of a decoder.

    Parameters
    ----------
    message : GestureProbabilities, GestureEvent, WristVelocity or HandwritingText
        The message.
    now_ns : int
        ROS time in ns.
    finite : bool
        Whether its numbers are finite.
    """
    return Heading(
        stream_id=message.stream_id,
        sequence=message.sequence,
        age=(now_ns - to_nanoseconds(message.header.stamp)) / 1e9,
        fresh=message.fresh,
        suspect=message.quality != message.GOOD,
        finite=finite,
    )


def all_finite(message: GestureProbabilities) -> bool:
    """Tell whether all probabilities are numbers from 0 to 1."""
    values = np.frombuffer(message.probabilities, dtype=np.float32)
    # Comparisons with what is no number are false.
    return bool(np.all((values >= 0.0) & (values <= 1.0)))


def is_finite(*values: float) -> bool:
    """Tell whether all values are finite."""
    return all(math.isfinite(value) for value in values)


def is_possible(velocity: float) -> bool:
    """Tell whether a wrist can move with that many rad/s."""
    return abs(velocity) <= FASTEST_WRIST


def pressed(buttons: Sequence[int], button: int) -> bool:
    """Tell whether a Joy's button is pressed; one that it does not have is not."""
    return button < len(buttons) and buttons[button] == 1
