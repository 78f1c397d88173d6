# SPDX-License-Identifier: Apache-2.0
"""Receives the topics of a graph as serialised messages, by DDS."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from importlib import import_module
from typing import Any

from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile, ReliabilityPolicy
from rclpy.serialization import deserialize_message
from rclpy.subscription import Subscription

from semg_bringup.recording.ordering import Received
from semg_bringup.recording.topics import CHUNKS, INFO, RecordedTopic, resolve

# 5 s of 10 ms chunks.
_DEPTH = 500


def message_class(kind: str) -> type[Any]:
    """Return the Python class of a message type such as ``semg_msgs/msg/EmgChunk``."""
    package, _, name = kind.partition("/msg/")
    return getattr(import_module(f"{package}.msg"), name)


def describe(topic: str, stamp_ns: int, data: bytes, kind: str, message: Any = None) -> Received:
    """Return a message as it came, with what recording needs to know of it.

    Parameters
    ----------
    topic, stamp_ns, data
        As in `Received`.
    kind : str
        Its name relative to the graph.
    message : object
        The same message, if it is at hand; else it is made from `data` where needed.
    """
    if kind not in (INFO, CHUNKS):
        return Received(topic, stamp_ns, data)
    if message is None:
        name = "EmgInfo" if kind == INFO else "EmgChunk"
        message = deserialize_message(data, message_class(f"semg_msgs/msg/{name}"))
    if kind == INFO:
        return Received(topic, stamp_ns, data, message.stream_id)
    samples = len(message.data) // max(message.channels, 1)
    return Received(topic, stamp_ns, data, message.stream_id, message.first_sample, samples)


@dataclass
class _Open:
    topic: RecordedTopic
    subscription: Subscription
    reliable: bool
    latched: bool
    last_ns: int = 0


@dataclass
class TopicTaker:
    """Subscribes to topics as they appear, and takes what came.

    Messages are taken in batches and not through an executor, which would cost several times
    as much; their time of receipt is DDS's.

    Attributes
    ----------
    node : Node
        Need not be spun.
    topics : tuple of RecordedTopic
        What to receive.
    """

    node: Node
    topics: tuple[RecordedTopic, ...]
    _open: dict[str, _Open] = field(default_factory=dict)
    _complained: set[str] = field(default_factory=set)

    def look_around(self) -> list[str]:
        """Subscribe to what is new in the graph; return a line for each thing that is wrong."""
        complaints: list[str] = []
        for topic in self.topics:
            for name in self._members(topic):
                self._follow(name, topic, complaints)
        return complaints

    def kind(self, name: str) -> tuple[RecordedTopic, bool]:
        """Return what an absolute topic name is recorded as, and whether it is reliable."""
        return self._open[name].topic, self._open[name].reliable

    def take(self) -> list[Received]:
        """Return what came since the last call, in the order of receipt."""
        came: list[Received] = []
        for name, entry in self._open.items():
            handle, kind = entry.subscription.handle, entry.subscription.msg_type
            with handle:
                while (taken := handle.take_message(kind, True)) is not None:
                    data, info = taken
                    # DDS hands over in order, but what it had to ask for again was received late.
                    stamp = max(info["received_timestamp"] or time.time_ns(), entry.last_ns + 1)
                    entry.last_ns = stamp
                    came.append(describe(name, stamp, data, entry.topic.name))
        return sorted(came, key=lambda message: message.stamp_ns)

    def _members(self, topic: RecordedTopic) -> list[str]:
        name = resolve(self.node.get_namespace(), topic.name)
        if not topic.is_family:
            return [name]
        return [n for n, _ in self.node.get_topic_names_and_types() if fnmatchcase(n, name)]

    def _follow(self, name: str, topic: RecordedTopic, complaints: list[str]) -> None:
        publishers = self.node.get_publishers_info_by_topic(name)
        fitting = [p for p in publishers if p.topic_type == topic.kind]
        for other in {p.topic_type for p in publishers} - {topic.kind}:
            line = f"{name}: is published as {other}, must be {topic.kind}; not recorded"
            if line not in self._complained:
                self._complained.add(line)
                complaints.append(line)
        if topic.is_family and not fitting:
            return
        # What asks for more than is offered gets nothing.
        reliable = all(p.qos_profile.reliability != ReliabilityPolicy.BEST_EFFORT for p in fitting)
        latched = topic.latched and all(
            p.qos_profile.durability == DurabilityPolicy.TRANSIENT_LOCAL for p in fitting
        )
        now = self._open.get(name)
        if now is not None and (now.reliable, now.latched) == (reliable, latched):
            return
        if now is not None:
            self.node.destroy_subscription(now.subscription)
        subscription = self.node.create_subscription(
            message_class(topic.kind), name, _never_called, _profile(reliable, latched), raw=True
        )
        self._open[name] = _Open(topic, subscription, reliable, latched)


def _profile(reliable: bool, latched: bool) -> QoSProfile:
    return QoSProfile(
        history=HistoryPolicy.KEEP_LAST,
        depth=_DEPTH,
        reliability=ReliabilityPolicy.RELIABLE if reliable else ReliabilityPolicy.BEST_EFFORT,
        durability=DurabilityPolicy.TRANSIENT_LOCAL if latched else DurabilityPolicy.VOLATILE,
    )


def _never_called(message: Any) -> None:
    """Stand in as a callback; `TopicTaker.take` takes the messages."""
