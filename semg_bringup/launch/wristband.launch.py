# SPDX-License-Identifier: Apache-2.0
"""Start the wristband graph: driver, preprocessor and decoders, one process each."""

from launch import LaunchDescription

from semg_bringup.launching import (
    common_arguments,
    device_arguments,
    graph_actions,
    own_machine_only,
)


def generate_launch_description():
    """Return the graph on the device that is named by ``device``."""
    return LaunchDescription(
        [
            *common_arguments(),
            *device_arguments(),
            own_machine_only(),
            *graph_actions(playback=False),
        ]
    )
