# SPDX-License-Identifier: Apache-2.0
"""Starts processes in no time: one that has imported everything, and forks the others.

Importing what a node needs takes two seconds of CPU, and every trial that kills a node needs new
ones. A forked node has a process id, signals, memory and threads of its own, and goes the way
that ``ros2 run`` goes, `semg_node.starting.start_node`, until that returns. The zygote itself
makes no ROS node.

On standard input it takes lines of JSON, and answers each by one: what to start is answered by
the process id, a process id by its exit status (null while it runs). When its input ends, it
kills what it has started.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

_CLONE_NEWNET = 0x40000000


def serve(modules: list[str]) -> Callable[[], int] | None:
    """Answer requests; return None at their end, and in a new process what it is to do."""
    for module in modules:
        import_module(module)
    gc.freeze()
    children: set[int] = set()
    print(json.dumps("ready"), flush=True)
    # Without a buffer: a child would have what was read ahead.
    requests = open(0, "rb", buffering=0, closefd=False)  # noqa: SIM115
    while line := requests.readline():
        request = json.loads(line)
        if isinstance(request, int):
            print(json.dumps(_status(request, children)), flush=True)
            continue
        if not (pid := os.fork()):
            return partial(_become, request)
        children.add(pid)
        print(json.dumps(pid), flush=True)
    for pid in children:
        os.kill(pid, signal.SIGKILL)
    return None


def _status(pid: int, children: set[int]) -> int | None:
    ended, status = os.waitpid(pid, os.WNOHANG)
    if not ended:
        return None
    children.remove(pid)
    return os.waitstatus_to_exitcode(status)


def _become(request: dict[str, Any]) -> int:
    """Do in this new process what was asked for."""
    os.setsid()
    _redirect(request["log"])
    os.environ.update(request["environment"])
    if request["network"]:
        _enter_network(request["network"])
    if request["clock"]:
        _offset_clock(request["clock"])
    sys.argv = request["command_line"]
    module, _, function = request["call"].partition(":")
    status: int = getattr(import_module(module), function)(*request["arguments"])
    return status


def _redirect(log: str) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for old, new in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(old, new)
    sys.stdout.reconfigure(line_buffering=True)


def _enter_network(path: str) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    with open(path) as namespace:
        if libc.setns(namespace.fileno(), _CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"cannot enter {path}")


def _offset_clock(path: str) -> None:
    if ctypes.CDLL(None).offset_clock(path.encode()):
        raise OSError(f"no clock offset in {path}")


if __name__ == "__main__":
    to_do = serve(sys.argv[1:])
    result = to_do() if to_do else 0
    sys.stdout.flush()
    sys.stderr.flush()
    # Some libraries start a thread when they are loaded, as LTTng does: forks do not have it, and
    # would fall over it where libraries are unloaded.
    os._exit(result)
