# SPDX-License-Identifier: Apache-2.0
"""The whole graph from band to robot, every node a process of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import yaml

from test.faults.clock import Clock
from test.faults.forking import Forked, Zygote
from test.faults.network import Link
from test.faults.robot import Robot
from test.faults.wearer import Wearer
from test.processes import free_domain

AT_THE_WRIST = ("driver", "preprocessor", "gesture_decoder", "wrist_decoder", "teleop")
"""All but the watchdog, which is at the robot."""
_UDP_ALONE = {"FASTDDS_BUILTIN_TRANSPORTS": "UDPv4", "ROS_AUTOMATIC_DISCOVERY_RANGE": "SUBNET"}


class Graph:
    """A graph that runs, a wearer at one end, and a robot at the other.

    Parameters
    ----------
    zygote : Zygote
        Forks the nodes.
    folder : Path
        For parameters, logs and clocks; empty.
    parameters : mapping
        By node name.
    link : Link or None
        What lies between teleop and the watchdog; None: both are on this machine.

    Attributes
    ----------
    processes : dict of str to Forked
        By node name.
    clocks : dict of str to Clock
        The system clock of each node.
    link : Link or None
        As given.
    """

    def __init__(
        self,
        zygote: Zygote,
        folder: Path,
        parameters: Mapping[str, Mapping[str, Any]],
        link: Link | None = None,
    ) -> None:
        self.link = link
        self._zygote = zygote
        self._folder = folder
        self._domain = free_domain()
        self._params_file = folder / "params.yaml"
        by_node = {f"/{node}": {"ros__parameters": dict(p)} for node, p in parameters.items()}
        self._params_file.write_text(yaml.safe_dump(by_node))
        self._environment = {"ROS_DOMAIN_ID": str(self._domain), **(_UDP_ALONE if link else {})}
        self._starts = 0
        self.processes: dict[str, Forked] = {}
        self.clocks: dict[str, Clock] = {}
        for name in (*AT_THE_WRIST, "command_watchdog"):
            self.clocks[name] = Clock(folder / f"{name}.clock")
            self.start(name)
        with self._at("robot"):
            self.robot = Robot(self._domain)
        with self._at("wrist"):
            self.wearer = Wearer(self._domain)

    def start(self, name: str) -> Forked:
        """Start a node, which is not running, and return its process."""
        self._starts += 1
        end = "robot" if name == "command_watchdog" else "wrist"
        self.processes[name] = self._zygote.start(
            name,
            ["--ros-args", "--params-file", str(self._params_file)],
            self._environment,
            self._folder / f"{self._starts}-{name}.log",
            network=getattr(self.link, end).path if self.link else "",
            clock=self.clocks[name].path if self._zygote.has_clocks else None,
        )
        return self.processes[name]

    @property
    def output(self) -> str:
        """What all nodes have said."""
        return "\n".join(f"{name}:\n{one.output}" for name, one in self.processes.items())

    def close(self) -> None:
        """Kill it all: nothing is to be tidied up."""
        self.wearer.close()
        self.robot.close()
        for process in self.processes.values():
            process.kill()

    @contextmanager
    def _at(self, end: str) -> Iterator[None]:
        """Let what is made meanwhile in this process be at one end of the link."""
        before = {name: os.environ.get(name) for name in self._environment}
        os.environ.update(self._environment)
        try:
            with getattr(self.link, end).entered() if self.link else nullcontext():
                yield
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value
