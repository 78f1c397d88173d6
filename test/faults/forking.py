# SPDX-License-Identifier: Apache-2.0
"""Processes forked by a zygote."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from test.processes import wait_until

_ROOT = Path(__file__).parents[2]


class Forked:
    """A process that the zygote has forked.

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
    """The process that all others are forked from.

    Parameters
    ----------
    modules : sequence of str
        What it imports beforehand.
    preload : Path or None
        Library that gives processes clocks of their own, see `clock.build`.

    Attributes
    ----------
    has_clocks : bool
        Whether processes can be given clocks of their own.
    """

    def __init__(self, modules: Sequence[str], preload: Path | None = None) -> None:
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
            [sys.executable, "-m", "test.faults.zygote", *modules],
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
        call: str,
        arguments: Sequence[str],
        log: Path,
        command_line: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
        network: str = "",
        clock: Path | None = None,
    ) -> Forked:
        """Start a process.

        Parameters
        ----------
        name : str
            For messages.
        call : str
            ``module:function``, called with `arguments`; returns the exit status.
        arguments : sequence of str
            See `call`.
        log : Path
            File for what it says.
        command_line : sequence of str
            Its ``sys.argv``.
        environment : mapping of str to str
            Added to that of this process.
        network : str
            File of the network namespace it is to be in; empty: that of this process.
        clock : Path or None
            File of the clock that it is to go by.
        """
        log.touch()
        request = {
            "call": call,
            "arguments": list(arguments),
            "log": str(log),
            "command_line": list(command_line),
            "environment": dict(environment or {}),
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
        """Kill all processes that still run, and end the zygote."""
        self._process.communicate()
