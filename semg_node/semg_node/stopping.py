# SPDX-License-Identifier: Apache-2.0
"""Being asked to stop, from the first moment of a process on."""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType


class StopRequest:
    """Set by SIGINT or SIGTERM, while ROS is still up, so that nodes can stop in order.

    rclpy's own handlers shut its context down first, after which nothing can be published.
    """

    def __init__(self) -> None:
        self.requested = False
        self._wake: Callable[[], None] = lambda: None
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)

    def wakes(self, wake: Callable[[], None]) -> None:
        """Call `wake` when the request comes."""
        self._wake = wake

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.requested = True
        self._wake()
