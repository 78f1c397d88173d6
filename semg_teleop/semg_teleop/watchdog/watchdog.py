# SPDX-License-Identifier: Apache-2.0
"""Decides which commands reach the robot, and when zero is sent instead."""

from __future__ import annotations

import math
from dataclasses import dataclass

from semg_node.settings import setting

LONGEST_CYCLE = 0.1
"""Time in s between two steps after which this process itself cannot be relied upon."""

FARTHEST_AHEAD = 0.02
"""How far in s a stamp may lie in the future."""

SETTLING = 0.5
"""Time in s that only one must have sent commands for, once there were two."""

_TICK = 0.01
"""Longest time in s between two steps."""


@dataclass(frozen=True)
class WatchdogSettings:
    """When the watchdog sends zero.

    Attributes
    ----------
    timeout, rate, zero_for, longest_age : float
        In s, Hz, s and s.
    """

    timeout: float = setting(
        0.1, "silence after which zero is sent", unit="s", minimum=0.02, maximum=1.0, read_only=True
    )
    rate: float = setting(
        100.0, "zeros per second", unit="Hz", minimum=10.0, maximum=1000.0, read_only=True
    )
    zero_for: float = setting(
        1.0,
        "how long zeros are sent once commands have ceased; 0: until they come again",
        unit="s",
        minimum=0.1,
        also=0.0,
        read_only=True,
    )
    longest_age: float = setting(
        0.2,
        "age of a command's stamp from which on it is refused; "
        "0: stamps are not looked at, for senders with another clock",
        unit="s",
        minimum=0.02,
        also=0.0,
        read_only=True,
    )


@dataclass(frozen=True)
class Incoming:
    """What the watchdog has to know of a command.

    Attributes
    ----------
    zero, finite : bool
        Whether all of its numbers are zero, and whether all are finite.
    stamp : float or None
        Time of its header in s; None where its message has none, or it is not to be looked at.
    age : float
        The time, by the clock of the stamp, less the stamp, in s.
    """

    zero: bool
    finite: bool
    stamp: float | None = None
    age: float = 0.0


class Watchdog:
    """Lets commands pass while they keep coming, and asks for zeros otherwise.

    It is closed at first. Only a command that is itself zero opens it, so that whatever moves
    the robot next began from rest. It closes when no command comes for `timeout`; at a command
    that is not finite or whose stamp is wrong; when two send commands; and when its own steps
    have been late. All times are of a steady clock, in s, and never go back.

    Parameters
    ----------
    settings : WatchdogSettings
        When zero is sent.
    now : float
        The time.

    Attributes
    ----------
    is_open : bool
        Whether commands pass.
    reason : str
        Why it closed last.
    passed, replaced, closings : int
        Commands that passed, those that zero was sent for, and how often it has closed.
    """

    def __init__(self, settings: WatchdogSettings, now: float) -> None:
        self.settings = settings
        self.is_open = False
        self.reason = "no command came yet"
        self.passed = self.replaced = self.closings = 0
        self._period = 1.0 / settings.rate
        self._zero_for = settings.zero_for or math.inf
        self._last_step = now
        self._last_heard = -math.inf
        self._last_stamp = -math.inf
        self._opens_from = now
        self._next_zero = now
        self._zeros_until = now + self._zero_for

    def command(self, now: float, command: Incoming) -> bool:
        """Take in a command that has come; return whether it passes. If not, zero is to be sent."""
        late = self._look_at_the_time(now)
        if fault := self._fault(now, command):
            self.close(now, fault)
        elif command.zero and not (self.is_open or late) and now >= self._opens_from:
            self.is_open = True
            self.reason = ""
        self._last_heard = now
        if self.is_open:
            self.passed += 1
            return True
        self.replaced += 1
        self._next_zero = now + self._period
        self._zeros_until = max(self._zeros_until, now + self._zero_for)
        return False

    def step(self, now: float) -> bool:
        """Look at the time; return whether zero is to be sent. Due by `next_step`."""
        self._look_at_the_time(now)
        self._last_step = now
        if self.is_open or not self._next_zero <= now < self._zeros_until:
            return False
        # On a grid, so that late steps do not add up; but what was missed is not caught up on.
        self._next_zero += self._period
        if self._next_zero <= now:
            self._next_zero = now + self._period
        return True

    def next_step(self, now: float) -> float:
        """Return when, after a `step` at `now`, the next has to be."""
        if self.is_open:
            due = self._last_heard + self.settings.timeout
        else:
            due = self._next_zero if now < self._zeros_until else math.inf
        return min(due, now + _TICK)

    def see_publishers(self, now: float, count: int, names: str = "") -> None:
        """Take in how many publishers the input has, and who they are."""
        if count > 1:
            self._opens_from = max(self._opens_from, now + SETTLING)
            self.close(now, f"{count} publishers send commands ({names})")

    def close(self, now: float, reason: str) -> None:
        """Let nothing pass until a zero comes; zero is to be sent at once."""
        self.reason = reason
        if self.is_open:
            self.is_open = False
            self.closings += 1
            self._next_zero = now
            self._zeros_until = now + self._zero_for

    def shut(self, now: float, reason: str) -> None:
        """Let nothing pass any more."""
        self.close(now, reason)
        self._opens_from = math.inf
        self._next_zero = now
        self._zeros_until = math.inf

    def _look_at_the_time(self, now: float) -> bool:
        """Close if it is time to; return whether the last step is too long ago."""
        if self.is_open and now >= self._last_heard + self.settings.timeout:
            self.close(now, f"no command for {1000 * (now - self._last_heard):.0f} ms")
        late = now > self._last_step + LONGEST_CYCLE
        if late:
            self.close(now, f"this process stood still for {1000 * (now - self._last_step):.0f} ms")
        return late

    def _fault(self, now: float, command: Incoming) -> str:
        if not command.finite:
            return "a command was not finite"
        if command.stamp is None:
            return ""
        last, self._last_stamp = self._last_stamp, command.stamp
        if command.stamp < last:
            self._opens_from = max(self._opens_from, now + SETTLING)
            return "stamps went back: two send commands, or their clock was set"
        if command.age > self.settings.longest_age:
            return f"the stamp of a command was {_in_words(command.age)} old"
        if command.age < -FARTHEST_AHEAD:
            return f"the stamp of a command was {_in_words(-command.age)} in the future"
        return ""


def _in_words(seconds: float) -> str:
    return f"{1000 * seconds:.0f} ms" if seconds < 10.0 else f"{seconds:.0f} s"
