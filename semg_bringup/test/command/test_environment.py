# SPDX-License-Identifier: Apache-2.0
import pytest

from semg_bringup.command.environment import library_paths


@pytest.fixture
def prefix(tmp_path):
    """A folder that our messages are built into."""
    (tmp_path / "share" / "semg_msgs").mkdir(parents=True)
    return tmp_path


def test_beside_a_sourced_ros_our_libraries_come_first(prefix):
    sourced = {"ROS_DISTRO": "jazzy", "LD_LIBRARY_PATH": "/opt/ros/jazzy/lib"}
    assert library_paths(sourced, prefix) == f"{prefix}/lib:/opt/ros/jazzy/lib"
    assert library_paths({"ROS_DISTRO": "jazzy"}, prefix) == f"{prefix}/lib"


def test_nothing_is_to_be_changed_where_they_are_found_anyway(prefix, tmp_path_factory):
    assert library_paths({}, prefix) is None
    there = {"ROS_DISTRO": "jazzy", "LD_LIBRARY_PATH": f"/opt/ros/jazzy/lib:{prefix}/lib"}
    assert library_paths(there, prefix) is None
    assert library_paths({"ROS_DISTRO": "jazzy"}, tmp_path_factory.mktemp("elsewhere")) is None
