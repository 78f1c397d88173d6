# SPDX-License-Identifier: Apache-2.0
"""Nodes in processes of their own, on a ROS graph of their own."""

from __future__ import annotations

import itertools
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from ament_index_python.packages import get_package_prefix

from semg_bringup.graph import NODES

CONSUMERS = ("preprocessor", "gesture_decoder", "wrist_decoder")
# Their ports lie above those that programs are given for outgoing connections.
_DOMAINS = range(215, 232)
_next = itertools.count(os.getpid())


def free_domain() -> int:
    """Return a ROS domain on which nobody is, as far as its UDP ports tell."""
    for number in itertools.islice(_next, len(_DOMAINS)):
        domain = _DOMAINS[number % len(_DOMAINS)]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind(("", 7400 + 250 * domain + 10))
            except OSError:
                continue
        return domain
    raise RuntimeError("every ROS domain is in use")


def wait_until(condition: Callable[[], Any], timeout: float, what: str) -> Any:
    """Return what `condition` returns once that is true; fail after `timeout` s."""
    deadline = time.monotonic() + timeout
    while not (found := condition()):
        assert time.monotonic() < deadline, f"waited {timeout:g} s in vain for {what}"
        time.sleep(0.01)
    return found


class Process:
    """A program whose output is kept."""

    def __init__(
        self, name: str, command: Sequence[str], log: Path, env: Mapping[str, str]
    ) -> None:
        self.name = name
        self._log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                command,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=log.parent,
                start_new_session=True,
            )
        self.pid = self._process.pid

    @property
    def output(self) -> str:
        """Everything it has said."""
        return self._log.read_text(errors="replace")

    @property
    def status(self) -> int | None:
        """Exit status; None while it runs."""
        return self._process.poll()

    def kill(self) -> None:
        """End it by SIGKILL, this process alone."""
        self._process.kill()
        self._process.wait(10)

    def says(self, text: str, timeout: float = 30.0) -> str:
        """Wait until it has said `text`; return that line."""

        def line() -> str | None:
            found = [one for one in self.output.splitlines() if text in one]
            assert found or self.status is None, f"{self.name} ended:\n{self.output}"
            return found[0] if found else None

        try:
            return str(wait_until(line, timeout, f"'{text}' from {self.name}"))
        except AssertionError as error:
            raise AssertionError(f"{error}; it said:\n{self.output}") from None

    def ends(self, timeout: float = 30.0) -> int:
        """Wait until it has ended by itself; return its exit status."""
        return self._process.wait(timeout)

    def stop(self, timeout: float = 15.0) -> int:
        """End it as Ctrl-C does, with all that it started; return its exit status."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        try:
            return self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(10)
            raise AssertionError(f"{self.name} did not stop:\n{self.output}") from None


class Processes:
    """Starts programs that share a graph, and ends them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.domain = free_domain()
        self.environment = {
            **os.environ,
            "ROS_DOMAIN_ID": str(self.domain),
            "ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST",
            "PYTHONUNBUFFERED": "1",
            "RCUTILS_COLORIZED_OUTPUT": "0",
            "OMP_NUM_THREADS": "1",
        }
        self._started: list[Process] = []

    def start(self, name: str, *command: object) -> Process:
        """Start any program."""
        log = self.folder / f"{len(self._started)}-{name}.log"
        process = Process(name, [str(part) for part in command], log, self.environment)
        self._started.append(process)
        return process

    def node(
        self, name: str, namespace: str = "", parameters: Mapping[str, Any] | None = None
    ) -> Process:
        """Start one node of the graph in a process of its own."""
        chosen = next(node for node in NODES if node.name == name)
        executable = Path(get_package_prefix(chosen.package), "lib", chosen.package)
        file = self.folder / f"{len(self._started)}-{name}.yaml"
        file.write_text(yaml.safe_dump({"/**": {"ros__parameters": dict(parameters or {})}}))
        remap = ["-r", f"__ns:=/{namespace}"] if namespace else []
        return self.start(
            name, executable / chosen.executable, "--ros-args", "--params-file", file, *remap
        )

    def stop(self) -> None:
        """End everything that still runs, the source first."""
        failures = []
        for process in self._started:
            try:
                process.stop()
            except AssertionError as error:
                failures.append(str(error))
        assert not failures, "\n".join(failures)
