# SPDX-License-Identifier: Apache-2.0
"""Makes the command work without anything being sourced."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_PREFIXES = "AMENT_PREFIX_PATH"
_RANGE = "ROS_AUTOMATIC_DISCOVERY_RANGE"


def prepare_environment() -> None:
    """Find our packages in this Python's prefix, and keep the graph to this machine.

    Both only where the environment does not say otherwise. Has to come before rclpy.
    """
    prefixes = [prefix for prefix in os.environ.get(_PREFIXES, "").split(os.pathsep) if prefix]
    if not any(_has_messages(prefix) for prefix in prefixes) and _has_messages(sys.prefix):
        os.environ[_PREFIXES] = os.pathsep.join([sys.prefix, *prefixes])
    os.environ.setdefault(_RANGE, "LOCALHOST")


def _has_messages(prefix: str) -> bool:
    return Path(prefix, "share", "semg_msgs").is_dir()
