# SPDX-License-Identifier: Apache-2.0
"""What the decoders say, from their topics to the engine."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from semg_msgs.msg import GestureEvent, GestureProbabilities, HandwritingText, WristVelocity
from semg_node.qos import stream_profile
from semg_node.shell import NodeShell
from semg_node.stamps import to_nanoseconds
from semg_teleop.heading import all_finite, heading, is_finite, is_possible
from semg_teleop.profile.profile import Profile
from semg_teleop.teleoperation import Teleoperation


class WearerInput:
    """Hands each message of a decoder to the engine, on the thread that brings it.

    Parameters
    ----------
    shell : NodeShell
        The node.
    lock : Lock
        Held while the engine is used.
    news : callable
        Called after a message that comes all the time.

    Attributes
    ----------
    engine : Teleoperation or None
        What takes the messages; None: nobody.
    """

    def __init__(self, shell: NodeShell, lock: threading.Lock, news: Callable[[], None]) -> None:
        self.engine: Teleoperation | None = None
        self._shell = shell
        self._lock = lock
        self._news = news
        self._newest_ns = 0

    def listen(self, profile: Profile) -> dict[str, type[Any]]:
        """Listen to all that a profile needs; return the topics and their types."""
        topics: dict[str, tuple[type[Any], Callable[[Any], None]]] = {
            "gesture/probabilities": (GestureProbabilities, self._on_probabilities),
            "gesture/event": (GestureEvent, self._on_event),
        }
        if profile.uses_wrist:
            topics["wrist/velocity"] = (WristVelocity, self._on_wrist)
        if profile.uses_handwriting:
            topics["handwriting/text"] = (HandwritingText, self._on_text)
        qos = stream_profile(self._shell.settings.reliable)
        for topic, (kind, callback) in topics.items():
            self._shell.listen(topic, kind, qos, callback, unlocked=True)
        return {topic: kind for topic, (kind, _) in topics.items()}

    def take_newest(self) -> int:
        """Return the latest sample time in ns since this was last called; 0 if nothing came."""
        newest, self._newest_ns = self._newest_ns, 0
        return newest

    def _now_ns(self) -> int:
        return int(self._shell.get_clock().now().nanoseconds)

    def _on_probabilities(self, message: GestureProbabilities) -> None:
        what = heading(message, self._now_ns(), finite=all_finite(message))
        with self._lock:
            if self.engine is None:
                return
            now = time.monotonic()
            self.engine.hear_probabilities(now, what, message.gestures, message.held)
            self._newest_ns = to_nanoseconds(message.header.stamp)
        self._news()

    def _on_event(self, message: GestureEvent) -> None:
        what = heading(message, self._now_ns(), finite=is_finite(message.probability))
        with self._lock:
            if self.engine is not None:
                self.engine.hear_event(time.monotonic(), what, message.name)

    def _on_wrist(self, message: WristVelocity) -> None:
        what = heading(message, self._now_ns(), finite=is_possible(message.velocity))
        stamp = to_nanoseconds(message.header.stamp)
        with self._lock:
            if self.engine is None:
                return
            self.engine.hear_wrist(time.monotonic(), what, stamp, message.velocity)
            self._newest_ns = stamp
        self._news()

    def _on_text(self, message: HandwritingText) -> None:
        what = heading(message, self._now_ns())
        with self._lock:
            if self.engine is not None:
                self.engine.hear_text(time.monotonic(), what, message.text)
