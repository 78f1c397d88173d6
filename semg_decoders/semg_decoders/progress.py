# SPDX-License-Identifier: Apache-2.0
"""Tells a driver that plays a recording how far a node has come."""

from __future__ import annotations

from rclpy.qos import QoSProfile

from semg_msgs.msg import EmgInfo, StreamProgress
from semg_node.shell import NodeShell

REPORT_S = 0.05
"""EMG, in s, between two reports."""


class ProgressReport:
    """Publishes on ``stream/progress`` when the driver has asked this node to.

    Parameters
    ----------
    shell : NodeShell
        The node; its output is made here.
    qos : QoSProfile
        Of the topic.
    """

    def __init__(self, shell: NodeShell, qos: QoSProfile) -> None:
        self._name = shell.get_name()
        self._output = shell.advertise("stream/progress", StreamProgress, qos)
        self._stream_id = 0
        self._reported = 0

    def ready(self, info: EmgInfo | None) -> None:
        """Say that the stream described by `info` can begin."""
        if info is not None and self._name in info.paced_by:
            self._publish(info.stream_id, 0)

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
