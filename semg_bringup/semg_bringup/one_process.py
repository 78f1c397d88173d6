# SPDX-License-Identifier: Apache-2.0
"""All nodes of the graph in one process, handing messages to each other directly."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.parameter import Parameter

from semg_bringup.graph import GraphNode
from semg_node.local_bus import LocalBus
from semg_node.parameters import names as parameter_names
from semg_node.settings import SettingError
from semg_node.shell import NodeShell
from semg_node.steadiness import favour_the_stream


class OneProcess:
    """Builds the nodes and spins them until told to stop.

    Parameters
    ----------
    nodes : iterable of GraphNode
        What to run; inputs from nodes that are not among them come by DDS.
    namespace : str
        Namespace of all of them.
    params_file : Path or None
        ROS parameter file.
    overrides : mapping
        For each node's name, parameters that come before those of the file.
    ros_arguments : sequence of str
        Further ROS arguments for every node, such as remappings.
    context : rclpy Context or None
        Initialised context; the default one if None.

    Raises
    ------
    SettingError
        If a parameter does not fit, or an override is of a parameter that does not exist.
    """

    def __init__(
        self,
        nodes: Iterable[GraphNode],
        *,
        namespace: str = "",
        params_file: Path | None = None,
        overrides: Mapping[str, Mapping[str, Any]] | None = None,
        ros_arguments: Sequence[str] = (),
        context: Context | None = None,
    ) -> None:
        arguments = ["--ros-args"]
        if params_file is not None:
            arguments += ["--params-file", str(params_file)]
        arguments += list(ros_arguments)
        self.bus = LocalBus()
        self.shells: dict[str, NodeShell] = {}
        self._stop_first: list[str] = []
        self._executor = SingleThreadedExecutor(context=context)
        self._stopping = False
        try:
            for node in nodes:
                values = (overrides or {}).get(node.name, {})
                self.shells[node.name] = NodeShell(
                    node.name,
                    node.load(),
                    bus=self.bus,
                    context=context,
                    namespace=namespace,
                    parameter_overrides=[Parameter(k, value=v) for k, v in values.items()],
                    cli_args=arguments,
                )
                if node.moves_a_robot:
                    self._stop_first.append(node.name)
                _refuse_unknown(self.shells[node.name], values)
        except BaseException:
            self.close()
            raise
        for shell in self.shells.values():
            self._executor.add_node(shell)

    def start(self) -> None:
        """Bring the nodes to active, the last of the stream first, so that no sample is missed."""
        for shell in reversed(self.shells.values()):
            shell.try_to_start()
        favour_the_stream()

    def add_node(self, node: Any) -> None:
        """Spin another node, such as a display, along with the graph."""
        self._executor.add_node(node)

    def spin(self, until: Callable[[], bool]) -> None:
        """Serve the nodes until `until()` holds, `stop` is called or the driver has finished."""
        while not (self._stopping or until() or self.finished):
            self._executor.spin_once(timeout_sec=0.1)

    @property
    def finished(self) -> bool:
        """Whether the driver has played its recording to the end."""
        return any(shell.finished for shell in self.shells.values())

    def stop(self) -> None:
        """Make `spin` return; may be called from any thread."""
        self._stopping = True
        for shell in tuple(self.shells.values()):
            shell.ask_to_stop()

    def close(self) -> None:
        """Deactivate and destroy the nodes, first what moves a robot, then from the source on."""
        for name in self._stop_first:
            if name in self.shells:
                self.shells.pop(name).close()
        for shell in self.shells.values():
            shell.close()
        self.shells.clear()
        self._executor.shutdown()


def _refuse_unknown(shell: NodeShell, names: Iterable[str]) -> None:
    """Refuse what rclpy would ignore."""
    known = parameter_names(shell)
    for name in names:
        if name not in known:
            close = get_close_matches(name, known, 1)
            hint = f"; did you mean '{close[0]}'?" if close else ""
            raise SettingError(f"{shell.get_name()}: there is no parameter '{name}'{hint}")
