# SPDX-License-Identifier: Apache-2.0
"""What the ROS graph around says against driving a robot."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from semg_node.shell import NodeShell

CLOCK = "/clock"


class Surroundings:
    """Looks at the graph: who publishes the inputs, and who else commands the robot.

    Parameters
    ----------
    shell : NodeShell
        The node.
    inputs : mapping of str to type
        Topics that must have one publisher each, and their message types.
    others : mapping of str to type
        Topics that may have any number.
    rivals : sequence of callable
        Each returns what stands against one output.
    allow_playback : bool
        Whether simulated time is no obstacle.
    """

    def __init__(
        self,
        shell: NodeShell,
        inputs: Mapping[str, type[Any]],
        others: Mapping[str, type[Any]],
        rivals: Sequence[Callable[[], Sequence[str]]],
        *,
        allow_playback: bool,
    ) -> None:
        self._shell = shell
        self._inputs = tuple(inputs)
        self._types = {
            shell.resolve_topic_name(topic): (topic, type_name(kind))
            for topic, kind in {**inputs, **others}.items()
        }
        self._rivals = tuple(rivals)
        self._allow_playback = allow_playback

    def obstacles(self) -> list[str]:
        """Return one line for each thing that is in the way."""
        found = []
        for topic in self._inputs:
            count = self._shell.publisher_count(topic)
            if count != 1:
                found.append(f"{topic}: {count} publishers, must be one" + _advice(count))
        found += self._wrong_types()
        if not self._allow_playback:
            found += self._simulated_time()
        for rival in self._rivals:
            found += rival()
        return found

    def _wrong_types(self) -> list[str]:
        """Return inputs that have another type as well, which would not be heard."""
        return [
            f"{self._types[name][0]}: is {other} on this graph too, must be {self._types[name][1]}"
            for name, kinds in self._shell.get_topic_names_and_types()
            if name in self._types
            for other in kinds
            if other != self._types[name][1]
        ]

    def _simulated_time(self) -> list[str]:
        found = []
        if self._shell.get_parameter("use_sim_time").value:
            found.append("use_sim_time is on: a robot is not driven by recorded or simulated time")
        if self._shell.publisher_count(CLOCK):
            found.append(
                f"{CLOCK} has a publisher: is a recording being played, or a simulator on?"
            )
        return found


def type_name(kind: type[Any]) -> str:
    """Return the name of a message class, such as ``std_msgs/msg/Bool``."""
    return f"{kind.__module__.split('.')[0]}/msg/{kind.__name__}"


def _advice(count: int) -> str:
    if count == 0:
        return ": is the decoder running?"
    return " (one that was killed is forgotten after 20 s)"
