# SPDX-License-Identifier: Apache-2.0
"""Says what the figures were measured on."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_PACKAGES = ("numpy", "scipy", "onnxruntime")


def describe_machine() -> dict[str, str]:
    """Return names and values of what matters for speed."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    return {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{memory:.0f} GiB",
        "load before": f"{load:.2f} (other programs share the cores if it is not near 0)",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        **{name: version(name) for name in _PACKAGES},
        "ros": _ros(),
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()


def _ros() -> str:
    distribution = os.environ.get("ROS_DISTRO", "")
    middleware = os.environ.get("RMW_IMPLEMENTATION", "default middleware")
    try:
        return f"rclpy {version('ros-rclpy')} from PyPI, {middleware}"
    except PackageNotFoundError:
        return f"{distribution}, {middleware}"
