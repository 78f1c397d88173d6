# SPDX-License-Identifier: Apache-2.0
"""Two Linux network namespaces, each a machine of its own, and the one link between them.

They have no names: a namespace is there for as long as a process is in it, and the processes that
hold these end when their input does, so that nothing is left however the tests end.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

_CLONE_NEWNET = 0x40000000
_TOOLS = ("unshare", "nsenter", "ip")


def why_no_network() -> str:
    """Say why there can be no network namespaces here; empty if there can."""
    for tool in _TOOLS:
        if shutil.which(tool) is None:
            return f"there is no {tool} command (util-linux and iproute2 bring them)"
    tried = subprocess.run(["unshare", "--net", "true"], capture_output=True, text=True)
    return f"not allowed to make network namespaces: {tried.stderr.strip()}" * bool(
        tried.returncode
    )


class Machine:
    """One of the two network namespaces.

    Parameters
    ----------
    address : str
        IPv4 address and prefix length of its end of the link.

    Attributes
    ----------
    path : str
        To be entered by a process.
    """

    def __init__(self, address: str) -> None:
        self._holder = subprocess.Popen(
            ["unshare", "--net", "sh", "-c", "echo; exec cat"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._holder.stdout is not None
        self._holder.stdout.readline()
        self.address = address
        self.pid = self._holder.pid
        self.path = f"/proc/{self.pid}/ns/net"

    def run(self, *command: str) -> None:
        """Run a command on this machine."""
        subprocess.run(["nsenter", f"--net={self.path}", *command], check=True)

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Let what this thread makes meanwhile, sockets and threads, be on this machine."""
        libc = ctypes.CDLL(None, use_errno=True)
        with open("/proc/thread-self/ns/net") as home, open(self.path) as there:
            if libc.setns(there.fileno(), _CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
            try:
                yield
            finally:
                libc.setns(home.fileno(), _CLONE_NEWNET)

    def close(self) -> None:
        """Let go of it; it ends when no process is in it any more."""
        self._holder.communicate()


class Link:
    """A cable between two machines.

    Attributes
    ----------
    wrist, robot : Machine
        At its ends.
    """

    def __init__(self) -> None:
        self.wrist = Machine("10.77.0.1/24")
        self.robot = Machine("10.77.0.2/24")
        self.wrist.run("ip", "link", "add", "link", "type", "veth",
                       "peer", "name", "link", "netns", str(self.robot.pid))  # fmt: skip
        for machine in (self.wrist, self.robot):
            machine.run("ip", "address", "add", machine.address, "dev", "link")
            machine.run("ip", "link", "set", "lo", "up")
            machine.run("ip", "link", "set", "link", "up")

    def cut(self) -> None:
        """Pull the plug."""
        self.wrist.run("ip", "link", "set", "link", "down")

    def join(self) -> None:
        """Put it back in."""
        self.wrist.run("ip", "link", "set", "link", "up")

    def close(self) -> None:
        """Let go of both machines."""
        for machine in (self.wrist, self.robot):
            machine.close()
