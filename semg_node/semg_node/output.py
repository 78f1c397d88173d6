# SPDX-License-Identifier: Apache-2.0
"""Publishing, by the rules of the lifecycle, within a process and beyond it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rclpy.publisher import Publisher

from semg_node.local_bus import LocalBus


class Output:
    """Publishes one topic, to this process directly and to everyone else by DDS.

    Parameters
    ----------
    publisher : Publisher
        The topic for everyone else.
    bus : LocalBus or None
        The topic for this process.
    latched : bool
        Whether late subscribers get the last message.
    may_publish : callable
        Whether the node is in a state to publish: else messages are dropped, as by rclpy's
        lifecycle publishers.
    """

    def __init__(
        self,
        publisher: Publisher,
        bus: LocalBus | None,
        latched: bool,
        may_publish: Callable[[], bool],
    ) -> None:
        self._may_publish = may_publish
        self._publisher = publisher
        self._bus = bus
        self._latched = latched
        self._topic = publisher.topic_name

    @property
    def heard(self) -> bool:
        """Whether anybody subscribes, in this process or outside: what else is work for nothing."""
        if self._bus is not None and self._bus.hears(self._topic):
            return True
        return self._publisher.get_subscription_count() > 0

    def publish(self, message: Any) -> None:
        """Publish, unless the node is not active."""
        if not self._may_publish():
            return
        if self._bus is not None:
            self._bus.deliver(self._topic, message, self._latched)
        # Serialising for nobody is most of the cost; only latched messages are kept for later.
        if self._latched or self._publisher.get_subscription_count() > 0:
            self._publisher.publish(message)
