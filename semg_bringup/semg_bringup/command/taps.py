# SPDX-License-Identifier: Apache-2.0
"""Listens to the topics of a graph in this process, and to those that come by DDS."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from rclpy.node import Node

from semg_bringup.recording.reception import message_class
from semg_bringup.recording.topics import TOPICS, resolve
from semg_node.qos import LATCHED, STREAM

if TYPE_CHECKING:
    from semg_bringup.one_process import OneProcess

_FAMILIES = {"emg/mpf/*": ("emg/mpf/wrist", "emg/mpf/handwriting")}


class Taps:
    """Hands messages of the graph to a view or a recorder.

    Parameters
    ----------
    process : OneProcess
        Its nodes' topics are taken directly; others by DDS, through a node that it spins.
    namespace : str
        Namespace of the graph.
    """

    def __init__(self, process: OneProcess, namespace: str) -> None:
        self._process = process
        self._node = Node(
            "semg_view",
            namespace=namespace or None,
            start_parameter_services=False,
            enable_rosout=False,
        )
        self.namespace = self._node.get_namespace()
        process.add_node(self._node)

    def attach(self, callbacks: Mapping[str, Callable[[Any], None]]) -> None:
        """Call each callback with the messages of its topic."""
        for topic in TOPICS:
            for name in _FAMILIES.get(topic.name, (topic.name,)):
                if name in callbacks:
                    self._listen(name, topic.kind, topic.latched, callbacks[name])

    def attach_all(self, feed: Callable[[str, Any], None]) -> None:
        """Call `feed` with topic and message of everything that is recorded."""
        for topic in TOPICS:
            for name in _FAMILIES.get(topic.name, (topic.name,)):
                absolute = resolve(self.namespace, name)
                self._listen(name, topic.kind, topic.latched, partial(feed, absolute))

    def _listen(self, name: str, kind: str, latched: bool, callback: Callable[[Any], None]) -> None:
        absolute = resolve(self.namespace, name)
        if self._process.bus.advertises(absolute):
            self._process.bus.subscribe(absolute, callback)
            return
        qos = LATCHED if latched else STREAM
        self._node.create_subscription(message_class(kind), absolute, callback, qos)
