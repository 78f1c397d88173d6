# SPDX-License-Identifier: Apache-2.0
"""What the ROS graph around says against driving a robot."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from semg_node.shell import NodeShell

CLOCK = "/clock"


class Surroundings:
    """Looks at the graph: who publishes the inputs, and who else commands the robot.

    Parameters
    ----------
    shell : NodeShell
        The node.
    inputs : sequence of str
        Topics that must have one publisher each.
    rivals : sequence of callable
        Each returns what stands against one output.
    allow_playback : bool
        Whether simulated time is no obstacle.
    """

    def __init__(
        self,
        shell: NodeShell,
        inputs: Sequence[str],
        rivals: Sequence[Callable[[], Sequence[str]]],
        *,
        allow_playback: bool,
    ) -> None:
        self._shell = shell
        self._inputs = tuple(inputs)
        self._rivals = tuple(rivals)
        self._allow_playback = allow_playback

    def obstacles(self) -> list[str]:
        """Return one line for each thing that is in the way."""
        found = []
        for topic in self._inputs:
            count = self._shell.publishers(topic)
            if count != 1:
                found.append(f"{topic}: {count} publishers, must be one" + _advice(count))
        if not self._allow_playback:
            found += self._simulated_time()
        for rival in self._rivals:
            found += rival()
        return found

    def _simulated_time(self) -> list[str]:
        found = []
        if self._shell.get_parameter("use_sim_time").value:
            found.append("use_sim_time is on: a robot is not driven by recorded or simulated time")
        if self._shell.publishers(CLOCK):
            found.append(
                f"{CLOCK} has a publisher: is a recording being played, or a simulator on?"
            )
        return found


def _advice(count: int) -> str:
    if count == 0:
        return ": is the decoder running?"
    return " (one that was killed is forgotten after 20 s)"
