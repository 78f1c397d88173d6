# SPDX-License-Identifier: Apache-2.0
"""The lifecycle node around a component: parameters, topics, states and diagnostics."""

from __future__ import annotations

import math
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.clock import Clock
from rclpy.clock_type import ClockType
from rclpy.context import Context
from rclpy.duration import Duration
from rclpy.exceptions import InvalidHandle
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn
from rclpy.parameter import Parameter
from rclpy.publisher import Publisher
from rclpy.qos import DurabilityPolicy, QoSProfile
from rclpy.subscription import Subscription

from semg_node import parameters
from semg_node.component import Component, Level, NotReady, Refused, Status
from semg_node.local_bus import LocalBus
from semg_node.output import Output
from semg_node.reception import Reception
from semg_node.reporting import diagnostics
from semg_node.settings import SettingError, setting

_CARE_S = 1.0
_NEARLY = 0.75
"""Likeness of a name to that of a parameter from which it must be a slip."""
_USUAL_WAIT_S = 3.0
"""Time that nodes which start together may take to hear of each other."""
_PARTING_S = 1.0
"""Longest wait for readers when a node is told to end: somebody wants it gone."""
_LAST_MESSAGES_S = 4.0
"""Longest wait for readers that have not got all yet: one lost message is sent again after 3 s."""


@dataclass(frozen=True)
class ShellSettings:
    """What every node can be told."""

    autostart: bool = setting(
        True,
        "configure and activate this node when it starts, and again whenever that becomes possible",
        read_only=True,
    )
    reliable: bool = setting(
        True,
        "reliable delivery, last 500 kept; false: sensor-data quality of service",
        read_only=True,
    )


class NodeShell(LifecycleNode):
    """Runs a component as a managed node.

    Parameters
    ----------
    name : str
        Name of the node.
    component : callable
        Called with this shell; returns the component and may declare parameters.
    bus : LocalBus or None
        Hand-over to other nodes of this process.
    context, namespace, parameter_overrides, cli_args
        As for ``rclpy.node.Node``.

    Attributes
    ----------
    active, may_publish : bool
        Whether data is taken in, and whether it goes out.
    fault : str
        Why the node is not active, if it refused to be.
    waits : bool
        Whether that may end by itself, as when it waits for a driver.
    finished, exits_when_finished : bool
        Whether the component has come to its end, and whether its process ends then.
    failure : str
        Set by the component: why its end came too early.

    Raises
    ------
    SettingError
        If a parameter that the node was started with does not fit.
    """

    def __init__(
        self,
        name: str,
        component: Callable[[NodeShell], Component],
        *,
        bus: LocalBus | None = None,
        context: Context | None = None,
        namespace: str | None = None,
        parameter_overrides: Sequence[Parameter] = (),
        cli_args: Sequence[str] | None = None,
    ) -> None:
        super().__init__(
            name,
            context=context,
            namespace=namespace,
            parameter_overrides=list(parameter_overrides),
            cli_args=list(cli_args) if cli_args is not None else None,
        )
        self.lock = threading.RLock()
        self.bus = bus
        self.active = False
        self.may_publish = False
        self.fault = ""
        self.waits = False
        self._phase = "unconfigured"
        self._starting = False
        self._stopping_for_fault = False
        self._said = ""
        self._waits_since = math.inf
        self._inputs: list[Callable[[], None]] = []
        self._outputs: list[Publisher] = []
        self._reception = Reception(self)
        self._urgent: list[Callable[[], None]] = []
        self._interruption = self.create_guard_condition(lambda: None)
        parameters.declare(self, ShellSettings)
        self.settings = parameters.read(self, ShellSettings)
        self._wanted = self.settings.autostart
        self.finished = False
        self.exits_when_finished = False
        self.failure = ""
        self._component = component(self)
        self._look_at_unknown_parameters()
        if bus is not None:
            for topic in self._component.publishes:
                bus.advertise(self.resolve_topic_name(topic))
        self._diagnostics = self.create_publisher(DiagnosticArray, "/diagnostics", 10)
        self._steady = Clock(clock_type=ClockType.STEADY_TIME)
        # One timer, and a slow one: every time it fires costs the executor a millisecond.
        self.create_timer(_CARE_S, self._tend, clock=self._steady)
        self.add_post_set_parameters_callback(self._parameters_changed)

    # -- topics -------------------------------------------------------------------------------

    def advertise(self, topic: str, kind: type[Any], qos: QoSProfile) -> Output:
        """Make an output; it lives until cleanup."""
        publisher = self.create_publisher(kind, topic, qos)
        self._outputs.append(publisher)
        latched = qos.durability == DurabilityPolicy.TRANSIENT_LOCAL
        return Output(publisher, self.bus, latched, lambda: self.may_publish)

    def listen(
        self,
        topic: str,
        kind: type[Any],
        qos: QoSProfile,
        callback: Callable[[Any], None],
        *,
        when_inactive: bool = False,
        also_from_afar: bool = False,
        promptly: bool = False,
        unlocked: bool = False,
    ) -> None:
        """Call `callback` with each message while the node is active, until cleanup.

        A topic that a node of this process publishes is taken from it directly, on the
        publisher's thread. What else comes while active is data, and is taken on a thread of
        its own; what also comes while inactive is rare, and left to the executor unless it is to
        be taken `promptly`.

        With `also_from_afar` a topic that nodes elsewhere publish as well is heard by DDS too;
        what this process publishes then comes twice.

        An `unlocked` callback sees to its own locking. It never has to wait for this node, which
        may itself be waiting for the publisher's thread.
        """

        def guarded(message: Any) -> None:
            with nullcontext() if unlocked else self.lock:
                if self.active or when_inactive:
                    self._run(callback, message)

        resolved = self.resolve_topic_name(topic)
        if self.bus is not None and self.bus.advertises(resolved):
            bus = self.bus
            self._inputs.append(lambda: bus.unsubscribe(resolved, guarded))
            bus.subscribe(resolved, guarded)
            if not also_from_afar:
                return
        if when_inactive and not promptly:
            subscription: Subscription = self.create_subscription(kind, topic, guarded, qos)
            self._inputs.append(lambda: self.destroy_subscription(subscription))
        else:
            received = self._reception.subscribe(topic, kind, qos, guarded)
            self._inputs.append(lambda: self._reception.unsubscribe(received))

    def every(self, period: float, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` every `period` s of steady time, until cleanup or what is returned."""

        def guarded() -> None:
            with self.lock:
                callback()

        def stop() -> None:
            if stop in self._inputs:
                self._inputs.remove(stop)
                self.destroy_timer(timer)

        timer = self.create_timer(period, guarded, clock=self._steady)
        self._inputs.append(stop)
        return stop

    def when_asked_to_stop(self, callback: Callable[[], None]) -> None:
        """Call `callback` the moment this node is asked to stop, until cleanup.

        It comes on whatever thread that is noticed on, without this node's lock, and before the
        node is deactivated: for what must not wait, such as a command that stops a robot.
        """

        def undo() -> None:
            self._urgent.remove(callback)

        self._urgent.append(callback)
        self._inputs.append(undo)

    def ask_to_stop(self) -> None:
        """Say that this node is about to be closed, and end the waiting of its executor.

        May be called from any thread, and after `close`.
        """
        try:
            for callback in tuple(self._urgent):
                callback()
        finally:
            # Waking the executor is not enough: it would go on waiting for something to do.
            with suppress(InvalidHandle):
                self._interruption.trigger()

    def publisher_count(self, topic: str) -> int:
        """Count the publishers of a topic, on whatever machine."""
        return int(self.count_publishers(self.resolve_topic_name(topic)))

    def _run(self, callback: Callable[[Any], None], message: Any) -> None:
        try:
            callback(message)
        except Refused as refusal:
            self.stop_with(str(refusal))

    # -- states -------------------------------------------------------------------------------

    def try_to_start(self) -> None:
        """With autostart, bring the node to active if it is not and can be."""
        with self.lock:
            if not self._wanted or self._starting or self.active:
                return
            self._starting = True
            try:
                if self._phase == "unconfigured":
                    self.trigger_configure()
                if self._phase == "inactive":
                    self.trigger_activate()
            finally:
                self._starting = False

    def _tend(self) -> None:
        if self._reception.failure is not None:
            raise self._reception.failure
        with self.lock:
            if self.active and self._component.finished:
                self._finish()
        self.try_to_start()
        self._report()

    def _finish(self) -> None:
        if self.failure:
            self._wanted = False
            self.stop_with(self.failure)
        else:
            self.get_logger().info("finished")
            self._wait_until_received(_LAST_MESSAGES_S)
            self.trigger_deactivate()
        self.finished = True

    def _wait_until_received(self, longest: float) -> None:
        """Give reliable readers time to get the last messages: the process may end after this."""
        deadline = time.monotonic() + longest
        for publisher in self._outputs:
            remaining = max(deadline - time.monotonic(), 0.0)
            publisher.wait_for_all_acked(Duration(nanoseconds=round(1e9 * remaining)))

    @property
    def failed(self) -> bool:
        """Whether the component has come to its end too early."""
        return self.finished and bool(self.failure)

    def stop_with(self, fault: str) -> None:
        """Deactivate because of `fault`, which is logged and reported until the next start."""
        with self.lock:
            if self.active:
                self._stopping_for_fault = True
                self.trigger_deactivate()
                self._stopping_for_fault = False
            self._refuse(Refused(fault))
            # Whoever drives a robot by what this node says should not wait a second for it.
            self._report()

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Lifecycle transition."""
        with self.lock:
            try:
                self._component.configure()
            except Exception as error:
                self._let_go()
                return self._refuse(error)
            self._phase = "inactive"
            return super().on_configure(state)

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Lifecycle transition."""
        with self.lock:
            # What the component latches while it starts has to go out.
            self.may_publish = True
            try:
                self._component.parameters_changed()
                self._component.activate()
            except Exception as error:
                self.may_publish = False
                return self._refuse(error)
            self.fault = self._said = ""
            self._waits_since = math.inf
            self.active = True
            self.finished = False
            self._wanted = self.settings.autostart
            self._phase = "active"
            self.get_logger().info("active")
            return super().on_activate(state)

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Lifecycle transition."""
        with self.lock:
            # Whoever stops this node by hand does not want it to start again by itself.
            self._wanted = self._wanted and self._stopping_for_fault
            self._deactivate()
            self._phase = "inactive"
            return super().on_deactivate(state)

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Lifecycle transition."""
        with self.lock:
            self._wanted = False
            self._component.cleanup()
            self._let_go()
            self._phase = "unconfigured"
            return super().on_cleanup(state)

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Lifecycle transition."""
        with self.lock:
            self._wanted = False
            self._deactivate()
            self._component.cleanup()
            self._let_go()
            self._phase = "finalized"
            return super().on_shutdown(state)

    def on_error(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Lifecycle transition: a callback above raised what it should not have."""
        with self.lock:
            self._wanted = False
            self._deactivate()
            self._component.cleanup()
            self._let_go()
            self._phase = "unconfigured"
            self._refuse(Refused(f"internal error on the way from '{state.label}'"))
            return TransitionCallbackReturn.SUCCESS

    def close(self) -> None:
        """Stop and let go of everything, from whatever state."""
        with self.lock:
            self._deactivate()
            self._wait_until_received(_PARTING_S)
            self._component.cleanup()
            self._let_go()
        self._reception.close()
        self.destroy_node()

    def _deactivate(self) -> None:
        if self.active:
            self._component.deactivate()
        self.active = self.may_publish = False

    def _let_go(self) -> None:
        for undo in tuple(self._inputs):
            undo()
        for publisher in self._outputs:
            self.destroy_publisher(publisher)
        self._inputs.clear()
        self._outputs.clear()

    def _refuse(self, refusal: Exception) -> TransitionCallbackReturn:
        self.fault = str(refusal)
        if not isinstance(refusal, (Refused, SettingError)):
            # Nothing that a user should see: an error of ours, or of a device plugin.
            self.fault = f"{type(refusal).__name__}: {refusal}"
            trace = "".join(traceback.format_exception(refusal))
            self.get_logger().debug(trace)
        self.waits = isinstance(refusal, NotReady)
        # With autostart the same refusal comes every second: say it once.
        if self.fault != self._said and self._is_worth_saying():
            self._said = self.fault
            # On lines of their own: rclpy refuses a second severity from the same line.
            if isinstance(refusal, NotReady):
                self.get_logger().info(self.fault)
            else:
                self.get_logger().error(self.fault)
        return TransitionCallbackReturn.FAILURE

    def _is_worth_saying(self) -> bool:
        """Tell whether a refusal is more than the short wait that every start has."""
        if not self.waits:
            self._waits_since = math.inf
            return True
        now = time.monotonic()
        self._waits_since = min(self._waits_since, now)
        return not self._starting or now - self._waits_since >= _USUAL_WAIT_S

    # -- parameters and diagnostics -----------------------------------------------------------

    def _look_at_unknown_parameters(self) -> None:
        """Refuse what must be a slip, and name what else rclpy would ignore without a word.

        Raises
        ------
        SettingError
            If a parameter that was given is spelt almost like one that there is.
        """
        for name in parameters.unknown(self):
            if near := get_close_matches(name, parameters.names(self), 1, _NEARLY):
                raise SettingError(
                    f"{self.get_name()}: there is no parameter '{name}'; did you mean '{near[0]}'?"
                )
            # A section for all nodes may well name what only others have.
            self.get_logger().warning(f"there is no parameter '{name}' here: it is ignored")

    def _parameters_changed(self, changed: list[Parameter]) -> None:
        with self.lock:
            if self.active:
                self._component.parameters_changed()

    def _report(self) -> None:
        with self.lock:
            status = self._component.status(time.monotonic()) if self.active else Status()
            if not self.active:
                level = Level.ERROR if self.fault else Level.WARN
                status = Status(level, self.fault or self._phase)
        stamp = self.get_clock().now().to_msg()
        name = self.get_fully_qualified_name()
        self._diagnostics.publish(diagnostics(stamp, name, self._phase, status))
