# SPDX-License-Identifier: Apache-2.0
"""Lifecycle node that turns gestures and wrist velocity into commands, behind the safety gate."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from sensor_msgs.msg import Joy
from std_msgs.msg import Bool
from std_srvs.srv import SetBool, Trigger

from semg_msgs.msg import (
    EmgInfo,
    GestureEvent,
    GestureProbabilities,
    HandwritingText,
    WristVelocity,
)
from semg_node import parameters
from semg_node.component import Level, Refused, Status
from semg_node.latency import LatencyMeter, RateMeter
from semg_node.qos import LATCHED, SENSOR_DATA, STREAM, stream_profile
from semg_node.shell import NodeShell
from semg_node.stamps import to_nanoseconds
from semg_teleop.command_stamp import CommandStamp
from semg_teleop.cycle_thread import CycleThread
from semg_teleop.heading import all_finite, heading, is_finite, pressed
from semg_teleop.outputs.publisher import OutputPublisher
from semg_teleop.profile.reading import ProfileError, find_profile, load_profile
from semg_teleop.robot_feedback import message_class, stamp_of
from semg_teleop.safety.dead_man_switch import DeadManSwitch
from semg_teleop.safety.emergency_stop import EmergencyStop
from semg_teleop.safety.gate import GateSettings
from semg_teleop.safety.gesture_act import GestureAct
from semg_teleop.safety.source_check import SourceCheck
from semg_teleop.safety.stream_guard import InputLimits
from semg_teleop.state_report import StateReport
from semg_teleop.surroundings import Surroundings
from semg_teleop.teleop_settings import TeleopSettings
from semg_teleop.teleoperation import Outcome, State, Teleoperation

LOOK_EVERY_S = 0.04
"""How often the graph around is looked at."""


class Teleop:
    """Component of the teleoperation node."""

    publishes = ("teleop/state", "teleop/feedback", "teleop/rumble")

    def __init__(self, shell: NodeShell) -> None:
        self._shell = shell
        parameters.declare(shell, TeleopSettings)
        parameters.declare(shell, InputLimits)
        parameters.declare(shell, GateSettings)
        self._lock = threading.Lock()
        # It outlives every state of this node: only its reset ends it.
        self._emergency = EmergencyStop()
        self._services: list[Any] = []
        self._outputs: dict[str, OutputPublisher] = {}
        self._cycle: CycleThread | None = None

    @property
    def finished(self) -> bool:
        """Whether the cycle has died."""
        return self._cycle is not None and self._cycle.failure is not None

    # -- lifecycle ----------------------------------------------------------------------------

    def configure(self) -> None:
        """Read the profile and make the topics."""
        shell = self._shell
        self._settings = settings = parameters.read(shell, TeleopSettings)
        try:
            self._profile = load_profile(find_profile(settings.profile))
        except ProfileError as error:
            raise Refused(str(error)) from None
        self._refuse_endless()
        self._outputs = {
            output.name: OutputPublisher(shell, output) for output in self._profile.outputs
        }
        self._stamp = CommandStamp(shell, settings.command_clock)
        self._report = StateReport(shell, self._profile.name)
        self._source = SourceCheck(allow_playback=settings.allow_playback)
        inputs = [*self._listen_to_wearer(), *self._listen_to_switches()]
        self._listen_to_robot()
        shell.listen("/diagnostics", DiagnosticArray, STREAM, self._on_nodes, unlocked=True)
        self._services = [
            shell.create_service(SetBool, "teleop/arm", self._on_arm),
            shell.create_service(
                Trigger, "teleop/reset_emergency_stop", self._on_reset_emergency_stop
            ),
        ]
        self._surroundings = Surroundings(
            shell,
            inputs,
            [output.obstacles for output in self._outputs.values()],
            allow_playback=settings.allow_playback,
        )

    def _refuse_endless(self) -> None:
        engagement, settings = self._profile.engagement, self._settings
        if settings.dead_man == "none" and not engagement.hold:
            raise Refused(
                f"profile '{self._profile.name}': engage.hold names no gesture, so the parameter "
                "dead_man must be 'bool' or 'joy'"
            )
        if settings.latched and settings.dead_man == "none" and not engagement.disengage:
            raise Refused(
                f"parameter 'latched': profile '{self._profile.name}' has no gesture in "
                "engage.disengage that would end it"
            )

    def _listen_to_wearer(self) -> list[str]:
        shell, profile = self._shell, self._profile
        qos = stream_profile(shell.settings.reliable)
        inputs: dict[str, tuple[type[Any], Callable[[Any], None]]] = {
            "gesture/probabilities": (GestureProbabilities, self._on_probabilities),
            "gesture/event": (GestureEvent, self._on_event),
        }
        if profile.uses_wrist:
            inputs["wrist/velocity"] = (WristVelocity, self._on_wrist)
        if profile.uses_handwriting:
            inputs["handwriting/text"] = (HandwritingText, self._on_text)
        for topic, (kind, callback) in inputs.items():
            shell.listen(topic, kind, qos, callback, unlocked=True)
        shell.listen("emg/info", EmgInfo, LATCHED, self._on_info, when_inactive=True, unlocked=True)
        return list(inputs)

    def _listen_to_switches(self) -> list[str]:
        shell, settings = self._shell, self._settings
        # Both, so that a publisher of any kind is heard, and one that latches from before.
        for qos in (SENSOR_DATA, LATCHED):
            shell.listen(
                "teleop/emergency_stop",
                Bool,
                qos,
                self._on_emergency_stop,
                when_inactive=True,
                promptly=True,
                unlocked=True,
            )
        self._dead_man: DeadManSwitch | None = None
        if settings.dead_man == "none":
            return []
        self._dead_man = self._new_switch()
        kind, callback = {
            "bool": (Bool, self._on_dead_man_bool),
            "joy": (Joy, self._on_dead_man_joy),
        }[settings.dead_man]
        shell.listen(settings.dead_man_topic, kind, SENSOR_DATA, callback, unlocked=True)
        return [settings.dead_man_topic]

    def _new_switch(self) -> DeadManSwitch:
        settings = self._settings
        return DeadManSwitch(
            settings.dead_man_topic,
            settings.dead_man_timeout,
            self._profile.engagement.disengage,
        )

    def _listen_to_robot(self) -> None:
        settings = self._settings
        if settings.feedback_topic:
            kind = message_class(settings.feedback_type)
            self._shell.listen(
                settings.feedback_topic, kind, SENSOR_DATA, self._on_feedback, unlocked=True
            )

    def activate(self) -> None:
        """Begin, disengaged."""
        settings, profile = self._settings, self._profile
        if self._dead_man is not None:
            self._dead_man = self._new_switch()
        with self._lock:
            self._engine = Teleoperation(
                profile,
                self._dead_man or GestureAct(profile.engagement, latched=settings.latched),
                limits=parameters.read(self._shell, InputLimits),
                settings=parameters.read(self._shell, GateSettings),
                emergency=self._emergency,
                source=self._source,
                own_nodes=[_full_name(self._shell, name) for name in settings.own_nodes],
                feedback_topic=settings.feedback_topic,
                feedback_timeout=settings.feedback_timeout,
                judges_age=not settings.allow_playback,
                engages_by_hold=self._dead_man is None,
            )
        self._report.restart()
        self._outcome: Outcome | None = None
        self._next_look = 0.0
        self._stopping_at: float | None = None
        self._rate = RateMeter(time.monotonic())
        self._ages = LatencyMeter()
        self._newest = 0
        self._cycle = CycleThread(self._on_cycle, 1.0 / settings.rate)
        self._cycle.start()

    def deactivate(self) -> None:
        """Send zero, and return when it has been sent for as long as it must."""
        cycle = self._cycle
        if cycle is None:
            return
        with self._lock:
            now = time.monotonic()
            self._engine.disarm(now, "this node is being stopped")
            self._stopping_at = now
        cycle.wake(urgent=True)
        if not cycle.join(parameters.read(self._shell, GateSettings).zero_for + 1.0):
            self._shell.get_logger().error("the command cycle hangs: is the robot still?")
        self._cycle = None

    def cleanup(self) -> None:
        """Let go of services and commands."""
        for service in self._services:
            self._shell.destroy_service(service)
        for output in self._outputs.values():
            output.close()
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
            self._send_zero()
            raise

    def _run_cycle(self, now: float) -> bool:
        if now >= self._next_look:
            self._next_look = now + LOOK_EVERY_S
            around = self._surroundings.obstacles()
        else:
            around = None
        with self._lock:
            if around is not None:
                self._engine.surroundings(around)
            outcome = self._engine.cycle(now)
            newest, self._newest = self._newest, 0
        self._send(outcome)
        self._rate.add()
        if newest:
            self._ages.add((self._shell.get_clock().now().nanoseconds - newest) / 1e9)
        self._outcome = outcome
        self._report.cycle(now, outcome, self._engine.engagements)
        return self._stopping_at is None or outcome.command is not None

    def _send(self, outcome: Outcome) -> None:
        command = outcome.command
        if command is None:
            return
        stamp = self._stamp.now()
        for name, vector in command.vectors.items():
            self._outputs[name].publish(vector, stamp)
        for text in command.texts:
            self._outputs[text.output].publish_text(text.text)

    def _send_zero(self) -> None:
        """Say zero a few times: the last thing that a broken cycle can do."""
        stamp = self._stamp.now()
        for _ in range(10):
            for name, vector in self._profile.zero.vectors.items():
                self._outputs[name].publish(vector, stamp)
            time.sleep(0.01)

    # -- what is heard, on the threads that bring it --------------------------------------------

    def _now_ns(self) -> int:
        return int(self._shell.get_clock().now().nanoseconds)

    def _on_probabilities(self, message: GestureProbabilities) -> None:
        what = heading(message, self._now_ns(), finite=all_finite(message))
        with self._lock:
            self._engine.hear_probabilities(time.monotonic(), what, message.gestures, message.held)
            self._newest = to_nanoseconds(message.header.stamp)
        self._wake()

    def _on_event(self, message: GestureEvent) -> None:
        what = heading(message, self._now_ns(), finite=is_finite(message.probability))
        with self._lock:
            self._engine.hear_event(time.monotonic(), what, message.name)

    def _on_wrist(self, message: WristVelocity) -> None:
        what = heading(message, self._now_ns(), finite=is_finite(message.velocity))
        stamp = to_nanoseconds(message.header.stamp)
        with self._lock:
            self._engine.hear_wrist(time.monotonic(), what, stamp, message.velocity)
            self._newest = stamp
        self._wake()

    def _on_text(self, message: HandwritingText) -> None:
        what = heading(message, self._now_ns())
        with self._lock:
            self._engine.hear_text(time.monotonic(), what, message.text)

    def _on_info(self, message: EmgInfo) -> None:
        with self._lock:
            self._source.hear(message.stream_id, message.source)

    def _on_nodes(self, message: DiagnosticArray) -> None:
        with self._lock:
            for status in message.status:
                is_error = status.level == DiagnosticStatus.ERROR
                self._engine.hear_node(status.name, is_error, status.message)

    def _on_feedback(self, message: Any) -> None:
        with self._lock:
            self._engine.hear_feedback(time.monotonic(), stamp_of(message))

    def _on_dead_man_bool(self, message: Bool) -> None:
        self._hear_dead_man(message.data)

    def _on_dead_man_joy(self, message: Joy) -> None:
        self._hear_dead_man(pressed(message.buttons, self._settings.dead_man_button))

    def _hear_dead_man(self, is_pressed: bool) -> None:
        with self._lock:
            if self._dead_man is not None:
                self._dead_man.hear(time.monotonic(), is_pressed)
        self._wake(urgent=not is_pressed)

    def _on_emergency_stop(self, message: Bool) -> None:
        with self._lock:
            self._emergency.hear(message.data)
        self._wake(urgent=message.data)

    def _wake(self, *, urgent: bool = False) -> None:
        if (cycle := self._cycle) is not None:
            cycle.wake(urgent=urgent)

    # -- services -------------------------------------------------------------------------------

    def _on_arm(self, request: Any, response: Any) -> Any:
        if not self._shell.active:
            response.success, response.message = False, "the node is not active"
            return response
        with self._lock:
            now = time.monotonic()
            if request.data:
                self._engine.arm(now)
            else:
                self._engine.disarm(now, "disarmed by teleop/arm")
        self._wake(urgent=True)
        response.success = True
        response.message = "armed: the wearer engages" if request.data else "disarmed"
        return response

    def _on_reset_emergency_stop(self, request: Any, response: Any) -> Any:
        with self._lock:
            refusal = self._emergency.reset()
        response.success, response.message = not refusal, refusal or "reset"
        return response

    def status(self, now: float) -> Status:
        """Report whether it drives, and if not, why."""
        outcome = self._outcome
        if outcome is None:
            return Status(Level.OK, "starting")
        values: dict[str, Any] = {
            "profile": self._profile.name,
            "mode": outcome.mode,
            "engagements": self._engine.engagements,
            "armed": outcome.armed,
            "rate_hz": self._rate.read(now),
        }
        for number, obstacle in enumerate(outcome.obstacles):
            values[f"obstacle_{number}"] = obstacle
        for name, value in self._ages.percentiles_ms().items():
            values[f"sample_to_command_{name}_ms"] = value
        if outcome.state is State.ENGAGED:
            return Status(Level.OK, "engaged", values)
        level = Level.WARN if outcome.obstacles else Level.OK
        return Status(level, f"{outcome.state.name.lower()}: {outcome.reason}", values)


def _full_name(shell: NodeShell, name: str) -> str:
    return name if name.startswith("/") else f"{shell.get_namespace().rstrip('/')}/{name}"
