# SPDX-License-Identifier: Apache-2.0
"""Quality of service of every topic."""

from __future__ import annotations

from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile, ReliabilityPolicy

# One lost chunk corrupts the state of an LSTM: 500 chunks of 10 ms bridge a stall of 5 s.
STREAM = QoSProfile(
    history=HistoryPolicy.KEEP_LAST, depth=500, reliability=ReliabilityPolicy.RELIABLE
)
LATCHED = QoSProfile(
    history=HistoryPolicy.KEEP_LAST,
    depth=1,
    reliability=ReliabilityPolicy.RELIABLE,
    durability=DurabilityPolicy.TRANSIENT_LOCAL,
)
SENSOR_DATA = QoSProfile(
    history=HistoryPolicy.KEEP_LAST, depth=50, reliability=ReliabilityPolicy.BEST_EFFORT
)


def stream_profile(reliable: bool) -> QoSProfile:
    """Return the profile of chunks, frames and events."""
    return STREAM if reliable else SENSOR_DATA
