# SPDX-License-Identifier: Apache-2.0
"""What the teleoperation node can be told."""

from __future__ import annotations

from dataclasses import dataclass

from semg_node.settings import setting


@dataclass(frozen=True)
class TeleopSettings:
    """Settings of the node beside those of its gate and its inputs."""

    profile: str = setting(
        "mobile_base", "mapping profile: name of an installed one, or path", read_only=True
    )
    rate: float = setting(
        125.0,
        "lowest rate of commands while engaged",
        unit="Hz",
        minimum=100.0,
        maximum=500.0,
        read_only=True,
    )
    latched: bool = setting(
        False,
        "stay engaged after the hold has ended, until a gesture of engage.disengage; "
        "false: hold to run",
        read_only=True,
    )
    dead_man: str = setting(
        "none",
        "engage by a switch on dead_man_topic instead of by gesture: std_msgs/Bool, or a button "
        "of a sensor_msgs/Joy, at 20 Hz or more",
        choices=("none", "bool", "joy"),
        read_only=True,
    )
    dead_man_topic: str = setting("teleop/dead_man", "topic of that switch", read_only=True)
    dead_man_button: int = setting(
        0, "button of the Joy that is the switch", minimum=0, maximum=63, read_only=True
    )
    dead_man_timeout: float = setting(
        0.1,
        "silence after which the switch counts as released",
        unit="s",
        minimum=0.05,
        maximum=0.5,
        read_only=True,
    )
    feedback_topic: str = setting(
        "", "topic on which the robot says how it is; empty: it need not", read_only=True
    )
    feedback_type: str = setting(
        "nav_msgs/msg/Odometry", "message type of feedback_topic", read_only=True
    )
    feedback_timeout: float = setting(
        0.1,
        "silence of feedback_topic that disengages",
        unit="s",
        minimum=0.02,
        maximum=0.1,
        read_only=True,
    )
    command_clock: str = setting(
        "system",
        "clock of the stamps of commands: the system's, or /clock as a simulated robot has it",
        choices=("system", "/clock"),
        read_only=True,
    )
    allow_playback: bool = setting(
        False,
        "let a recording, or a graph with /clock, drive the robot: NEVER with a real robot "
        "that somebody can be near",
        read_only=True,
    )
    own_nodes: tuple[str, ...] = setting(
        (
            "driver",
            "preprocessor",
            "gesture_decoder",
            "wrist_decoder",
            "handwriting_decoder",
        ),
        "nodes of this namespace that disengage when they report an error",
        read_only=True,
    )
