# SPDX-License-Identifier: Apache-2.0
"""The whole graph from wrist to robot, every node a process of its own."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from semg_bringup.graph import GRAPH
from test.faults import people
from test.faults.clock import Clock
from test.faults.forking import Forked, Zygote
from test.faults.network import Link
from test.processes import free_domain

COMPONENTS = {
    **{node.name: node.component for node in GRAPH},
    "teleop": "semg_teleop.teleop_node:Teleop",
    "command_watchdog": "semg_teleop.command_watchdog_node:CommandWatchdog",
}
AT_THE_WRIST = tuple(name for name in COMPONENTS if name != "command_watchdog")
"""All nodes but the watchdog, which is at the robot."""
MODULES = (
    "test.faults.people",
    "semg_driver.driver_node",
    "semg_decoders.preprocessor_node",
    "semg_teleop.teleop_node",
    "semg_teleop.command_watchdog_node",
)
"""What takes long to import. Not the decoders: onnxruntime may need the thread that it starts."""
_UDP_ALONE = {"FASTDDS_BUILTIN_TRANSPORTS": "UDPv4", "ROS_AUTOMATIC_DISCOVERY_RANGE": "SUBNET"}


class Graph:
    """A graph that runs, a wearer at one end, and a robot at the other.

    Parameters
    ----------
    zygote : Zygote
        Forks the processes.
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
    wearer : Wearer
        In a process of its own.
    robot : Robot
        In a process of its own.
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
        self._environment = {"ROS_DOMAIN_ID": str(self._domain), **(_UDP_ALONE if link else {})}
        self._params_file = folder / "params.yaml"
        by_node = {f"/{node}": {"ros__parameters": dict(p)} for node, p in parameters.items()}
        self._params_file.write_text(yaml.safe_dump(by_node))
        self._starts = 0
        self.processes: dict[str, Forked] = {}
        self.clocks = {name: Clock(folder / f"{name}.clock") for name in COMPONENTS}
        self._people = [self._serve(person) for person in ("robot", "wearer")]
        for name in COMPONENTS:
            self.start(name)
        self.robot = people.make("Robot", self._socket("robot"), self._domain)
        self.wearer = people.make("Wearer", self._socket("wearer"), self._domain)

    def start(self, name: str) -> Forked:
        """Start a node, which is not running, and return its process."""
        self._starts += 1
        self.processes[name] = self._zygote.start(
            name,
            "semg_node.starting:start_node",
            [name, COMPONENTS[name]],
            self._folder / f"{self._starts}-{name}.log",
            command_line=[name, "--ros-args", "--params-file", str(self._params_file)],
            environment=self._environment,
            network=self._network(name),
            clock=self.clocks[name].path if self._zygote.has_clocks else None,
        )
        return self.processes[name]

    def is_active(self) -> bool:
        """Tell whether all nodes have become active since they were started."""
        return all(": active" in process.output for process in self.processes.values())

    def ended(self) -> list[str]:
        """Return which nodes have ended since they were started, and their exit status."""
        return [
            f"{name} ({process.status})"
            for name, process in self.processes.items()
            if process.status is not None
        ]

    def said(self) -> str:
        """Return what all nodes have said."""
        return "\n".join(f"{name}:\n{one.output}" for name, one in self.processes.items())

    def close(self) -> None:
        """End everything."""
        for person in (self.wearer, self.robot):
            person.close()
        nodes = [process for process in self.processes.values() if process.status is None]
        for process in nodes:
            process.send(signal.SIGCONT)
            process.send(signal.SIGTERM)
        for process in nodes:
            try:
                process.ends()
            except AssertionError:
                process.kill()
        for process in self._people:
            process.kill()

    def _serve(self, person: str) -> Forked:
        return self._zygote.start(
            person,
            "test.faults.people:serve",
            [self._socket(person)],
            self._folder / f"{person}.log",
            environment=self._environment,
            network=self._network(person),
        )

    def _socket(self, person: str) -> str:
        return str(self._folder / person)

    def _network(self, name: str) -> str:
        if self.link is None:
            return ""
        at_the_robot = name in ("command_watchdog", "robot")
        return (self.link.robot if at_the_robot else self.link.wrist).path
