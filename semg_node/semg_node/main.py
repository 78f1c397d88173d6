# SPDX-License-Identifier: Apache-2.0
"""Runs one node in a process of its own."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import rclpy
from rclpy.exceptions import NameValidationException
from rclpy.executors import SingleThreadedExecutor
from rclpy.impl.implementation_singleton import rclpy_implementation as _rclpy
from rclpy.signals import SignalHandlerOptions

from semg_node.component import Component
from semg_node.settings import SettingError
from semg_node.shell import NodeShell
from semg_node.steadiness import favour_the_stream
from semg_node.stopping import StopRequest

FAILED = 1
REFUSED = 2
"""Exit status of what will never run as it is set up."""

_ARGUMENT_ERRORS = (
    _rclpy.RCLError,
    _rclpy.RCLInvalidROSArgsError,
    _rclpy.UnknownROSArgsError,
    NameValidationException,
)


@contextmanager
def ros_arguments_refused() -> Iterator[None]:
    """Raise a SettingError of one line for ROS arguments that rclpy cannot take."""
    try:
        yield
    except _ARGUMENT_ERRORS as error:
        raise SettingError(_in_one_line(str(error))) from None


def _in_one_line(text: str) -> str:
    # The last line of some points at a character; others end with places in rcl's source.
    line = " ".join(part.strip() for part in text.splitlines() if part.strip(" ^"))
    line = re.sub(r"(, at \S+:\d+)+$", "", line)
    return re.sub(r"^(failed to initialize rcl|Failed to parse ROS arguments): ", "", line)


def run_node(name: str, component: Callable[[NodeShell], Component], stop: StopRequest) -> int:
    """Spin one node until it is asked to stop; return the exit status.

    A node that is to end its process with its recording ends it as well when it refuses to run.
    """
    if stop.requested:
        return 0
    try:
        try:
            with ros_arguments_refused():
                rclpy.init(args=sys.argv, signal_handler_options=SignalHandlerOptions.NO)
                shell = NodeShell(name, component)
        except SettingError as error:
            print(f"{name}: {error}", file=sys.stderr)
            return REFUSED
        executor = SingleThreadedExecutor()
        executor.add_node(shell)
        stop.wakes(shell.ask_to_stop)
        try:
            if not stop.requested:
                shell.try_to_start()
            favour_the_stream()
            while not (stop.requested or (shell.exits_when_finished and _is_over(shell))):
                executor.spin_once()
            failed = shell.failed or not (shell.finished or stop.requested)
        finally:
            # Whatever went wrong: zeros go out before the context is shut down.
            shell.close()
            executor.shutdown()
        return FAILED if failed else 0
    finally:
        rclpy.try_shutdown()


def _is_over(shell: NodeShell) -> bool:
    return shell.finished or is_refused(shell)


def is_refused(shell: NodeShell) -> bool:
    """Tell whether a node does not run, and nothing that it waits for can change that."""
    with shell.lock:
        return bool(shell.fault) and not (shell.active or shell.waits)
