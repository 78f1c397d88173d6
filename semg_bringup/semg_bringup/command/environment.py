# SPDX-License-Identifier: Apache-2.0
"""Makes the command work without anything being sourced."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

_PREFIXES = "AMENT_PREFIX_PATH"
_LIBRARIES = "LD_LIBRARY_PATH"
_RANGE = "ROS_AUTOMATIC_DISCOVERY_RANGE"


def prepare_environment() -> None:
    """Find our packages in this Python's prefix, and keep the graph to this machine.

    Both only where the environment does not say otherwise. Has to come before rclpy.
    """
    prefixes = [prefix for prefix in os.environ.get(_PREFIXES, "").split(os.pathsep) if prefix]
    if not any(_has_messages(prefix) for prefix in prefixes) and _has_messages(sys.prefix):
        os.environ[_PREFIXES] = os.pathsep.join([sys.prefix, *prefixes])
    os.environ.setdefault(_RANGE, "LOCALHOST")


def restart_with_libraries() -> None:
    """Start this program again if the loader would not find the libraries of our messages.

    So it is after ``make`` beside a ROS 2 installation; the loader only looks at the
    environment that a program was started with.
    """
    paths = library_paths(os.environ, Path(sys.prefix))
    if paths is not None:
        os.execve(sys.executable, sys.orig_argv, {**os.environ, _LIBRARIES: paths})


def library_paths(environment: Mapping[str, str], prefix: Path) -> str | None:
    """Return what ``LD_LIBRARY_PATH`` has to be, or None if it can stay as it is."""
    ours = str(prefix / "lib")
    paths = [path for path in environment.get(_LIBRARIES, "").split(os.pathsep) if path]
    if "ROS_DISTRO" not in environment or not _has_messages(str(prefix)) or ours in paths:
        return None
    return os.pathsep.join([ours, *paths])


def _has_messages(prefix: str) -> bool:
    return Path(prefix, "share", "semg_msgs").is_dir()
