# SPDX-License-Identifier: Apache-2.0
"""Two Linux network namespaces, each a machine of its own, and the one link between them.

They have no names: a namespace is there for as long as a process is in it, and the processes that
hold these end when their input does, so that nothing is left however the tests end.
"""

from __future__ import annotations

import shutil
import subprocess

from test.processes import wait_until

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

    def run(self, *command: str) -> str:
        """Run a command on this machine; return what it prints."""
        entered = ["nsenter", f"--net={self.path}", *command]
        return subprocess.run(entered, check=True, text=True, stdout=subprocess.PIPE).stdout

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
        self.wrist.run("ip", "link", "add", "cable", "type", "veth",
                       "peer", "name", "cable", "netns", str(self.robot.pid))  # fmt: skip
        for machine in (self.wrist, self.robot):
            machine.run("ip", "address", "add", machine.address, "dev", "cable")
            machine.run("ip", "link", "set", "lo", "up")
            machine.run("ip", "link", "set", "cable", "up")
        # DDS only ever uses interfaces that are up when it starts.
        wait_until(self._is_up, 10.0, "the link between two network namespaces")

    def _is_up(self) -> bool:
        return all(
            " UP " in machine.run("ip", "-brief", "link", "show", "cable")
            for machine in (self.wrist, self.robot)
        )

    def cut(self) -> None:
        """Pull the plug."""
        self.wrist.run("ip", "link", "set", "cable", "down")

    def join(self) -> None:
        """Put it back in."""
        self.wrist.run("ip", "link", "set", "cable", "up")

    def close(self) -> None:
        """Let go of both machines."""
        for machine in (self.wrist, self.robot):
            machine.close()
