# SPDX-License-Identifier: Apache-2.0
"""Another process that hears the decoded output, as a robot would."""

from __future__ import annotations

import time
from collections import defaultdict
from typing import Any

import numpy as np
import rclpy
from numpy.typing import NDArray

from semg_msgs.msg import GestureEvent, GestureProbabilities, WristVelocity
from semg_node.qos import STREAM
from semg_node.reception import Reception

_TOPICS = {
    "gesture/event": (GestureEvent, lambda message: message.sample),
    "gesture/probabilities": (GestureProbabilities, lambda message: message.samples[-1]),
    "wrist/velocity": (WristVelocity, lambda message: message.sample),
}
TOPICS = tuple(_TOPICS)
STEADY_TOPICS = ("gesture/probabilities", "wrist/velocity")
"""Those on which something comes all the time."""


class Listener:
    """Notes the last sample behind each message, and when the message was received.

    Parameters
    ----------
    namespace : str
        Of the graph.
    """

    def __init__(self, namespace: str) -> None:
        self._heard: dict[str, list[tuple[int, float]]] = defaultdict(list)
        self._node = rclpy.create_node("listener", namespace=namespace)
        self._reception = Reception(self._node)
        for topic, (kind, sample_of) in _TOPICS.items():
            self._reception.subscribe(topic, kind, STREAM, self._noting(topic, sample_of))

    def _noting(self, topic: str, sample_of: Any) -> Any:
        heard = self._heard[topic]

        def note(message: Any) -> None:
            heard.append((sample_of(message), time.monotonic()))

        return note

    def counts(self) -> dict[str, int]:
        """Return how many messages came on each topic so far."""
        return {topic: len(heard) for topic, heard in self._heard.items()}

    def heard(self, topic: str, since: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return sample index and time of receipt of what came after a steady time in s."""
        recent = [(sample, at) for sample, at in tuple(self._heard[topic]) if at > since]
        samples = np.array([sample for sample, _ in recent], dtype=np.int64)
        return samples, np.array([at for _, at in recent], dtype=np.float64)

    def close(self) -> None:
        """Stop listening; the graph then has no subscriber outside."""
        self._reception.close()
        self._node.destroy_node()
