# SPDX-License-Identifier: Apache-2.0
"""How a wearer moves the wrist so that the robot turns as wanted."""

from __future__ import annotations

import math

FULL = 0.4
"""rad of wrist for the largest turning rate, as the wearer has learnt it."""
FASTEST = 0.7
"""That rate, in rad/s."""
STROKE_S = 0.4
"""s that a stroke takes. Decoders hardly notice slow movements."""
_DEAD = 0.15 * FULL
_CURVE = 1.5
_LARGEST_ANGLE = 1.0
"""rad; the wrist goes no further than 60 degrees."""
_EFFECT_S = 0.9
"""s from asking for a stroke to having seen all that comes of it."""
_FIRST_STROKE = 0.3
_STROKES = (0.12, 0.6)
"""rad. Large strokes look like gestures of the fingers, small ones like nothing; where between
them is right differs from person to person, and for extension and flexion."""
_EXCESSES = (0.6, 2.0)
"""How much of the way a stroke goes; decoders take some people's strokes for shorter ones."""
_SMALL_EFFECT, _LARGE_EFFECT = 0.6, 1.4
"""Shares of a stroke that it takes to change the next one."""
_GENTLER, _BOLDER = 0.75, 1.3
_TOLERANCE = 0.12
"""rad/s; a smaller error of the turning rate is not worth a stroke."""


def deflection(turning: float) -> float:
    """Return the angle in rad from the middle at which the robot turns at a rate in rad/s."""
    share = min(abs(turning) / FASTEST, 1.0)
    if share == 0.0:
        return 0.0
    return math.copysign(_DEAD + (FULL - _DEAD) * share ** (1.0 / _CURVE), turning)


class Steering:
    """Moves the wrist in single strokes, and waits for what comes of each.

    The robot follows an integral of decoded velocity, which knows less of a slow movement than
    of a quick one, and of some people less than of others. So it is not the wrist's angle that
    says where the integral is, but how the robot turns; a stroke that was too small is followed
    by another one.
    """

    def __init__(self) -> None:
        # Of flexion and of extension: how large a stroke may be, and how much more than the
        # whole way it goes.
        self._largest = [_FIRST_STROKE, _FIRST_STROKE]
        self._excess = [1.0, 1.0]
        self.begin(0.0, 0.0)

    def begin(self, now: float, angle: float) -> None:
        """Take the angle in rad at which the wrist is for the middle."""
        self._angle = angle
        self._next = now
        self._stroke = self._before = 0.0

    def stroke(self, now: float, wanted: float, seen: float) -> float | None:
        """Return where the wrist is to go; None if it is to stay.

        Parameters
        ----------
        now : float
            s.
        wanted, seen : float
            Turning rates in rad/s.

        Returns
        -------
        float or None
            rad; the same as before where it can go no further.
        """
        if now < self._next:
            return None
        if self._stroke:
            self._learn((deflection(seen) - self._before) / self._stroke)
        missing = abs(wanted - seen) >= _TOLERANCE
        self._stroke = deflection(wanted) - deflection(seen) if missing else 0.0
        if not self._stroke:
            return None
        self._next = now + _EFFECT_S
        self._before = deflection(seen)
        way = self._stroke > 0.0
        largest = self._largest[way]
        stroke = max(-largest, min(largest, self._excess[way] * self._stroke))
        angle = max(-_LARGEST_ANGLE, min(_LARGEST_ANGLE, self._angle + stroke))
        self._stroke, self._angle = angle - self._angle, angle
        return angle

    def interrupted(self) -> None:
        """Make smaller strokes from now on, if it was by a stroke that the robot was stopped."""
        if self._stroke:
            self._scale(self._largest, _GENTLER)

    def _learn(self, effect: float) -> None:
        """Take in which share of the last stroke has shown."""
        if effect < _SMALL_EFFECT:
            self._scale(self._largest, _BOLDER)
            self._scale(self._excess, _BOLDER)
        elif effect > _LARGE_EFFECT:
            self._scale(self._excess, _GENTLER)

    def _scale(self, values: list[float], factor: float) -> None:
        way = self._stroke > 0.0
        least, most = _STROKES if values is self._largest else _EXCESSES
        values[way] = max(least, min(most, factor * values[way]))
