# SPDX-License-Identifier: Apache-2.0
"""Whoever wears the simulated band, with a dead-man switch in the other hand."""

from __future__ import annotations

import threading
import time
from typing import Any

import rclpy
from geometry_msgs.msg import TwistStamped
from rcl_interfaces.srv import SetParameters
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.parameter import Parameter
from rclpy.signals import SignalHandlerOptions
from std_msgs.msg import Bool

from semg_msgs.msg import GestureProbabilities, TeleopState, WearerIntent
from semg_node.qos import LATCHED, STREAM
from semg_node.reception import Reception
from semg_teleop.outputs.qos import COMMAND
from test.processes import wait_until

_PRESSES_PER_S = 100.0
_SEEN = 5
_STATE_HOLDS_S = 0.5
"""The state comes ten times a second."""
_SILENT = "teleop/state is silent"
_ADVERSE_SPEED = 0.2


class Wearer:
    """Presses and releases a dead-man switch, does gestures, and sees the state.

    Parameters
    ----------
    domain : int
        ROS domain.
    """

    def __init__(self, domain: int) -> None:
        self._state = TeleopState()
        self._state_came = -_STATE_HOLDS_S
        self._rivals: list[Any] = []
        self._longest_pause = 0.0
        self._said_released = 0
        self._context = Context()
        rclpy.init(
            context=self._context, domain_id=domain, signal_handler_options=SignalHandlerOptions.NO
        )
        self._node = node = rclpy.create_node("wearer", context=self._context)
        self._dead_man = node.create_publisher(Bool, "teleop/dead_man", STREAM)
        self._intent = node.create_publisher(WearerIntent, "simulation/intent", STREAM)
        self._reception = Reception(node)
        self._reception.subscribe("teleop/state", TeleopState, LATCHED, self._see)
        self._parameters = node.create_client(SetParameters, "driver/set_parameters")
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(node)
        self._pressed = False
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=run) for run in (self._spin, self._hold)]
        for thread in self._threads:
            thread.start()

    def engaged(self) -> bool:
        """Tell whether teleop says at this time that commands go out."""
        return self._is_heard() and bool(self._state.state == TeleopState.ENGAGED)

    def obstacles(self) -> list[str]:
        """Return what teleop says stands in the way of engaging."""
        return list(self._state.obstacles) if self._is_heard() else [_SILENT]

    def reason(self) -> str:
        """Return why teleop is not engaged, as it says at this time."""
        return str(self._state.reason) if self._is_heard() else _SILENT

    def longest_pause(self) -> float:
        """Return the longest pause of the dead-man switch since `press`, in s.

        It is this test's own, and shall not be taken for what teleop does.
        """
        return self._longest_pause

    def press(self) -> None:
        """Press the dead-man switch."""
        self._longest_pause = 0.0
        self._pressed = True

    def release(self) -> None:
        """Let it go, for long enough to be seen: the switch is best effort to who listens."""
        self._said_released = 0
        self._pressed = False
        wait_until(lambda: self._said_released >= _SEEN, 10.0, "the switch to be let go of")

    def do(self, gesture: str) -> None:
        """Do a gesture as soon as possible."""
        self._intent.publish(WearerIntent(gesture=gesture, wrist_angle=float("nan")))

    def set_driver(self, **values: Any) -> None:
        """Set parameters of the simulated band while it runs."""
        given = [
            Parameter(f"simulator.{name}", value=value).to_parameter_msg()
            for name, value in values.items()
        ]
        request = SetParameters.Request(parameters=given)
        for result in self._call(self._parameters, request).results:
            assert result.successful, result.reason

    def rival_decoder(self) -> None:
        """Become a second publisher of ``gesture/probabilities``, which says nothing."""
        self._rivals.append(
            self._node.create_publisher(GestureProbabilities, "gesture/probabilities", STREAM)
        )

    def rival_commander(self) -> None:
        """Become a second publisher of commands, who wants to drive on whatever teleop does."""
        self._rivals.append(self._node.create_publisher(TwistStamped, "cmd_vel", COMMAND))

    def retire(self) -> None:
        """Be nobody's rival any more."""
        rivals, self._rivals = self._rivals, []
        for rival in rivals:
            self._node.destroy_publisher(rival)

    def close(self) -> None:
        """Leave the graph."""
        self._ended.set()
        self._executor.wake()
        for thread in self._threads:
            thread.join()
        self._reception.close()
        self._executor.shutdown()
        self._node.destroy_node()
        self._context.try_shutdown()

    def _call(self, client: Any, request: Any) -> Any:
        assert client.wait_for_service(10.0), f"no service {client.srv_name}"
        future = client.call_async(request)
        wait_until(future.done, 10.0, f"an answer of {client.srv_name}")
        return future.result()

    def _see(self, state: Any) -> None:
        self._state, self._state_came = state, time.monotonic()

    def _is_heard(self) -> bool:
        return time.monotonic() - self._state_came < _STATE_HOLDS_S

    def _spin(self) -> None:
        while not self._ended.is_set():
            self._executor.spin_once(timeout_sec=0.5)

    def _hold(self) -> None:
        due = last = time.monotonic()
        while not self._ended.wait(max(due - time.monotonic(), 0.0)):
            now = time.monotonic()
            self._longest_pause = max(self._longest_pause, now - last)
            last, due = now, max(due + 1.0 / _PRESSES_PER_S, now)
            pressed = self._pressed
            self._dead_man.publish(Bool(data=pressed))
            self._said_released += not pressed
            for rival in self._rivals:
                if rival.msg_type is TwistStamped:
                    rival.publish(self._adverse())

    def _adverse(self) -> Any:
        command = TwistStamped()
        command.header.stamp = self._node.get_clock().now().to_msg()
        command.twist.linear.x = _ADVERSE_SPEED
        return command
