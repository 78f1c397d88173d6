# SPDX-License-Identifier: Apache-2.0
"""The will of a wearer who drives a robot around a course."""

from __future__ import annotations

import math
from enum import Enum, auto

from semg_driver.devices.device import Intent
from test.course.course import Course, Progress
from test.course.sight import Eyes, Sight
from test.course.steering import STROKE_S, Steering

REACTION_S = 0.2
"""s from what happens to what is asked of the hand because of it."""
_EFFECT_S = 1.2
"""How long the effect of a gesture is waited for before it is done again."""
_PRESS_EFFECT_S = 1.8
"""The same for a press, which has to be held for 0.7 s first."""
_ARM_EFFECT_S = 2.2
"""The same for three clicks."""
_REST_BEFORE_ARMING_S = 2.6
"""From the last gesture asked for to the first click; teleoperation wants 2 s of rest."""
_REST_BEFORE_HOLD_S = 1.1
"""From the last gesture asked for to the press; teleoperation wants 0.7 s of rest."""
_CLICKS = 3
_BETWEEN_CLICKS_S = 0.5
_RESTING_ANGLE = 0.3
"""rad; so far from its middle the wrist may be at the next hold."""
_WOUND_UP = 0.4
"""rad, to which the wrist goes back before a turn the other way, to have more way to go."""
_RETURN_SPEED = 0.9
"""rad/s, at which the wrist goes back to its middle."""
_DRIVE, _TURN = "index", "middle"
_MODE = "drive"
_SURE_OF_RADIUS = 0.85
"""A wearer goes for the inner part of a waypoint, to be sure."""
_TURN_BEYOND = 0.6
"""Error of the heading in rad beyond which it is better to turn before driving."""
_LOST_BEYOND = 1.0
"""Error beyond which it is better to stop and turn where no arc leads to the target."""
_TURNED = 0.25
"""Error within which a turn is good enough."""
_SOME_TURN = 0.3
"""rad of turning for which a hold was not in vain."""
_TRIES = 2
"""Turns in vain before it is tried the other way round."""
_SMALLEST_CIRCLE = 0.5
"""Radius in m of the narrowest arc that is steered with confidence."""
_FASTEST_TURN = 0.42
"""rad/s."""
_GOOD_ENOUGH = 0.1
"""rad/s in the right direction that is better than to let go and hold again."""
_STRAIGHT = 0.1
"""Error in rad that is not worth a turn while driving."""
_WAKE_UP_S = 1.0
"""How long after engaging the robot is given to do what was meant."""
_LEAD_S = 0.45
"""s from what is seen to what comes of what is asked because of it."""
_NO_WRIST = math.nan


class _Phase(Enum):
    IDLE = auto()
    ARMING = auto()
    PRESSING = auto()
    DRIVING = auto()
    LETTING_GO = auto()


class Pilot:
    """Asks the hand for gestures and wrist movements, by what the robot does.

    It knows where the robot is, how it moves, and the state of teleoperation, all of it
    `REACTION_S` late; it never knows what the decoders say. Each act is looked after: if it has
    not had its effect in time, it is undone and done again.

    Parameters
    ----------
    course : Course
        Where to go.
    """

    def __init__(self, course: Course) -> None:
        self._progress = Progress(course, _SURE_OF_RADIUS * course.radius)
        self._eyes = Eyes(REACTION_S)
        self._steering = Steering()
        self._phase = _Phase.IDLE
        self._gesture = _DRIVE
        self._wait_until = 0.0
        self._last_gesture = 0.0
        self._engaged_since = 0.0
        self._way = 1
        self._turned_from = 0.0
        self._vain = {1: 0, -1: 0}
        self._angle = 0.0
        self._hand: list[Intent] = []

    @property
    def is_done(self) -> bool:
        """Whether, as far as it can see, all waypoints are behind it and nothing is held."""
        return self._progress.next_waypoint is None and self._phase is _Phase.IDLE

    def step(self, now: float, sight: Sight) -> list[Intent]:
        """Return what is asked of the hand now.

        Parameters
        ----------
        now : float
            s, never less than before.
        sight : Sight
            What there is to be seen at this time.
        """
        seen = self._eyes.look(now, sight)
        if seen is None:
            # Whatever the hand did before, it rests from now on.
            self._last_gesture = now
            return []
        self._progress.come_to(now, seen.x, seen.y)
        {
            _Phase.IDLE: self._idle,
            _Phase.ARMING: self._arming,
            _Phase.PRESSING: self._pressing,
            _Phase.DRIVING: self._driving,
            _Phase.LETTING_GO: self._letting_go,
        }[self._phase](now, seen)
        hand, self._hand = self._hand, []
        return hand

    # -- phases -------------------------------------------------------------------------------

    def _idle(self, now: float, seen: Sight) -> None:
        if now < self._wait_until:
            return
        if seen.engaged or not seen.is_still:
            # It moves, though nothing is held: a release was not understood.
            self._do(now, "thumb_click")
            self._wait_until = now + _EFFECT_S
        elif self._progress.next_waypoint is None:
            return
        elif seen.mode != _MODE:
            self._do(now, "thumb_up")
            self._wait_until = now + _EFFECT_S
        elif not seen.armed:
            if now - self._last_gesture >= _REST_BEFORE_ARMING_S:
                for click in range(_CLICKS):
                    self._do(now + click * _BETWEEN_CLICKS_S, "thumb_click")
                self._enter(_Phase.ARMING, now + _ARM_EFFECT_S)
        elif now - self._last_gesture >= _REST_BEFORE_HOLD_S:
            error = self._error(seen)
            self._gesture = _TURN if abs(error) > _TURN_BEYOND else _DRIVE
            self._way = self._better_way(error)
            self._turned_from = seen.heading
            self._do(now, f"{self._gesture}_press")
            self._enter(_Phase.PRESSING, now + _PRESS_EFFECT_S)

    def _arming(self, now: float, seen: Sight) -> None:
        if seen.armed or now >= self._wait_until:
            self._enter(_Phase.IDLE, now)

    def _pressing(self, now: float, seen: Sight) -> None:
        if seen.engaged:
            self._engaged_since = now
            self._steering.begin(now, self._angle)
            self._enter(_Phase.DRIVING, now)
        elif now >= self._wait_until:
            self._let_go(now)

    def _driving(self, now: float, seen: Sight) -> None:
        ready = now - self._engaged_since > _WAKE_UP_S
        drives = seen.speed > 0.05
        wrong = drives if self._gesture == _TURN else ready and not drives
        if not seen.engaged:
            self._steering.interrupted()
            self._judge_turn(seen)
        if not seen.engaged or wrong or self._progress.next_waypoint is None:
            self._let_go(now)
            return
        error = self._error(seen)
        if self._is_reached(error, seen):
            self._let_go(now)
        else:
            self._steer(now, error, seen)

    def _steer(self, now: float, error: float, seen: Sight) -> None:
        wanted = 0.0 if abs(error) < _STRAIGHT else error
        if self._gesture == _TURN and wanted * self._way < 0.0:
            wanted = self._way * _FASTEST_TURN
        wanted = max(-_FASTEST_TURN, min(_FASTEST_TURN, wanted))
        angle = self._steering.stroke(now, wanted, seen.turning)
        if angle is None:
            return
        if angle != self._angle:
            self._move(angle, STROKE_S)
        elif wanted * seen.turning < _GOOD_ENOUGH * abs(wanted):
            # The wrist can go no further. The next hold takes it as it is then for the middle.
            self._judge_turn(seen)
            self._let_go(now)

    def _judge_turn(self, seen: Sight) -> None:
        """Remember whether a turn that has ended too soon was any good."""
        if self._gesture == _TURN:
            turned = abs(math.remainder(seen.heading - self._turned_from, math.tau))
            self._vain[self._way] = 0 if turned > _SOME_TURN else self._vain[self._way] + 1

    def _resting_angle(self, seen: Sight) -> float:
        """Return where the wrist is best before the next hold."""
        if self._progress.next_waypoint is None or abs(self._error(seen)) <= _TURN_BEYOND:
            return 0.0
        return -_WOUND_UP * self._better_way(self._error(seen))

    def _better_way(self, error: float) -> int:
        """Return which way to turn: 1 to the left, -1 to the right.

        Who has turned one way in vain goes around the other way.
        """
        nearer = 1 if error > 0.0 else -1
        if self._vain[nearer] < _TRIES:
            return nearer
        if self._vain[-nearer] < _TRIES:
            return -nearer
        self._vain = {1: 0, -1: 0}
        return nearer

    def _letting_go(self, now: float, seen: Sight) -> None:
        if now < self._wait_until - _EFFECT_S + 2 * REACTION_S:
            return
        if not seen.engaged and seen.is_still:
            self._enter(_Phase.IDLE, now)
            angle = self._resting_angle(seen)
            if abs(self._angle - angle) > _RESTING_ANGLE:
                duration = abs(self._angle - angle) / _RETURN_SPEED
                self._move(angle, duration)
                self._wait_until = now + duration + REACTION_S
        elif now >= self._wait_until:
            self._do(now, "thumb_click")
            self._wait_until = now + _EFFECT_S

    # -- what they are made of ----------------------------------------------------------------

    def _is_reached(self, error: float, seen: Sight) -> bool:
        """Say whether this hold has done, or can do, no more."""
        if self._gesture == _TURN:
            return abs(error) < _TURNED
        target = self._progress.next_waypoint
        assert target is not None
        away = math.dist(target, (seen.x, seen.y))
        # A target beside or behind the robot is missed by every arc that it can drive.
        chord = 2.0 * _SMALLEST_CIRCLE * math.sin(min(abs(error), math.pi / 2))
        return abs(error) > _LOST_BEYOND and (away < chord or abs(error) > 2.0)

    def _error(self, seen: Sight) -> float:
        """Return by how many rad the heading will be off when what is asked now takes effect."""
        target = self._progress.next_waypoint
        assert target is not None
        bearing = math.atan2(target[1] - seen.y, target[0] - seen.x)
        heading = seen.heading + _LEAD_S * seen.turning
        return math.remainder(bearing - heading, math.tau)

    def _let_go(self, now: float) -> None:
        self._do(now, f"{self._gesture}_release")
        self._enter(_Phase.LETTING_GO, now + _EFFECT_S)

    def _enter(self, phase: _Phase, wait_until: float) -> None:
        self._phase = phase
        self._wait_until = wait_until

    def _do(self, when: float, gesture: str) -> None:
        self._last_gesture = when
        self._hand.append(Intent(gesture, _NO_WRIST, 0.0))

    def _move(self, angle: float, duration: float) -> None:
        self._angle = angle
        self._hand.append(Intent("", angle, duration))
