# SPDX-License-Identifier: Apache-2.0
"""A thread that calls at a steady rate, and sooner when there is news."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

_NOT_SOONER = 0.25
"""Share of the period before which news does not bring the next cycle forward."""


class CycleThread:
    """Calls `cycle` at least every `period` s of steady time, on a thread of its own.

    Parameters
    ----------
    cycle : callable
        Called with the steady time in s. The thread ends when it returns False or raises.
    period : float
        s.

    Attributes
    ----------
    failure : Exception or None
        What `cycle` raised.
    """

    def __init__(self, cycle: Callable[[float], bool], period: float) -> None:
        self.failure: Exception | None = None
        self._cycle = cycle
        self._period = period
        self._news = threading.Event()
        self._urgent = False
        self._thread = threading.Thread(target=self._run, name="cycle", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self, *, urgent: bool = False) -> None:
        """Bring the next cycle forward; an `urgent` one to this moment."""
        self._urgent = self._urgent or urgent
        self._news.set()

    def join(self, timeout: float) -> bool:
        """Wait for the end for at most `timeout` s; return whether it has come."""
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            now = time.monotonic()
            while self._cycle(now):
                self._wait(now)
                now = time.monotonic()
        except Exception as error:
            self.failure = error

    def _wait(self, began: float) -> None:
        earliest, latest = began + _NOT_SOONER * self._period, began + self._period
        if self._news.wait(max(latest - time.monotonic(), 0.0)) and not self._urgent:
            time.sleep(max(earliest - time.monotonic(), 0.0))
        self._news.clear()
        self._urgent = False
