# SPDX-License-Identifier: Apache-2.0
"""The graph as launch actions. Needs ``launch_ros``, which a ROS 2 installation brings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from launch import Action, LaunchContext
from launch.actions import (
    DeclareLaunchArgument,
    LogInfo,
    OpaqueFunction,
    SetEnvironmentVariable,
    Shutdown,
)
from launch.conditions import IfCondition
from launch.events.process import ProcessExited
from launch.substitutions import (
    EnvironmentVariable,
    LaunchConfiguration,
    NotEqualsSubstitution,
)
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterFile, ParameterValue

from semg_bringup.graph import (
    GRAPH,
    HANDWRITING_DECODER,
    NODES,
    TELEOP,
    GraphNode,
    default_params_file,
    playback_parameters,
)

RESPAWN_DELAY_S = 0.5
REFUSED = 2
"""Exit status of a process that will never run as it is set up."""


def common_arguments() -> list[Action]:
    """Return the arguments that every launch file of the graph takes."""
    return [
        _argument("namespace", "namespace of this band, such as left"),
        DeclareLaunchArgument(
            "params_file",
            default_value=str(default_params_file()),
            description="parameters of all nodes",
        ),
        _argument("use_sim_time", "take time from /clock", "false"),
        _argument("autostart", "bring the nodes to active", "true"),
        _argument("handwriting", "also decode handwriting, by this model bundle"),
        _argument("teleop", "also drive a robot, by this mapping profile, such as mobile_base"),
        _argument("record", "record everything into this new folder"),
    ]


def device_arguments() -> list[Action]:
    """Return the arguments that say which band to open."""
    return [_argument("device", "device plugin to open", "simulator")]


def playback_arguments() -> list[Action]:
    """Return the arguments that say what to play, and how."""
    return [
        DeclareLaunchArgument("recording", description="HDF5 file or bag to play"),
        _argument("rate", "speed factor; 0: as fast as it is consumed", "1.0"),
        _argument("loop", "play again and again", "false"),
        _argument("start", "where to start, in s from the beginning", "0.0"),
        _argument("end", "where to stop, in s; 0: at the end", "0.0"),
    ]


def own_machine_only() -> Action:
    """Keep the graph to this machine unless the environment says otherwise."""
    name = "ROS_AUTOMATIC_DISCOVERY_RANGE"
    return SetEnvironmentVariable(name, EnvironmentVariable(name, default_value="LOCALHOST"))


def graph_actions(playback: bool) -> list[Action]:
    """Return one process for each node of the graph, and the recorder if it is asked for.

    A parameter is the launch argument's if that is given, else that of the parameter file,
    else the node's own default. Nodes that die come back, but for what moves a robot; one that
    refuses its settings ends the launch, with an exit status of its own.
    """
    recorder = Node(
        package="semg_bringup",
        executable="semg",
        name="recorder",
        namespace=LaunchConfiguration("namespace"),
        arguments=["record", "--output", LaunchConfiguration("record")],
        output="screen",
        on_exit=_end_if_refused,
        condition=IfCondition(NotEqualsSubstitution(LaunchConfiguration("record"), "")),
    )
    return [OpaqueFunction(function=_nodes, args=[playback]), recorder]


def _argument(name: str, description: str, default: str = "") -> DeclareLaunchArgument:
    if default:
        description += f" (unless params_file says otherwise: {default})"
    return DeclareLaunchArgument(name, default_value="", description=description)


def _nodes(context: LaunchContext, playback: bool) -> list[Action]:
    optional = {"handwriting": HANDWRITING_DECODER, "teleop": TELEOP}
    given = [node for name, node in optional.items() if context.launch_configurations.get(name)]
    nodes = [node for node in NODES if node in GRAPH or node in given]
    consumers = [node.name for node in nodes]
    return [
        _node(context, node, consumers if playback and node.name == "driver" else None)
        for node in nodes
    ]


def _node(context: LaunchContext, node: GraphNode, plays_for: Sequence[str] | None) -> Node:
    is_player = plays_for is not None
    parameters = _given(context, {"autostart": bool, "use_sim_time": bool})
    if plays_for is not None:
        parameters |= {**playback_parameters(plays_for), "exit_at_end": True}
        options = {"recording": str, "rate": float, "loop": bool, "start": float, "end": float}
        for name, value in _given(context, options).items():
            parameters["replay.path" if name == "recording" else f"replay.{name}"] = value
    elif node.name == "driver":
        parameters |= _given(context, {"device": str})
    elif node is HANDWRITING_DECODER:
        parameters["bundle"] = ParameterValue(LaunchConfiguration("handwriting"), value_type=str)
    elif node is TELEOP:
        parameters["profile"] = ParameterValue(LaunchConfiguration("teleop"), value_type=str)
    return Node(
        package=node.package,
        executable=node.executable,
        name=node.name,
        namespace=LaunchConfiguration("namespace"),
        # An empty dictionary is no parameter file.
        parameters=[ParameterFile(LaunchConfiguration("params_file")), *filter(None, [parameters])],
        output="screen",
        emulate_tty=True,
        # A player that comes back would play its recording a second time, and a gate would have
        # forgotten an emergency stop that was latched in it.
        respawn=not (is_player or node.moves_a_robot),
        respawn_delay=RESPAWN_DELAY_S,
        on_exit=_on_exit(node, is_player),
    )


def _given(context: LaunchContext, kinds: Mapping[str, type]) -> dict[str, Any]:
    """Return the launch arguments that were given, as parameters."""
    return {
        name: ParameterValue(LaunchConfiguration(name), value_type=kind)
        for name, kind in kinds.items()
        if context.launch_configurations.get(name)
    }


def _on_exit(node: GraphNode, is_player: bool) -> Callable[[Any, Any], list[Action]]:
    if is_player:
        return _end_with_player
    return _stay_without_gate if node.moves_a_robot else _end_if_refused


def _stay_without_gate(event: ProcessExited, context: LaunchContext) -> list[Action]:
    if event.returncode == REFUSED or context.is_shutdown:
        return _end_if_refused(event, context)
    said = (
        f"{event.process_name} has ended and is not started again by itself: nothing drives the "
        f"robot until this launch is started anew"
    )
    return [LogInfo(msg=said)]


def _end_if_refused(event: ProcessExited, context: LaunchContext) -> list[Action]:
    if event.returncode == REFUSED and not context.is_shutdown:
        _fail(f"{event.process_name} will not run as it is set up")
    return []


def _end_with_player(event: ProcessExited, context: LaunchContext) -> list[Action]:
    if event.returncode != 0 and not context.is_shutdown:
        _fail("the recording could not be played to its end")
    return [Shutdown(reason="the recording has been played")]


def _fail(reason: str) -> None:
    # The one way to make `ros2 launch` end with another status than 0.
    raise RuntimeError(reason)
