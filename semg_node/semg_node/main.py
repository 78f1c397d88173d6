# SPDX-License-Identifier: Apache-2.0
"""Runs one node in a process of its own."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from types import FrameType

import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.signals import SignalHandlerOptions

from semg_node.component import Component
from semg_node.settings import SettingError
from semg_node.shell import NodeShell
from semg_node.steadiness import favour_the_stream


class StopRequest:
    """Set by SIGINT or SIGTERM, while ROS is still up, so that nodes can stop in order."""

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


def run_node(name: str, component: Callable[[NodeShell], Component]) -> int:
    """Spin one node until SIGINT or SIGTERM; return the exit status."""
    stop = StopRequest()
    rclpy.init(args=sys.argv, signal_handler_options=SignalHandlerOptions.NO)
    try:
        try:
            shell = NodeShell(name, component)
        except SettingError as error:
            print(f"{name}: {error}", file=sys.stderr)
            return 2
        executor = SingleThreadedExecutor()
        executor.add_node(shell)
        stop.wakes(lambda: executor.wake())
        shell.try_to_start()
        favour_the_stream()
        while not (stop.requested or (shell.finished and shell.exits_when_finished)):
            executor.spin_once()
        shell.close()
        executor.shutdown()
        return 0
    finally:
        rclpy.try_shutdown()
