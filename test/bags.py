# SPDX-License-Identifier: Apache-2.0
"""Reads bags by the library, not by our own code."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

from rclpy.serialization import deserialize_message
from rosbags.highlevel import AnyReader

from test.listening import TOPICS


def read(path: Path) -> dict[str, list[Any]]:
    """Return the messages of each topic, by relative name, in the order of the recording."""
    messages: dict[str, list[Any]] = defaultdict(list)
    with AnyReader([path]) as reader:
        for connection, _, data in reader.messages():
            topic = connection.topic.lstrip("/")
            if topic in TOPICS:
                messages[topic].append(deserialize_message(data, TOPICS[topic]))
    return messages
