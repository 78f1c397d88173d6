# SPDX-License-Identifier: Apache-2.0
"""Takes the messages of a data stream on a thread of its own.

For every message rclpy's executor gathers all entities of its nodes, builds a wait set from
them and wraps the callback in a task: 0.3 to 0.6 ms of CPU. Here the wait set stays as it is
for as long as the subscriptions do.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Any

from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.event_handler import SubscriptionEventCallbacks
from rclpy.exceptions import InvalidHandle
from rclpy.guard_condition import GuardCondition
from rclpy.impl.implementation_singleton import rclpy_implementation as _rclpy
from rclpy.node import Node
from rclpy.qos import QoSProfile
from rclpy.subscription import Subscription

_NO_TIMEOUT = -1
# An executor that waits for a subscription's events is woken, in Fast DDS, by its data too. Of
# qualities of service that do not fit, the publisher warns.
_NO_EVENTS = SubscriptionEventCallbacks(use_default_callbacks=False)


class _TakenElsewhere(ReentrantCallbackGroup):
    """Keeps an executor from taking messages."""

    def can_execute(self, entity: Any) -> bool:
        return False


class Reception:
    """Calls back with each message of its subscriptions, one at a time, on its own thread.

    Parameters
    ----------
    node : Node
        Whose subscriptions they are. An executor may spin it all the while.

    Attributes
    ----------
    failure : BaseException or None
        What a callback raised; nothing is received after it.
    """

    def __init__(self, node: Node) -> None:
        self.failure: BaseException | None = None
        self._node = node
        self._group = _TakenElsewhere()
        self._changed = GuardCondition(None, None, context=node.context)
        node.context.on_shutdown(self._wake)
        self._lock = threading.Lock()
        self._subscriptions: tuple[Subscription, ...] = ()
        self._closing = False
        self._thread: threading.Thread | None = None

    def subscribe(
        self, topic: str, kind: type[Any], qos: QoSProfile, callback: Callable[[Any], None]
    ) -> Subscription:
        """Call `callback` with each message of a topic from now on."""
        subscription = self._node.create_subscription(
            kind, topic, callback, qos, callback_group=self._group, event_callbacks=_NO_EVENTS
        )
        with self._lock:
            self._subscriptions += (subscription,)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="reception", daemon=True)
            self._thread.start()
        self._wake()
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """Undo `subscribe`; a message that was taken already may still come."""
        with self._lock:
            self._subscriptions = tuple(s for s in self._subscriptions if s is not subscription)
        self._wake()
        self._node.destroy_subscription(subscription)

    def close(self) -> None:
        """Stop the thread. Not to be called with a lock held that a callback waits for."""
        self._closing = True
        self._wake()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()
        self._changed.destroy()

    def _wake(self) -> None:
        with suppress(InvalidHandle):  # closed already
            self._changed.trigger()

    def _run(self) -> None:
        try:
            while not self._closing and self._node.context.ok():
                with self._lock:
                    subscriptions = self._subscriptions
                with suppress(InvalidHandle):  # destroyed just now: the next round knows
                    self._serve(subscriptions)
        except BaseException as error:
            self.failure = error

    def _serve(self, subscriptions: tuple[Subscription, ...]) -> None:
        """Receive until the subscriptions change."""
        context = self._node.context
        with ExitStack() as in_use:
            # What is in use is not destroyed under the wait.
            for handle in (context.handle, self._changed.handle):
                in_use.enter_context(handle)
            for subscription in subscriptions:
                in_use.enter_context(subscription.handle)
            wait_set = _rclpy.WaitSet(len(subscriptions), 1, 0, 0, 0, 0, context.handle)
            while subscriptions is self._subscriptions and not self._closing and context.ok():
                wait_set.clear_entities()
                wait_set.add_guard_condition(self._changed.handle)
                for subscription in subscriptions:
                    wait_set.add_subscription(subscription.handle)
                wait_set.wait(_NO_TIMEOUT)
                ready = wait_set.get_ready_entities("subscription")
                for subscription in subscriptions:
                    if subscription.handle.pointer in ready:
                        taken = subscription.handle.take_message(subscription.msg_type, False)
                        if taken is not None:
                            subscription.callback(taken[0])
