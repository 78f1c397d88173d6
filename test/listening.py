# SPDX-License-Identifier: Apache-2.0
"""Receives what a graph publishes, as a further consumer that loses nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import rclpy
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from lifecycle_msgs.srv import ChangeState, GetState
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.qos import HistoryPolicy, QoSProfile, ReliabilityPolicy
from rclpy.signals import SignalHandlerOptions

from semg_msgs.msg import (
    EmgChunk,
    EmgInfo,
    GestureEvent,
    GestureProbabilities,
    HandwritingText,
    MpfFrame,
    SimulationTruth,
    StreamProgress,
    WristVelocity,
)
from semg_node.qos import LATCHED, STREAM
from test import offline
from test.endings import LAST_SAMPLE, last_messages

NAME = "listener"
TOPICS = {
    "emg/info": EmgInfo,
    "emg/raw": EmgChunk,
    "emg/conditioned": EmgChunk,
    "emg/mpf/wrist": MpfFrame,
    "emg/mpf/handwriting": MpfFrame,
    "gesture/probabilities": GestureProbabilities,
    "gesture/event": GestureEvent,
    "wrist/velocity": WristVelocity,
    "handwriting/text": HandwritingText,
    "simulation/truth": SimulationTruth,
}
ALWAYS_THERE = tuple(topic for topic in TOPICS if topic != "handwriting/text")
"""Topics that a graph has unless something else is asked for."""
_EVERYTHING = QoSProfile(
    history=HistoryPolicy.KEEP_LAST, depth=20_000, reliability=ReliabilityPolicy.RELIABLE
)
_PROGRESS_EVERY = 10
_LOOK_S = 0.02
# A publisher that is seen may not see this reader yet.
_LOOKS = 15


class Listener:
    """Keeps every message of some topics of a graph.

    It takes part in a paced playback under the name ``listener``: name it in ``wait_for``.
    """

    def __init__(self, domain: int, namespace: str = "", topics: Sequence[str] = ()) -> None:
        self.messages: dict[str, list[Any]] = {topic: [] for topic in topics or ALWAYS_THERE}
        self.times: dict[str, list[float]] = {topic: [] for topic in self.messages}
        self.diagnostics: dict[str, DiagnosticStatus] = {}
        self._values: dict[str, dict[str, str]] = {}
        self._reports: dict[str, int] = {}
        self._context = Context()
        rclpy.init(
            context=self._context,
            domain_id=domain,
            signal_handler_options=SignalHandlerOptions.NO,
        )
        self.node = rclpy.create_node(NAME, context=self._context, namespace=namespace)
        self._progress = self.node.create_publisher(StreamProgress, "stream/progress", STREAM)
        self._subscriptions = {
            topic: self.node.create_subscription(
                TOPICS[topic],
                topic,
                lambda message, topic=topic: self._take(topic, message),
                LATCHED if topic == "emg/info" else _EVERYTHING,
            )
            for topic in self.messages
        }
        self.node.create_subscription(DiagnosticArray, "/diagnostics", self._diagnose, 100)
        self._ready_for = self._looks = 0
        self.node.create_timer(_LOOK_S, self._say_ready)
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self.node)
        self._closing = False
        self._thread = threading.Thread(target=self._spin, daemon=True)
        self._thread.start()

    def __getitem__(self, topic: str) -> list[Any]:
        return list(self.messages[topic])

    def publishers(self, topic: str) -> int:
        """Return how many publishers of a topic are there."""
        return int(self._subscriptions[topic].get_publisher_count())

    def wait(self, condition: Callable[[], Any], timeout: float = 30.0, what: str = "") -> Any:
        """Return what `condition` returns once that is true; fail after `timeout` s."""
        deadline = time.monotonic() + timeout
        while not (found := condition()):
            counts = {topic: len(messages) for topic, messages in self.messages.items()}
            states = {name: status.message for name, status in self.diagnostics.items()}
            assert time.monotonic() < deadline, (
                f"waited {timeout:g} s in vain for {what or 'messages'}; came: {counts}, {states}"
            )
            time.sleep(0.02)
        return found

    def wait_for(self, topic: str, count: int = 1, timeout: float = 30.0) -> list[Any]:
        """Return the messages of a topic once there are `count`."""
        self.wait(lambda: len(self.messages[topic]) >= count, timeout, f"{count} on {topic}")
        return self[topic]

    def wait_for_more(self, topic: str, count: int = 1, timeout: float = 30.0) -> list[Any]:
        """Return the messages of a topic from now on, once there are `count`."""
        before = len(self.messages[topic])
        return self.wait_for(topic, before + count, timeout)[before:]

    def wait_for_end(self, end: int, timeout: float = 60.0) -> None:
        """Wait until ``emg/raw`` has come to the sample before `end`, and all else as far as that.

        Only a last event may still be on its way: it is sent just after its probabilities.
        """
        self._wait_for_last("emg/raw", lambda message: LAST_SAMPLE["emg/raw"](message) == end - 1,
                            f"sample {end - 1}", timeout)  # fmt: skip
        lasts = last_messages(offline.pieces(self["emg/raw"]), self["emg/info"][-1])
        for topic, (stream_id, sample) in lasts.items():
            if topic in self.messages:
                self._wait_for_last(
                    topic,
                    lambda m, topic=topic, last=(stream_id, sample): (
                        (m.stream_id, LAST_SAMPLE[topic](m)) == last
                    ),
                    f"sample {sample} of stream {stream_id}",
                    timeout,
                )

    def _wait_for_last(
        self, topic: str, is_last: Callable[[Any], bool], what: str, timeout: float
    ) -> None:
        messages = self.messages[topic]
        self.wait(lambda: messages and is_last(messages[-1]), timeout, f"{what} on {topic}")

    def diagnosis(self, node: str) -> DiagnosticStatus | None:
        """Return the last that a node (absolute name) said on /diagnostics."""
        return self.diagnostics.get(node)

    def says(self, node: str) -> str:
        """Return the message of that; empty if there was none."""
        status = self.diagnostics.get(node)
        return str(status.message) if status is not None else ""

    def values(self, node: str) -> dict[str, str]:
        """Return the last values that a node (absolute name) gave on /diagnostics."""
        return self._values.setdefault(node, {})

    def reports(self, node: str) -> int:
        """Return how often a node (absolute name) has reported on /diagnostics."""
        return self._reports.get(node, 0)

    def phase(self, node: str) -> str:
        """Return the lifecycle state that a node (absolute name) last reported; empty if none."""
        return self.values(node).get("state", "")

    def state(self, node: str) -> str:
        """Ask a node for its lifecycle state."""
        return str(self.call(GetState, f"{node}/get_state").current_state.label)

    def change_state(self, node: str, transition: int) -> bool:
        """Ask a node for a lifecycle transition; tell whether it succeeded."""
        request = ChangeState.Request()
        request.transition.id = transition
        return bool(self.call(ChangeState, f"{node}/change_state", request).success)

    def call(self, kind: Any, service: str, request: Any = None, timeout: float = 30.0) -> Any:
        """Call a service and return its answer."""
        client = self.node.create_client(kind, service)
        try:
            assert client.wait_for_service(timeout), f"no service {service}"
            future = client.call_async(request or kind.Request())
            self.wait(future.done, timeout, f"an answer of {service}")
            return future.result()
        finally:
            self.node.destroy_client(client)

    def close(self) -> None:
        """Leave the graph."""
        self._closing = True
        self._executor.wake()
        self._thread.join(10)
        self._executor.shutdown()
        self.node.destroy_node()
        self._context.try_shutdown()

    def _spin(self) -> None:
        # Not `spin` and `shutdown`: that takes away what the spinning thread still uses.
        while not self._closing:
            self._executor.spin_once()

    def _take(self, topic: str, message: Any) -> None:
        self.messages[topic].append(message)
        self.times[topic].append(time.monotonic())
        if topic == "emg/raw" and message.sequence % _PROGRESS_EVERY == 0:
            self._report(
                message.stream_id, message.first_sample + len(message.data) // message.channels
            )

    def _say_ready(self) -> None:
        infos = self.messages.get("emg/info")
        if not infos or NAME not in infos[-1].paced_by or infos[-1].stream_id == self._ready_for:
            return
        connected = all(self.publishers(topic) for topic in self.messages)
        self._looks = self._looks + 1 if connected else 0
        if self._looks >= _LOOKS:
            self._ready_for = infos[-1].stream_id
            self._report(self._ready_for, 0)

    def _report(self, stream_id: int, next_sample: int) -> None:
        self._progress.publish(
            StreamProgress(node=NAME, stream_id=stream_id, next_sample=next_sample)
        )

    def _diagnose(self, message: DiagnosticArray) -> None:
        for status in message.status:
            node = status.name
            self.diagnostics[node] = status
            self._reports[node] = self.reports(node) + 1
            self.values(node).update({entry.key: entry.value for entry in status.values})
