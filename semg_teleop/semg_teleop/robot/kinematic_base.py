# SPDX-License-Identifier: Apache-2.0
"""A mobile base without mass: a unicycle that goes where it is told to."""

from __future__ import annotations

import math
from dataclasses import dataclass

from semg_node.settings import setting

_STRAIGHT = 1e-4
"""Turn in rad below which the chord of an arc is taken from its series: the next term is 1e-18."""


@dataclass(frozen=True)
class BaseSettings:
    """Where a base begins, and how it takes commands."""

    x: float = setting(0.0, "where it begins", unit="m", read_only=True)
    y: float = setting(0.0, "where it begins", unit="m", read_only=True)
    yaw: float = setting(
        0.0, "direction in which it begins, counter-clockwise from x", unit="rad", read_only=True
    )
    time_constant: float = setting(
        0.0,
        "of the first-order lag between commanded and actual velocity; 0: none",
        unit="s",
        minimum=0.0,
        maximum=10.0,
        read_only=True,
    )
    command_timeout: float = setting(
        0.5,
        "silence after which it stops by itself; 0: never",
        unit="s",
        minimum=0.02,
        also=0.0,
        read_only=True,
    )


@dataclass(frozen=True)
class Pose:
    """Place in m and direction in rad, counter-clockwise from x, from -pi to pi."""

    x: float
    y: float
    yaw: float


@dataclass(frozen=True)
class Velocity:
    """Forward in m/s and turning in rad/s."""

    forward: float = 0.0
    turn: float = 0.0


def along_arc(pose: Pose, velocity: Velocity, duration: float) -> Pose:
    """Return where a unicycle is after `duration` s at a constant velocity.

    The way is an arc of length ``forward * duration``; its chord points in the direction of its
    middle and is ``2 sin(angle / 2) / angle`` times as long.
    """
    angle = velocity.turn * duration
    half = angle / 2.0
    shortening = math.sin(half) / half if abs(angle) > _STRAIGHT else 1.0 - half * half / 6.0
    chord = velocity.forward * duration * shortening
    middle = pose.yaw + half
    yaw = math.remainder(pose.yaw + angle, math.tau)
    return Pose(pose.x + chord * math.cos(middle), pose.y + chord * math.sin(middle), yaw)


class Unicycle:
    """Integrates commands.

    Without lag the way is exact, whenever it is asked for. With it, length and turn of each
    `advance` are exact, and taken as an arc.

    Parameters
    ----------
    settings : BaseSettings
        Start, lag and timeout.
    now : float
        Steady time in s, as everywhere below.

    Attributes
    ----------
    pose : Pose
        Where it is, as of the last `advance`.
    velocity : Velocity
        How fast it is.
    """

    def __init__(self, settings: BaseSettings, now: float) -> None:
        self.settings = settings
        self.reset(now)

    def reset(self, now: float) -> None:
        """Put it back to where it began, at rest."""
        self.pose = Pose(self.settings.x, self.settings.y, self.settings.yaw)
        self.velocity = Velocity()
        self._command = Velocity()
        self._runs_out = math.inf
        self._now = now

    def command(self, now: float, velocity: Velocity) -> None:
        """Take a command. One that is not finite stops it."""
        self.advance(now)
        finite = math.isfinite(velocity.forward) and math.isfinite(velocity.turn)
        self._command = velocity if finite else Velocity()
        self._runs_out = now + (self.settings.command_timeout or math.inf)
        self._move(0.0)

    def advance(self, now: float) -> None:
        """Move on to `now`."""
        if self._runs_out <= now:
            self._move(self._runs_out - self._now)
            self._now = self._runs_out
            self._command = Velocity()
            self._runs_out = math.inf
        self._move(now - self._now)
        self._now = now

    def _move(self, duration: float) -> None:
        forward, mean_forward = self._follow(self.velocity.forward, self._command.forward, duration)
        turn, mean_turn = self._follow(self.velocity.turn, self._command.turn, duration)
        self.pose = along_arc(self.pose, Velocity(mean_forward, mean_turn), duration)
        self.velocity = Velocity(forward, turn)

    def _follow(self, actual: float, commanded: float, duration: float) -> tuple[float, float]:
        """Return the velocity at the end of a lag's step response, and its mean on the way."""
        constant = self.settings.time_constant
        if constant == 0.0:
            return commanded, commanded
        if duration == 0.0:
            return actual, actual
        gap = actual - commanded
        decay = -math.expm1(-duration / constant)
        return commanded + gap * (1.0 - decay), commanded + gap * decay * constant / duration
