# SPDX-License-Identifier: Apache-2.0
"""Whether the robot still says how it is."""

from __future__ import annotations

SET_BACK_NS = 1_000_000_000
"""A stamp so far behind the newest one may be of a clock that was set back."""
RISING = 5
"""Stamps in a row, each later than the one before, that are news after that."""


class FeedbackGuard:
    """Follows the robot's feedback topic, if one is set.

    Parameters
    ----------
    topic : str
        Empty: none is set.
    timeout : float
        s after which the last feedback is too old.
    """

    def __init__(self, topic: str, timeout: float) -> None:
        self._topic = topic
        self._timeout = timeout
        self._arrival: float | None = None
        self._newest: int | None = None
        self._set_back: int | None = None
        self._rising = 0

    def hear(self, arrival: float, stamp: int | None) -> None:
        """Take in a message.

        Parameters
        ----------
        arrival : float
            Steady time in s.
        stamp : int or None
            Of its header in ns, if it has one: only a later one than all before is news, or
            one of a clock that was set back and has gone on since.
        """
        if stamp is None:
            self._arrival = arrival
        elif self._newest is None or stamp > self._newest:
            self._arrival, self._newest, self._set_back = arrival, stamp, None
        elif stamp < self._newest - SET_BACK_NS:
            goes_on = self._set_back is not None and stamp > self._set_back
            self._rising = self._rising + 1 if goes_on else 1
            self._set_back = stamp
            if self._rising >= RISING:
                self._arrival, self._newest, self._set_back = arrival, stamp, None

    def faults(self, now: float) -> list[str]:
        """Return what is wrong at the steady time `now` in s."""
        if not self._topic:
            return []
        if self._arrival is None:
            return [f"{self._topic}: no feedback from the robot has come yet"]
        if now - self._arrival > self._timeout:
            return [
                f"{self._topic}: no new feedback from the robot for more than "
                f"{1e3 * self._timeout:.0f} ms"
            ]
        return []
