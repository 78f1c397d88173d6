# SPDX-License-Identifier: Apache-2.0
"""Latency of commands, from EMG to the robot, with the whole graph running.

It begins when the device has handed over the chunk with the last sample behind a decoded wrist
velocity, and ends when the command that this velocity became has been received in another
process: from the teleoperation node, and from the command watchdog behind it. Which command
belongs to which velocity is seen by its value: `teleop_profile.yaml` maps one to the other
without limits on growth. What the algorithm itself waits for is not in it.
"""

from __future__ import annotations

import itertools
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rclpy
from geometry_msgs.msg import TwistStamped
from numpy.typing import NDArray
from std_msgs.msg import Bool

from semg_msgs.msg import TeleopState, WristVelocity
from semg_node.qos import LATCHED, SENSOR_DATA, STREAM
from semg_node.reception import Reception
from semg_teleop.mapping.response import share
from semg_teleop.profile.profile import WristVelocity as WristVelocitySource
from semg_teleop.profile.reading import load_profile
from test.bench.bundles import Bundles
from test.bench.graph_figures import SETTLE_S, Latency, latency_of
from test.bench.graph_processes import PATIENCE_S, GraphNotRunning, GraphProcesses
from test.bench.timed_simulator import HandOvers

PROFILE = Path(__file__).parent / "teleop_profile.yaml"
GATE, WATCHDOG = "command", "command_out"
TOPICS = {GATE: "teleop", WATCHDOG: "teleop and command_watchdog"}
_SWITCH_EVERY_S = 0.02
_PRESSES = 50
"""Messages of the switch in which it is let go and pressed once."""
# Two velocities that are closer than this cannot be told apart in a command.
_EQUAL = 1e-6
_LOOK_AHEAD = 200
"""Commands: more than come in a second."""


@dataclass(frozen=True)
class _Heard:
    value: float
    at: float


class Robot:
    """Keeps the dead-man switch pressed, and notes commands and the velocities behind them."""

    def __init__(self, namespace: str) -> None:
        self._node = rclpy.create_node("robot", namespace=namespace)
        self._switch = self._node.create_publisher(Bool, "teleop/dead_man", SENSOR_DATA)
        self._reception = Reception(self._node)
        self._velocities: list[tuple[int, float]] = []
        self._commands: dict[str, list[_Heard]] = {topic: [] for topic in TOPICS}
        self.state: TeleopState | None = None
        self.engagements = 0
        self._ending = threading.Event()
        subscribe = self._reception.subscribe
        subscribe("wrist/velocity", WristVelocity, STREAM, self._on_velocity)
        subscribe("teleop/state", TeleopState, LATCHED, self._on_state)
        for topic in TOPICS:
            subscribe(topic, TwistStamped, SENSOR_DATA, self._noting(topic))
        self._thread = threading.Thread(target=self._press, daemon=True)
        self._thread.start()

    def _noting(self, topic: str) -> Callable[[Any], None]:
        heard = self._commands[topic]

        def note(message: TwistStamped) -> None:
            heard.append(_Heard(message.twist.linear.x, time.monotonic()))

        return note

    def _on_velocity(self, message: WristVelocity) -> None:
        self._velocities.append((message.sample, message.velocity))

    def _on_state(self, message: TeleopState) -> None:
        self.state = message
        self.engagements = message.engagements

    def _press(self) -> None:
        """Press the switch; let go and press again whenever something has stopped the robot."""
        for count in itertools.count():
            if self._ending.wait(_SWITCH_EVERY_S):
                return
            let_go = not self.engaged and count % _PRESSES < _PRESSES // 2
            self._switch.publish(Bool(data=not let_go))

    @property
    def engaged(self) -> bool:
        """Whether commands pass."""
        return self.state is not None and self.state.state == TeleopState.ENGAGED

    def pairs(self, topic: str, since: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the sample behind each velocity, and when its command was received first."""
        source = load_profile(PROFILE).modes[0].bindings[0].source
        assert isinstance(source, WristVelocitySource)
        wanted = [(sample, 10.0 * share(v, source.response)) for sample, v in self._velocities]
        # While the wrist rests, any number of zeros go out, which belong to no velocity.
        commands = [one for one in tuple(self._commands[topic]) if abs(one.value) >= _EQUAL]
        samples, times, position = [], [], 0
        for sample, value in wanted:
            if abs(value) < _EQUAL:
                continue
            found = _first(commands, position, value)
            # A velocity that was overtaken by the next one before a cycle became no command.
            if found is not None:
                position = found
                if commands[found].at > since:
                    samples.append(sample)
                    times.append(commands[found].at)
        return np.array(samples, dtype=np.int64), np.array(times)

    def close(self) -> None:
        """Let go."""
        self._ending.set()
        self._thread.join()
        self._reception.close()
        self._node.destroy_node()


def _first(commands: Sequence[_Heard], position: int, value: float) -> int | None:
    """Return where a value comes first, not too far behind a position."""
    for index in range(position, min(position + _LOOK_AHEAD, len(commands))):
        if abs(commands[index].value - value) < _EQUAL:
            return index
    return None


def measure_commands(
    arrangement: str, seconds: float, bundles: Bundles, namespace: str, say: Callable[[str], None]
) -> dict[str, Latency]:
    """Drive for `seconds`, and return the latency of commands by what they came through.

    Raises
    ------
    GraphNotRunning
        If the graph does not start, or does not engage.
    """
    with tempfile.TemporaryDirectory(prefix="semg-bench-") as folder:
        robot = Robot(namespace)
        graph = GraphProcesses(arrangement, bundles, namespace, Path(folder), teleop=PROFILE)
        try:
            say(f"{arrangement}: starting, with teleoperation")
            graph.wait_until_active()
            _engage(graph, robot)
            time.sleep(SETTLE_S)
            say(f"{arrangement}: driving for {seconds:g} s")
            since = time.monotonic()
            time.sleep(seconds)
            graph.check()
            if robot.engagements > 1:
                say(f"{arrangement}: driving was interrupted {robot.engagements - 1} times")
        finally:
            graph.stop()
            robot.close()
        hand_overs = HandOvers(graph.hand_overs)
        found = {}
        for topic, through in TOPICS.items():
            samples, received = robot.pairs(topic, since)
            found[through] = latency_of(received - hand_overs.of(samples))
    return found


def _engage(graph: GraphProcesses, robot: Robot) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not robot.engaged:
        graph.check()
        if time.monotonic() > deadline:
            raise GraphNotRunning(f"not engaged after {PATIENCE_S:g} s: {robot.state}")
        time.sleep(0.05)
