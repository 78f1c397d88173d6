# SPDX-License-Identifier: Apache-2.0
"""Play a recording through the wristband graph."""

from launch import LaunchDescription

from semg_bringup.launching import (
    common_arguments,
    graph_actions,
    own_machine_only,
    playback_arguments,
)


def generate_launch_description():
    """Return the graph on the recording that is named by ``recording``."""
    return LaunchDescription(
        [
            *common_arguments(),
            *playback_arguments(),
            own_machine_only(),
            *graph_actions(playback=True),
        ]
    )
