# SPDX-License-Identifier: Apache-2.0
"""Two ways to keep a graph of processes alive: the real ``ros2 launch``, and one without it."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import signal
import threading
from pathlib import Path
from typing import Any

import yaml

from semg_bringup.graph import NODE_NAMES
from test.processes import Process, Processes

RESPAWN_DELAY_S = 0.5


def why_no_launch() -> str:
    """Say why ``ros2 launch`` cannot be used here; empty if it can."""
    if importlib.util.find_spec("launch_ros") is None:
        return "launch_ros is not importable: no ROS 2 installation is sourced"
    return "" if shutil.which("ros2") else "there is no ros2 command on the path"


def params_file(folder: Path, parameters: dict[str, dict[str, Any]]) -> Path:
    """Write a ROS parameter file for any namespace."""
    path = folder / "params.yaml"
    content = {f"/**/{node}": {"ros__parameters": given} for node, given in parameters.items()}
    path.write_text(yaml.safe_dump(content))
    return path


def launch(processes: Processes, *arguments: str, file: str = "wristband.launch.py") -> Process:
    """Start ``ros2 launch semg_bringup`` with arguments such as ``device:=simulator``."""
    return processes.start("launch", "ros2", "launch", "semg_bringup", file, *arguments)


class Launched:
    """The graph under ``ros2 launch``."""

    def __init__(self, processes: Processes, parameters: dict[str, dict[str, Any]]) -> None:
        path = params_file(processes.folder, parameters)
        self._launch = launch(processes, f"params_file:={path}")

    def pid(self, node: str) -> int | None:
        """Return the process id of a node; None before its first start."""
        pattern = rf"\[{node}-\d+\]: process started with pid \[(\d+)\]"
        found = re.findall(pattern, self._launch.output)
        return int(found[-1]) if found else None

    def kill(self, node: str) -> None:
        """Kill a node without a warning."""
        pid = self.pid(node)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)

    def close(self) -> None:
        """End the graph."""
        self._launch.stop()


class Supervised:
    """The graph under a supervisor that does what ``respawn`` of a launch file does."""

    def __init__(self, processes: Processes, parameters: dict[str, dict[str, Any]]) -> None:
        self._processes = processes
        self._parameters = parameters
        self._closing = threading.Event()
        self._running = {node: self._start(node) for node in NODE_NAMES}
        self._thread = threading.Thread(target=self._respawn, daemon=True)
        self._thread.start()

    def _start(self, node: str) -> Process:
        return self._processes.node(node, parameters=self._parameters.get(node, {}))

    def _respawn(self) -> None:
        while not self._closing.wait(0.05):
            for node, process in self._running.items():
                if process.status is not None and not self._closing.wait(RESPAWN_DELAY_S):
                    self._running[node] = self._start(node)

    def pid(self, node: str) -> int | None:
        """Return the process id of a node."""
        return self._running[node].pid

    def kill(self, node: str) -> None:
        """Kill a node without a warning."""
        self._running[node].kill()

    def close(self) -> None:
        """Respawn no more."""
        self._closing.set()
        self._thread.join()
