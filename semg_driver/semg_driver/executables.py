# SPDX-License-Identifier: Apache-2.0
"""What ``ros2 run semg_driver`` starts."""

from semg_node.starting import start_node


def driver() -> int:
    """Run the driver in a process of its own."""
    return start_node("driver", "semg_driver.driver_node:Driver")
