# SPDX-License-Identifier: Apache-2.0
"""Nodes as processes of their own, forked by a zygote."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from semg_bringup.graph import NODES
from test.processes import wait_until

COMPONENTS = {
    **{node.name: node.component for node in NODES},
    "teleop": "semg_teleop.teleop_node:Teleop",
    "command_watchdog": "semg_teleop.command_watchdog_node:CommandWatchdog",
}
_ROOT = Path(__file__).parents[2]


class Forked:
    """A node's process.

    Attributes
    ----------
    pid : int
        Process id.
    """

    def __init__(self, name: str, pid: int, log: Path, zygote: Zygote) -> None:
        self.name = name
        self.pid = pid
        self._log = log
        self._zygote = zygote
        self._ended: int | None = None

    @property
    def output(self) -> str:
        """Everything it has said."""
        return self._log.read_text(errors="replace")

    @property
    def status(self) -> int | None:
        """Exit status, negative after a signal; None while it runs."""
        if self._ended is None:
            self._ended = self._zygote.ask(self.pid)
        return self._ended

    def send(self, number: int) -> None:
        """Send it a signal."""
        assert self.status is None, f"{self.name} ended:\n{self.output}"
        os.kill(self.pid, number)

    def ends(self, timeout: float = 10.0) -> int:
        """Wait until it has ended; return its exit status."""
        wait_until(lambda: self.status is not None, timeout, f"the end of {self.name}")
        assert self._ended is not None
        return self._ended

    def kill(self) -> None:
        """End it by SIGKILL, whether it runs, stands still, or has ended."""
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            self.ends()


class Zygote:
    """The process that all nodes are forked from.

    Parameters
    ----------
    preload : Path or None
        Library that gives nodes clocks of their own, see `clock.build`.

    Attributes
    ----------
    has_clocks : bool
        Whether nodes can be given clocks of their own.
    """

    def __init__(self, preload: Path | None = None) -> None:
        self.has_clocks = preload is not None
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(_ROOT), os.environ.get("PYTHONPATH", "")]),
            "RCUTILS_COLORIZED_OUTPUT": "0",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }
        if preload:
            environment["LD_PRELOAD"] = str(preload)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "test.faults.zygote", *COMPONENTS.values()],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._answer()

    def start(
        self,
        name: str,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
        network: str = "",
        clock: Path | None = None,
    ) -> Forked:
        """Start a node.

        Parameters
        ----------
        name : str
            Of the node; one of `COMPONENTS`.
        arguments : sequence of str
            As after ``ros2 run PACKAGE EXECUTABLE``.
        environment : mapping of str to str
            Added to that of this process.
        log : Path
            File for what it says.
        network : str
            File of the network namespace it is to be in; empty: that of this process.
        clock : Path or None
            File of the clock that it is to go by.
        """
        request = {
            "name": name,
            "component": COMPONENTS[name],
            "arguments": list(arguments),
            "environment": dict(environment),
            "log": str(log),
            "network": network,
            "clock": str(clock or ""),
        }
        return Forked(name, self.ask(request), log, self)

    def ask(self, request: Any) -> Any:
        """Send one request and return the answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, f"the zygote ended with status {self._process.wait()}"
        return json.loads(line)

    def close(self) -> None:
        """Kill all nodes that still run, and the zygote."""
        self._process.communicate()
