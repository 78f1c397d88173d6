# SPDX-License-Identifier: Apache-2.0
"""The robot's feedback, of whatever message type."""

import pytest
from nav_msgs.msg import Odometry
from std_msgs.msg import Bool

from semg_node.component import Refused
from semg_node.stamps import to_stamp
from semg_teleop.robot_feedback import message_class, stamp_of


def test_finds_a_message_by_its_name():
    assert message_class("nav_msgs/msg/Odometry") is Odometry


@pytest.mark.parametrize("name", ["Odometry", "nav_msgs/Odometry", "os/msg/x", "", "../msg/Odd"])
def test_refuses_what_is_not_written_as_a_type(name):
    with pytest.raises(Refused, match=r"must be written PACKAGE/msg/TYPE"):
        message_class(name)


@pytest.mark.parametrize("name", ["no_such_msgs/msg/State", "nav_msgs/msg/NoSuchType"])
def test_refuses_what_is_not_installed(name):
    with pytest.raises(Refused, match=f"'{name}' is not installed"):
        message_class(name)


def test_reads_the_stamp_where_there_is_one():
    message = Odometry()
    message.header.stamp = to_stamp(12_345_678_901)
    assert stamp_of(message) == 12_345_678_901
    assert stamp_of(Odometry()) is None
    assert stamp_of(Bool()) is None
