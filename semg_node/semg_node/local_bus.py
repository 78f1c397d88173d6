# SPDX-License-Identifier: Apache-2.0
"""Hand-over of messages between nodes of one process, without DDS."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

Callback = Callable[[Any], None]


class LocalBus:
    """Delivers a message object to the local subscribers of a topic, on the publisher's thread.

    Subscribers share the object and must not change it.
    """

    def __init__(self) -> None:
        self._subscribers: dict[str, list[Callback]] = defaultdict(list)
        self._advertised: set[str] = set()
        self._latched: dict[str, Any] = {}

    def advertise(self, topic: str) -> None:
        """Announce that a node of this process publishes `topic` (fully resolved name)."""
        self._advertised.add(topic)

    def advertises(self, topic: str) -> bool:
        """Tell whether a node of this process publishes `topic`."""
        return topic in self._advertised

    def subscribe(self, topic: str, callback: Callback) -> None:
        """Call `callback` with each message on `topic`, and with the latched one at once."""
        self._subscribers[topic].append(callback)
        if topic in self._latched:
            callback(self._latched[topic])

    def unsubscribe(self, topic: str, callback: Callback) -> None:
        """Undo `subscribe`."""
        self._subscribers[topic].remove(callback)

    def hears(self, topic: str) -> bool:
        """Tell whether anybody in this process subscribes to `topic`."""
        return bool(self._subscribers.get(topic))

    def deliver(self, topic: str, message: Any, latch: bool = False) -> None:
        """Hand `message` to the subscribers of `topic`; keep it for later ones if `latch`."""
        if latch:
            self._latched[topic] = message
        for callback in tuple(self._subscribers[topic]):
            callback(message)
