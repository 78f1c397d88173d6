# SPDX-License-Identifier: Apache-2.0
"""What ``ros2 run semg_teleop`` starts."""

from semg_node.starting import start_node


def teleop() -> int:
    """Run the teleoperation node, with its safety gate, in a process of its own."""
    return start_node("teleop", "semg_teleop.teleop_node:Teleop")


def command_watchdog() -> int:
    """Run the watchdog at the robot in a process of its own."""
    return start_node("command_watchdog", "semg_teleop.command_watchdog_node:CommandWatchdog")


def kinematic_base() -> int:
    """Run the simulated mobile base in a process of its own."""
    return start_node("kinematic_base", "semg_teleop.kinematic_base_node:KinematicBase")
