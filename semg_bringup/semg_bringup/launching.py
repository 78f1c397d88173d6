# SPDX-License-Identifier: Apache-2.0
"""The graph as launch actions. Needs ``launch_ros``, which a ROS 2 installation brings."""

from __future__ import annotations

from typing import Any

from launch import Action
from launch.actions import DeclareLaunchArgument, SetEnvironmentVariable, Shutdown
from launch.conditions import IfCondition
from launch.substitutions import (
    EnvironmentVariable,
    LaunchConfiguration,
    NotEqualsSubstitution,
)
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterFile, ParameterValue

from semg_bringup.graph import GRAPH, NODE_NAMES, default_params_file, playback_parameters

RESPAWN_DELAY_S = 0.5


def common_arguments() -> list[Action]:
    """Return the arguments that every launch file of the graph takes."""
    return [
        DeclareLaunchArgument(
            "namespace", default_value="", description="namespace of this band, such as left"
        ),
        DeclareLaunchArgument(
            "params_file",
            default_value=str(default_params_file()),
            description="parameters of all nodes",
        ),
        DeclareLaunchArgument(
            "device", default_value="simulator", description="device plugin to open"
        ),
        DeclareLaunchArgument(
            "use_sim_time", default_value="false", description="take time from /clock"
        ),
        DeclareLaunchArgument(
            "autostart", default_value="true", description="bring the nodes to active"
        ),
        DeclareLaunchArgument(
            "record", default_value="", description="record everything into this new folder"
        ),
    ]


def playback_arguments() -> list[Action]:
    """Return the arguments that say what to play, and how."""
    return [
        DeclareLaunchArgument("recording", description="HDF5 file or bag to play"),
        DeclareLaunchArgument(
            "rate", default_value="1.0", description="speed factor; 0: as fast as it is consumed"
        ),
        DeclareLaunchArgument("loop", default_value="false", description="play again and again"),
        DeclareLaunchArgument(
            "start", default_value="0.0", description="where to start, in s from the beginning"
        ),
        DeclareLaunchArgument(
            "end", default_value="0.0", description="where to stop, in s; 0: at the end"
        ),
    ]


def own_machine_only() -> Action:
    """Keep the graph to this machine unless the environment says otherwise."""
    name = "ROS_AUTOMATIC_DISCOVERY_RANGE"
    return SetEnvironmentVariable(name, EnvironmentVariable(name, default_value="LOCALHOST"))


def graph_actions(playback: bool) -> list[Action]:
    """Return one process for each node of the graph, and the recorder if it is asked for."""
    actions: list[Action] = []
    for node in GRAPH:
        extra: dict[str, Any] = {
            "autostart": _typed("autostart", bool),
            "use_sim_time": _typed("use_sim_time", bool),
        }
        is_player = playback and node.name == "driver"
        if is_player:
            extra |= playback_parameters(NODE_NAMES)
            extra |= {
                "exit_at_end": True,
                "replay.path": _typed("recording", str),
                "replay.rate": _typed("rate", float),
                "replay.loop": _typed("loop", bool),
                "replay.start": _typed("start", float),
                "replay.end": _typed("end", float),
            }
        elif node.name == "driver":
            extra["device"] = _typed("device", str)
        actions.append(
            Node(
                package=node.package,
                executable=node.executable,
                name=node.name,
                namespace=LaunchConfiguration("namespace"),
                parameters=[ParameterFile(LaunchConfiguration("params_file")), extra],
                output="screen",
                emulate_tty=True,
                # A player that comes back would play its recording a second time.
                respawn=not is_player,
                respawn_delay=RESPAWN_DELAY_S,
                on_exit=[Shutdown(reason="the recording has been played")] if is_player else None,
            )
        )
    actions.append(
        Node(
            package="semg_bringup",
            executable="semg",
            name="recorder",
            namespace=LaunchConfiguration("namespace"),
            arguments=["record", "--output", LaunchConfiguration("record")],
            output="screen",
            condition=IfCondition(NotEqualsSubstitution(LaunchConfiguration("record"), "")),
        )
    )
    return actions


def _typed(argument: str, kind: type) -> ParameterValue:
    return ParameterValue(LaunchConfiguration(argument), value_type=kind)
