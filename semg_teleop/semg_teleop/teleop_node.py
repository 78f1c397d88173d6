# SPDX-License-Identifier: Apache-2.0
"""Lifecycle node that turns gestures and wrist velocity into commands, behind the safety gate."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import replace
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from std_msgs.msg import Bool
from std_srvs.srv import SetBool, Trigger

from semg_msgs.msg import EmgInfo
from semg_node import parameters
from semg_node.component import Level, Refused, Status
from semg_node.latency import LatencyMeter, RateMeter
from semg_node.qos import LATCHED, SENSOR_DATA, STREAM
from semg_node.shell import NodeShell
from semg_teleop.command_stamp import CommandStamp
from semg_teleop.cycle_thread import CycleThread
from semg_teleop.outputs.publisher import OutputPublisher
from semg_teleop.profile.lookup import find_profile
from semg_teleop.profile.profile import Profile
from semg_teleop.profile.reading import ProfileError, load_profile
from semg_teleop.robot_feedback import message_class, stamp_of
from semg_teleop.safety.gate import GateSettings
from semg_teleop.safety.gesture_act import GestureAct
from semg_teleop.safety.source_check import SourceCheck
from semg_teleop.safety.stream_guard import InputLimits
from semg_teleop.state_report import StateReport
from semg_teleop.surroundings import Surroundings
from semg_teleop.switches import EMERGENCY_STOP, Switches
from semg_teleop.teleop_settings import TeleopSettings
from semg_teleop.teleoperation import LONGEST_CYCLE_S, Outcome, State, Teleoperation
from semg_teleop.wearer_input import WearerInput

LOOK_EVERY_S = 0.04
"""How often the graph around is looked at."""
_PATIENCE_S = 1.0
"""How long the cycle may take to end beyond the time for which it sends zero."""


class Teleop:
    """Component of the teleoperation node."""

    publishes = ("teleop/state", "teleop/feedback", "teleop/rumble")

    def __init__(self, shell: NodeShell) -> None:
        self._shell = shell
        parameters.declare(shell, TeleopSettings)
        parameters.declare(shell, InputLimits)
        parameters.declare(shell, GateSettings)
        self._lock = threading.Lock()
        self._wearer = WearerInput(shell, self._lock, self._wake)
        self._switches = Switches(shell, self._lock, self._wake_at_once)
        self._engine: Teleoperation | None = None
        self._services: list[Any] = []
        self._outputs: dict[str, OutputPublisher] = {}
        self._cycle: CycleThread | None = None
        self._outcome: Outcome | None = None

    @property
    def finished(self) -> bool:
        """Whether the cycle has died."""
        return self._cycle is not None and self._cycle.failure is not None

    # -- lifecycle ----------------------------------------------------------------------------

    def configure(self) -> None:
        """Read the profile and make the topics."""
        try:
            self._configure()
        except Exception:
            # A publisher left over from this try would be a rival in the next one.
            self.cleanup()
            raise

    def _configure(self) -> None:
        shell = self._shell
        self._settings = settings = parameters.read(shell, TeleopSettings)
        try:
            self._profile = load_profile(find_profile(settings.profile))
        except ProfileError as error:
            raise Refused(str(error)) from None
        _refuse_endless(self._profile, settings, shell.settings.reliable)
        for output in self._profile.outputs:
            self._outputs[output.name] = OutputPublisher(shell, output)
        self._stamp = CommandStamp(shell, settings.command_clock)
        self._report = StateReport(shell, self._profile.name)
        self._source = SourceCheck(allow_playback=settings.allow_playback)
        inputs = self._wearer.listen(self._profile) | self._switches.listen(settings)
        shell.listen("emg/info", EmgInfo, LATCHED, self._on_info, when_inactive=True, unlocked=True)
        shell.listen("/diagnostics", DiagnosticArray, STREAM, self._on_nodes, unlocked=True)
        if settings.feedback_topic:
            kind = message_class(settings.feedback_type)
            shell.listen(
                settings.feedback_topic, kind, SENSOR_DATA, self._on_feedback, unlocked=True
            )
            inputs[settings.feedback_topic] = kind
        shell.when_asked_to_stop(self._on_asked_to_stop)
        self._services = [
            shell.create_service(SetBool, "teleop/arm", self._on_arm),
            shell.create_service(Trigger, "teleop/reset_emergency_stop", self._on_reset),
        ]
        inputs["emg/info"] = EmgInfo
        self._surroundings = Surroundings(
            shell,
            inputs,
            {EMERGENCY_STOP: Bool},
            [output.obstacles for output in self._outputs.values()],
            allow_playback=settings.allow_playback,
        )

    def activate(self) -> None:
        """Begin, disengaged."""
        settings, profile, shell = self._settings, self._profile, self._shell
        with self._lock:
            switch = self._switches.renew(settings, profile.engagement)
            self._engine = self._wearer.engine = Teleoperation(
                profile,
                switch
                or GestureAct(
                    profile.engagement, harmless=profile.switching, latched=settings.latched
                ),
                limits=parameters.read(shell, InputLimits),
                settings=parameters.read(shell, GateSettings),
                emergency=self._switches.emergency,
                source=self._source,
                own_nodes=[_full_name(shell, name) for name in settings.own_nodes],
                feedback_topic=settings.feedback_topic,
                feedback_timeout=settings.feedback_timeout,
                engages_by_hold=switch is None,
            )
        self._report.restart()
        self._outcome = None
        self._next_look = 0.0
        self._stopping = False
        self._rate = RateMeter(time.monotonic())
        self._latency = LatencyMeter()
        shell.failure = ""
        self._cycle = CycleThread(self._on_cycle, 1.0 / settings.rate)
        self._cycle.start()

    def deactivate(self) -> None:
        """Send zero, and return when it has been sent for as long as it must."""
        cycle, engine = self._cycle, self._engine
        if cycle is None or engine is None:
            return
        with self._lock:
            engine.end(time.monotonic(), "this node is being stopped")
            self._stopping = True
        cycle.wake(urgent=True)
        zero_for = parameters.read(self._shell, GateSettings).zero_for
        if not cycle.join(zero_for + _PATIENCE_S):
            self._shell.get_logger().error("the command cycle hangs: is the robot still?")
        self._cycle = None
        with self._lock:
            self._engine = self._wearer.engine = None

    def cleanup(self) -> None:
        """Let go of services and commands."""
        for service in self._services:
            self._shell.destroy_service(service)
        for output in self._outputs.values():
            output.destroy()
        self._services.clear()
        self._outputs.clear()

    def parameters_changed(self) -> None:
        """Every parameter is read-only."""

    # -- the cycle ----------------------------------------------------------------------------

    def _on_cycle(self, now: float) -> bool:
        try:
            return self._run_cycle(now)
        except Exception as error:
            self._shell.failure = f"internal error, commands have ended: {error!r}"
            self._end_with_zero(self._shell.failure)
            raise

    def _run_cycle(self, now: float) -> bool:
        engine = self._engine
        assert engine is not None
        around = None
        if now >= self._next_look:
            self._next_look = now + LOOK_EVERY_S
            around = self._surroundings.obstacles()
        reading = time.monotonic(), time.time_ns(), time.monotonic()
        with self._lock:
            engine.hear_clock(*reading)
            if around is not None:
                engine.surroundings(around)
            # Looking around, or waiting for the lock, may have taken long.
            now = time.monotonic()
            outcome = engine.cycle(now)
            newest = self._wearer.take_newest()
            stopping = self._stopping
        if time.monotonic() - now > LONGEST_CYCLE_S:
            # Held up since it was decided: the next cycle sees that too, but this is too old.
            outcome = replace(outcome, command=outcome.command and self._profile.zero)
        self._send(outcome)
        self._outcome = outcome
        self._rate.add()
        if newest:
            self._latency.add((self._shell.get_clock().now().nanoseconds - newest) / 1e9)
        self._report.cycle(now, outcome, engine.engagements)
        return not stopping or outcome.command is not None

    def _send(self, outcome: Outcome) -> None:
        command = outcome.command
        if command is None:
            return
        stamp = self._stamp.now()
        for name, vector in command.vectors.items():
            self._outputs[name].publish(vector, stamp)
        for text in command.texts:
            self._outputs[text.output].publish_text(text.text)

    def _end_with_zero(self, reason: str) -> None:
        """Send zero as after every other end: the last thing that a broken cycle can do."""
        end = time.monotonic() + parameters.read(self._shell, GateSettings).zero_for
        while (now := time.monotonic()) < end:
            for name, vector in self._profile.zero.vectors.items():
                with suppress(Exception):
                    self._outputs[name].publish(vector, self._stamp.now())
            with suppress(Exception):
                outcome = Outcome(None, State.DISENGAGED, False, reason, (reason,), "")
                self._report.cycle(now, outcome, 0)
            time.sleep(1.0 / self._settings.rate)

    def _wake(self) -> None:
        if (cycle := self._cycle) is not None:
            cycle.wake()

    def _wake_at_once(self) -> None:
        if (cycle := self._cycle) is not None:
            cycle.wake(urgent=True)

    # -- what is heard ------------------------------------------------------------------------

    def _on_info(self, message: EmgInfo) -> None:
        with self._lock:
            self._source.hear(message.stream_id, message.source)

    def _on_nodes(self, message: DiagnosticArray) -> None:
        with self._lock:
            if self._engine is None:
                return
            for status in message.status:
                is_error = status.level == DiagnosticStatus.ERROR
                self._engine.hear_node(status.name, is_error, status.message)

    def _on_feedback(self, message: Any) -> None:
        with self._lock:
            if self._engine is not None:
                self._engine.hear_feedback(time.monotonic(), stamp_of(message))

    def _on_asked_to_stop(self) -> None:
        with self._lock:
            if self._engine is not None:
                self._engine.end(time.monotonic(), "this process is being stopped")
        self._wake_at_once()

    def _on_arm(self, request: Any, response: Any) -> Any:
        with self._lock:
            now = time.monotonic()
            if self._engine is None:
                response.message = f"{self._shell.get_name()} is not active"
                return response
            if request.data:
                response.success, response.message = self._arm(self._engine, now)
            else:
                self._engine.disarm(now, "disarmed by teleop/arm")
                response.success, response.message = True, "disarmed"
        self._wake_at_once()
        return response

    def _arm(self, engine: Teleoperation, now: float) -> tuple[bool, str]:
        if self._switches.dead_man is not None:
            return False, "a dead-man switch engages: it needs no arming"
        if self._outcome is not None and self._outcome.obstacles:
            return False, self._outcome.obstacles[0]
        engine.arm(now)
        return True, "armed: now the wearer engages"

    def _on_reset(self, request: Any, response: Any) -> Any:
        count = self._shell.publisher_count(EMERGENCY_STOP)
        with self._lock:
            if count > 1:
                refusal = (
                    f"{count} publishers on {EMERGENCY_STOP}: which of them is pressed cannot be "
                    "told, make one of them"
                )
            else:
                refusal = self._switches.emergency.reset()
        response.success, response.message = not refusal, refusal or "reset"
        return response

    def status(self, now: float) -> Status:
        """Report whether it drives, and if not, why."""
        outcome, engine = self._outcome, self._engine
        if outcome is None or engine is None:
            return Status(Level.OK, "starting")
        values: dict[str, Any] = {
            "profile": self._profile.name,
            "mode": outcome.mode,
            "armed": outcome.armed,
            "engagements": engine.engagements,
            "cycles_per_s": self._rate.read(now),
        }
        for number, obstacle in enumerate(outcome.obstacles):
            values[f"obstacle_{number}"] = obstacle
        for name, value in self._latency.percentiles_ms().items():
            values[f"sample_to_command_{name}_ms"] = value
        if outcome.state is State.ENGAGED:
            return Status(Level.OK, "engaged", values)
        level = Level.WARN if outcome.obstacles else Level.OK
        return Status(level, f"not engaged: {outcome.reason}", values)


def _refuse_endless(profile: Profile, settings: TeleopSettings, reliable: bool) -> None:
    """Refuse what nobody could engage, or end."""
    if settings.latched and settings.dead_man != "none":
        raise Refused("parameter 'latched': a dead-man switch has to be kept pressed, choose one")
    if settings.latched and not reliable:
        raise Refused(
            "parameter 'latched': with reliable:=false the gesture that ends it can be lost"
        )
    if settings.dead_man != "none":
        return
    if not profile.engagement.hold:
        raise Refused(
            f"profile '{profile.name}': engage.hold names no gesture, so the parameter dead_man "
            "must be 'bool' or 'joy'"
        )
    if settings.latched and not profile.engagement.disengage:
        raise Refused(
            f"parameter 'latched': profile '{profile.name}' has no gesture in engage.disengage "
            "that would end it"
        )


def _full_name(shell: NodeShell, name: str) -> str:
    return name if name.startswith("/") else f"{shell.get_namespace().rstrip('/')}/{name}"
