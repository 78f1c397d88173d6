# SPDX-License-Identifier: Apache-2.0
"""Lifecycle node at the robot that passes commands on, and sends zero when they cease."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

from rclpy.publisher import Publisher

from semg_node import parameters
from semg_node.component import Level, Refused, Status
from semg_node.latency import LatencyMeter
from semg_node.settings import setting
from semg_node.shell import NodeShell
from semg_teleop.outputs.messages import message_type
from semg_teleop.outputs.obstacles import other_types, publisher_names
from semg_teleop.outputs.qos import ANY_COMMAND, COMMAND
from semg_teleop.profile.profile import OutputKind
from semg_teleop.watchdog.reading import READINGS, Reading, is_finite, is_zero, zero_of
from semg_teleop.watchdog.watchdog import Incoming, Watchdog, WatchdogSettings

PARTING_S = 0.05
"""How long zeros go on when the node stops."""

_LOOK_S = 0.05
"""Time between two looks at who publishes commands."""


@dataclass(frozen=True)
class WatchdogNodeSettings(WatchdogSettings):
    """Settings of the command watchdog."""

    type: str = setting(
        OutputKind.TWIST_STAMPED.value,
        "message type of the commands",
        choices=tuple(kind.value for kind in READINGS),
        read_only=True,
    )
    input: str = setting("cmd_vel_in", "topic that commands come from", read_only=True)
    output: str = setting("cmd_vel", "topic that commands go to", read_only=True)


class CommandWatchdog:
    """Component of the command watchdog node.

    Commands are passed on as they are, on the thread that receives them. Zeros come from a
    thread of its own, so that nothing that the node's executor does delays them. Both decide and
    publish under one lock: no command follows a zero that was decided on later.
    """

    # What it publishes is not handed over within a process: robots are elsewhere.
    publishes = ()
    finished = False

    def __init__(self, shell: NodeShell) -> None:
        self._shell = shell
        parameters.declare(shell, WatchdogNodeSettings)
        self._lock = threading.Lock()
        self._watchdog: Watchdog | None = None
        self._failure: BaseException | None = None
        self._publisher: Publisher | None = None

    def configure(self) -> None:
        """Make the topics."""
        shell = self._shell
        self._settings = settings = parameters.read(shell, WatchdogNodeSettings)
        self._kind = OutputKind(settings.type)
        self._reading: Reading = READINGS[self._kind]
        self._type = message_type(
            self._kind, f"parameter 'type' {settings.type}", "choose another type"
        )
        self._input = shell.resolve_topic_name(settings.input)
        self._output = shell.resolve_topic_name(settings.output)
        if self._input == self._output:
            raise Refused(
                f"parameters 'input' and 'output' are both {self._input}, but commands have to "
                "come from another topic than they go to"
            )
        self._last: Any | None = None
        shell.listen(settings.input, self._type, ANY_COMMAND, self._on_command, unlocked=True)
        shell.when_asked_to_stop(self._on_stop_request)
        self._publisher = shell.create_publisher(self._type, settings.output, COMMAND)

    def activate(self) -> None:
        """Begin closed, with zeros."""
        self._latency = LatencyMeter()
        self._ended = threading.Event()
        self._next_look = 0.0
        self._watchdog = Watchdog(self._settings, time.monotonic())
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
        self._thread.start()

    def deactivate(self) -> None:
        """Send zeros for a moment, and then nothing."""
        self._shut("the watchdog is inactive")
        self._ended.wait(PARTING_S)
        self._ended.set()
        self._thread.join()
        with self._lock:
            self._watchdog = None

    def cleanup(self) -> None:
        """Let go of the topic that the shell does not know of."""
        if self._publisher is not None:
            self._shell.destroy_publisher(self._publisher)
            self._publisher = None

    def parameters_changed(self) -> None:
        """Nothing can change while it runs."""

    def _on_command(self, message: Any) -> None:
        came = time.monotonic()
        command = self._read(message)
        with self._lock:
            if self._watchdog is None or self._publisher is None:
                return
            if self._watchdog.command(time.monotonic(), command):
                # What is refused must not decide of what shape zero is.
                self._last = message
                self._publisher.publish(message)
            else:
                self._last = self._last or message
                self._publish_zero()
            self._latency.add(time.monotonic() - came)

    def _read(self, message: Any) -> Incoming:
        numbers = self._reading.numbers(message)
        zero, finite = is_zero(numbers), is_finite(numbers)
        if not (self._reading.stamped and self._settings.longest_age):
            return Incoming(zero, finite)
        stamp = message.header.stamp.sec + 1e-9 * message.header.stamp.nanosec
        now = 1e-9 * self._shell.get_clock().now().nanoseconds
        return Incoming(zero, finite, stamp, now - stamp)

    def _publish_zero(self) -> None:
        stamp = self._shell.get_clock().now().to_msg()
        zero = zero_of(self._reading, self._type, self._last, stamp)
        if zero is not None and self._publisher is not None:
            self._publisher.publish(zero)

    def _watch(self) -> None:
        try:
            while not self._ended.wait(max(self._step() - time.monotonic(), 0.0)):
                pass
        except BaseException as error:
            # From now on the watchdog lets nothing pass, as it takes no more steps.
            self._failure = error
            self._shut("the watchdog has failed")

    def _step(self) -> float:
        """Send what is due; return when there is more to do."""
        watchdog = self._watchdog
        assert watchdog is not None
        count, names = 0, ""
        if time.monotonic() >= self._next_look:
            self._next_look = time.monotonic() + _LOOK_S
            count = self._shell.count_publishers(self._input)
            if count > 1:
                names = ", ".join(publisher_names(self._shell, self._settings.input))
        with self._lock:
            now = time.monotonic()
            watchdog.see_publishers(now, count, names)
            if watchdog.step(now):
                self._publish_zero()
            return watchdog.next_step(now)

    def _on_stop_request(self) -> None:
        self._shut("the watchdog was asked to stop")

    def _shut(self, reason: str) -> None:
        with self._lock:
            if self._watchdog is not None:
                now = time.monotonic()
                self._watchdog.shut(now, reason)
                if self._watchdog.step(now):
                    self._publish_zero()

    def status(self, now: float) -> Status:
        """Report whether commands pass, why not, and how long they take."""
        if self._failure is not None:
            raise self._failure
        watchdog = self._watchdog
        assert watchdog is not None
        assert self._publisher is not None
        status = Status(message="commands pass")
        if not watchdog.is_open:
            status.message = f"{watchdog.reason}; a command of zero on {self._input} begins"
            status.level = Level.WARN if watchdog.passed or watchdog.replaced else Level.OK
        if trouble := self._trouble():
            status = Status(Level.ERROR, trouble)
        status.values = {
            "passed": watchdog.passed,
            "replaced by zero": watchdog.replaced,
            "closings": watchdog.closings,
            "subscribers": self._publisher.get_subscription_count(),
            **{f"latency {k} (ms)": v for k, v in self._latency.percentiles_ms().items()},
        }
        return status

    def _trouble(self) -> str:
        """Return what is wrong on the graph; empty if nothing."""
        for topic in (self._settings.input, self._settings.output):
            if others := other_types(self._shell, topic, self._kind):
                name = self._shell.resolve_topic_name(topic)
                return (
                    f"{name[1:]}: is {others[0]} on this graph, but parameter 'type' is "
                    f"{self._kind.value}: set the right type, or remap"
                )
        names = publisher_names(self._shell, self._settings.output)
        if len(names) > 1:
            return (
                f"{len(names)} publishers on {self._output} ({', '.join(names)}): "
                "the robot may get commands past the watchdog, stop the others"
            )
        return ""
