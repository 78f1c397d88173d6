# SPDX-License-Identifier: Apache-2.0
"""Being asked to stop, from the first moment of a process on."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequest:
    """Set by SIGINT, SIGTERM or SIGHUP, while ROS is still up, so that nodes can stop in order.

    rclpy's own handlers shut its context down first, after which nothing can be published.

    Python's handlers run between two instructions of the main thread, which may be waiting in
    rclpy for a second. Below them the interpreter writes each signal's number to a socket at
    once, from which a thread of its own takes it. To be made in the main thread.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requested = False
        self._wakes: list[Callable[[], None]] = []
        self._numbers, self._written = socket.socketpair()
        self._written.setblocking(False)
        for number in _SIGNALS:
            # Under nohup a hang-up is to be ignored.
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._on_signal)
        signal.set_wakeup_fd(self._written.fileno(), warn_on_full_buffer=False)
        threading.Thread(target=self._wait, name="stop request", daemon=True).start()

    @property
    def requested(self) -> bool:
        """Whether the request has come."""
        return self._requested

    def wakes(self, wake: Callable[[], None]) -> None:
        """Call `wake`, and whatever else was given, when the request comes; at once if it has.

        Each is called once, on a thread of its own, whatever the main thread is doing.
        """
        with self._lock:
            if not self._requested:
                self._wakes.append(wake)
                return
        wake()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        # Nothing here may wait: this may have interrupted the holder of any lock.
        self._requested = True

    def _wait(self) -> None:
        while not any(number in _SIGNALS for number in self._numbers.recv(64)):
            pass
        with self._lock:
            self._requested = True
            wakes = tuple(self._wakes)
            self._wakes.clear()
        for wake in wakes:
            wake()
