# SPDX-License-Identifier: Apache-2.0
"""Starts and stops the graph, in one process or in separate ones."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from ament_index_python.packages import get_package_prefix

from semg_bringup.graph import GRAPH, TELEOP, GraphNode
from test.bench import timed_simulator
from test.bench.bundles import Bundles

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60.0
ONE_PROCESS = "one process"
SEPARATE = "separate processes"
WATCHDOG = GraphNode(
    "command_watchdog",
    "semg_teleop",
    "command_watchdog",
    "semg_teleop.command_watchdog_node:CommandWatchdog",
)
_ACTIVE = re.compile(r"\[(\d+\.\d+)\] \[\S*?(\w+)\]: active$", re.MULTILINE)


class GraphNotRunning(RuntimeError):
    """The graph did not start, or ended by itself; says what it printed last."""


class GraphProcesses:
    """A running graph with the simulated band, every hand-over of which is logged.

    Parameters
    ----------
    arrangement : str
        `ONE_PROCESS` or `SEPARATE`.
    bundles : Bundles
        Models of the decoders.
    namespace : str
        Keeps other graphs on this machine apart.
    folder : Path
        For parameters and logs; empty, and the caller's to remove.
    teleop : Path or None
        Profile by which a robot is driven as well, with the command watchdog behind it.
    """

    def __init__(
        self,
        arrangement: str,
        bundles: Bundles,
        namespace: str,
        folder: Path,
        teleop: Path | None = None,
    ) -> None:
        self.hand_overs = folder / "hand_overs"
        self._output = folder / "output"
        timed_simulator.install(folder)
        params_file = folder / "params.yaml"
        params_file.write_text(yaml.safe_dump(_parameters(bundles, self.hand_overs, teleop)))
        path = [str(folder), str(ROOT), os.environ.get("PYTHONPATH", "")]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, path))}
        nodes = (*GRAPH, TELEOP) if teleop else GRAPH
        commands = _commands(arrangement, nodes, params_file, namespace)
        self._expected = {node.name for node in nodes}
        if teleop:
            commands |= _separate((WATCHDOG,), params_file, namespace)
            self._expected.add(WATCHDOG.name)
        self._started = time.time()
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        with self._output.open("wb") as output:
            for name, command in commands.items():
                self._processes[name] = subprocess.Popen(
                    command, cwd=ROOT, env=environment, stdout=output, stderr=output
                )

    @property
    def pids(self) -> dict[str, int]:
        """Process ids by name."""
        return {name: process.pid for name, process in self._processes.items()}

    def wait_until_active(self) -> float:
        """Return how long after its start, in s, the last node became active.

        Raises
        ------
        GraphNotRunning
            If that takes too long, or a process ends.
        """
        deadline = time.monotonic() + PATIENCE_S
        while True:
            self.check()
            active = {name: float(at) for at, name in _ACTIVE.findall(self._printed())}
            if active.keys() >= self._expected:
                return max(active.values()) - self._started
            if time.monotonic() > deadline:
                missing = ", ".join(self._expected - active.keys())
                raise GraphNotRunning(
                    f"not active after {PATIENCE_S:g} s: {missing}\n{self._printed()}"
                )
            time.sleep(0.05)

    def check(self) -> None:
        """Raise `GraphNotRunning` if a process has ended."""
        for name, process in self._processes.items():
            if process.poll() is not None:
                raise GraphNotRunning(
                    f"{name} ended with status {process.returncode}\n{self._printed()}"
                )

    def stop(self) -> None:
        """End all processes."""
        for process in self._processes.values():
            process.send_signal(signal.SIGINT)
        for process in self._processes.values():
            try:
                process.wait(10.0)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _printed(self) -> str:
        return self._output.read_text(errors="replace")


def _parameters(bundles: Bundles, hand_overs: Path, teleop: Path | None) -> Mapping[str, Any]:
    driver = {
        "device": timed_simulator.NAME,
        f"{timed_simulator.NAME}.log": str(hand_overs),
        f"{timed_simulator.NAME}.script": "wrist" if teleop else "demo",
    }
    values = {
        "driver": driver,
        "gesture_decoder": {"bundle": str(bundles.gestures)},
        "wrist_decoder": {"bundle": str(bundles.wrist)},
    }
    if teleop:
        endless = {"dead_man": "bool", "longest_engagement": 0.0}
        values[TELEOP.name] = {"profile": str(teleop), **endless}
        values[WATCHDOG.name] = {"input": "command", "output": "command_out"}
    return {f"/**/{node}": {"ros__parameters": given} for node, given in values.items()}


def _commands(
    arrangement: str, nodes: Sequence[GraphNode], params_file: Path, namespace: str
) -> dict[str, Sequence[str]]:
    if arrangement == ONE_PROCESS:
        module, names = "test.bench.one_process", [node.name for node in nodes]
        return {"graph": (sys.executable, "-m", module, str(params_file), namespace, *names)}
    return _separate(nodes, params_file, namespace)


def _separate(
    nodes: Sequence[GraphNode], params_file: Path, namespace: str
) -> dict[str, Sequence[str]]:
    ros = ("--ros-args", "--params-file", str(params_file), "-r", f"__ns:={namespace}")
    return {node.name: (str(_executable(node)), *ros) for node in nodes}


def _executable(node: GraphNode) -> Path:
    return Path(get_package_prefix(node.package)) / "lib" / node.package / node.executable
