# SPDX-License-Identifier: Apache-2.0
"""Tells a driver that plays a recording how far a node has come."""

from __future__ import annotations

from collections.abc import Callable

from rclpy.qos import QoSProfile

from semg_msgs.msg import EmgInfo, StreamProgress
from semg_node.shell import NodeShell

REPORT_S = 0.05
"""EMG, in s, between two reports."""
SETTLING_S = 0.3
"""Time from when the publisher of an input is seen until it surely sees this node as well."""
_LOOK_S = 0.05


class ProgressReport:
    """Publishes on ``stream/progress`` when the driver has asked this node to.

    Parameters
    ----------
    shell : NodeShell
        The node; its output is made here.
    qos : QoSProfile
        Of the topic.
    input_topic : str
        The stream that the node works on. The node is ready once that is connected, so that
        its first message is not missed.
    """

    def __init__(self, shell: NodeShell, qos: QoSProfile, input_topic: str) -> None:
        self._shell = shell
        self._name = shell.get_name()
        self._input = shell.resolve_topic_name(input_topic)
        self._connected = shell.bus is not None and shell.bus.advertises(self._input)
        self._looks = 0
        self._ready_for = 0
        self._stop_looking: Callable[[], None] | None = None
        self._output = shell.advertise("stream/progress", StreamProgress, qos)
        self._stream_id = 0
        self._reported = 0

    def ready(self, info: EmgInfo | None) -> None:
        """Say that the stream described by `info` can begin."""
        if info is None or self._name not in info.paced_by:
            return
        if self._connected:
            self._publish(info.stream_id, 0)
            return
        self._ready_for = info.stream_id
        if self._stop_looking is None:
            self._stop_looking = self._shell.every(_LOOK_S, self._look)

    def _look(self) -> None:
        self._looks = self._looks + 1 if self._shell.count_publishers(self._input) else 0
        if self._looks * _LOOK_S < SETTLING_S or not self._shell.active:
            return
        self._connected = True
        self._publish(self._ready_for, 0)
        if self._stop_looking is not None:
            self._stop_looking()

    def report(self, info: EmgInfo, next_sample: int) -> None:
        """Say that everything before `next_sample`, at the rate of ``emg/raw``, is done."""
        if self._name not in info.paced_by:
            return
        new = info.stream_id != self._stream_id
        if new or next_sample - self._reported >= REPORT_S * info.sample_rate:
            self._publish(info.stream_id, next_sample)

    def _publish(self, stream_id: int, next_sample: int) -> None:
        self._stream_id, self._reported = stream_id, next_sample
        self._output.publish(
            StreamProgress(node=self._name, stream_id=stream_id, next_sample=next_sample)
        )
