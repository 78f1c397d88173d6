# SPDX-License-Identifier: Apache-2.0
"""The command watchdog in a process of its own, between a sender and a robot."""

import math
import os
import signal
from importlib.util import find_spec
from pathlib import Path

import pytest
from ament_index_python.packages import get_package_prefix
from diagnostic_msgs.msg import DiagnosticArray
from geometry_msgs.msg import Twist, TwistStamped
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from sensor_msgs.msg import Joy

from test.driving import Driving, speed
from test.processes import wait_until

FORWARD = 0.5


def start(processes, *remaps, **parameters):
    executable = Path(get_package_prefix("semg_teleop"), "lib/semg_teleop/command_watchdog")
    given = [part for name, value in parameters.items() for part in ("-p", f"{name}:={value}")]
    given += [part for rule in remaps for part in ("-r", rule)]
    return processes.start("command_watchdog", executable, "--ros-args", *given)


@pytest.fixture
def drive(processes):
    made = []

    def driving(kind=TwistStamped, name="teleop", **options):
        made.append(Driving(processes.domain, kind, name, **options))
        return made[-1]

    yield driving
    for one in made:
        one.close()


def is_told(driving, line):
    """Wait until the watchdog's diagnostics say it."""
    told = []
    subscription = driving.node.create_subscription(
        DiagnosticArray, "/diagnostics", lambda message: told.extend(message.status), 10
    )
    wait_until(lambda: any(line in status.message for status in told), 20.0, line)
    driving.node.destroy_subscription(subscription)


def came(driving, begin=0):
    return [speed(message) for _, message in driving.heard[begin:]]


def test_commands_pass_as_they_are(processes, drive):
    start(processes)
    driving = drive()
    driving.drive(FORWARD)
    sent = [message for _, message in driving.sent]
    assert all(message in sent for _, message in driving.heard if speed(message))


def test_zeros_come_when_commands_cease(processes, drive):
    start(processes)
    driving = drive()
    driving.drive(FORWARD)
    driving.send(None)
    driving.wait_for(lambda message: speed(message) == 0.0, "zero after the silence")
    first = next(i for i, value in enumerate(came(driving)) if value) + 1
    values = came(driving, first)
    assert 0.0 in values
    assert values == sorted(values, reverse=True), "once there was a zero nothing moved"


def test_after_a_silence_only_zero_lets_commands_pass(processes, drive):
    start(processes)
    driving = drive()
    driving.drive(FORWARD)
    driving.send(None)
    driving.wait_for(lambda message: speed(message) == 0.0, "zero after the silence")
    begin = len(driving.heard)
    driving.send_some(FORWARD, 50)
    assert not any(came(driving, begin))
    driving.drive(FORWARD)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_last_word_is_zero_when_it_is_asked_to_stop(processes, drive, number):
    watchdog = start(processes)
    driving = drive()
    driving.drive(FORWARD)
    os.kill(watchdog.pid, number)
    assert watchdog.ends() == 0
    wait_until(lambda: not driving.subscription.get_publisher_count(), 20.0, "it to be gone")
    assert came(driving)[-3:] == [0.0, 0.0, 0.0]
    assert "Traceback" not in watchdog.output


def test_last_word_is_zero_when_it_is_deactivated(processes, drive):
    start(processes)
    driving = drive()
    driving.drive(FORWARD)
    client = driving.node.create_client(ChangeState, "command_watchdog/change_state")
    wait_until(client.service_is_ready, 20.0, "its service")
    done = client.call_async(
        ChangeState.Request(transition=Transition(id=Transition.TRANSITION_DEACTIVATE))
    )
    wait_until(done.done, 20.0, "its answer")
    assert done.result().success
    assert came(driving)[-3:] == [0.0, 0.0, 0.0]


def test_what_waited_while_it_was_stopped_moves_nothing(processes, drive):
    watchdog = start(processes, type="geometry_msgs/msg/Twist")
    driving = drive(Twist)
    driving.drive(FORWARD)
    os.kill(watchdog.pid, signal.SIGSTOP)
    driving.send_some(FORWARD, 50)
    begin = len(driving.heard)
    os.kill(watchdog.pid, signal.SIGCONT)
    driving.wait_for(lambda message: True, "an answer")
    wait_until(lambda: len(driving.heard) > begin + 20, 20.0, "more of it")
    # What had been on its way to the robot when it stopped may still come.
    assert not any(came(driving, begin)[1:])


def test_not_a_number_comes_out_as_zero(processes, drive):
    start(processes)
    driving = drive()
    driving.drive(FORWARD)
    driving.send(math.nan)
    driving.wait_for(lambda message: speed(message) == 0.0, "zero")
    driving.send(FORWARD)
    assert all(map(math.isfinite, came(driving)))


def test_two_senders_stop_the_robot(processes, drive):
    start(processes)
    driving = drive()
    driving.drive(FORWARD)
    other = drive(name="joystick")
    is_told(driving, "2 publishers send commands (/joystick, /teleop)")
    begin = len(driving.heard)
    other.send(0.0)
    driving.send_some(FORWARD, 50)
    assert not any(came(driving, begin))


def test_two_senders_stop_the_robot_where_one_remap_leads_to_the_name_of_another(processes, drive):
    start(processes, "cmd_vel_in:=/cmd_vel", "cmd_vel:=/base/cmd_vel")
    topics = ("/cmd_vel", "/base/cmd_vel")
    driving = drive(topics=topics)
    driving.drive(FORWARD)
    other = drive(name="joystick", topics=topics)
    is_told(driving, "2 publishers send commands (/joystick, /teleop)")
    begin = len(driving.heard)
    other.send(0.0)
    driving.send_some(FORWARD, 50)
    assert not any(came(driving, begin))


@pytest.mark.parametrize(("longest_age", "passes"), [(0.2, False), (0.0, True)])
def test_old_stamps_pass_only_where_they_are_not_looked_at(processes, drive, longest_age, passes):
    start(processes, longest_age=longest_age)
    driving = drive()
    driving.behind_s = 3600
    wait_until(driving.connected, 20.0, "the watchdog")
    if passes:
        driving.drive(FORWARD)
        return
    wait_until(driving.connected, 20.0, "the watchdog")
    for value in (0.0, FORWARD):
        driving.send_some(value, 50)
    is_told(driving, "the stamp of a command was 3600 s old")
    assert not any(came(driving))


def test_joy_gets_zeros_of_its_size(processes, drive):
    start(processes, type="sensor_msgs/msg/Joy")
    driving = drive(Joy)
    driving.drive(FORWARD)
    driving.send(None)
    driving.wait_for(lambda message: speed(message) == 0.0, "zero")
    _, zero = driving.heard[-1]
    assert (list(zero.axes), list(zero.buttons)) == ([0.0, 0.0], [0])
    assert zero.header.frame_id == "base_link"


def test_other_type_on_the_graph_is_told(processes, drive):
    driving = drive(Twist)
    start(processes)
    is_told(
        driving,
        "cmd_vel_in: is geometry_msgs/msg/Twist on this graph, but parameter 'type' is "
        "geometry_msgs/msg/TwistStamped: set the right type, or remap",
    )


def test_input_that_is_the_output_is_refused(processes):
    watchdog = start(processes, input="cmd_vel")
    watchdog.says("parameters 'input' and 'output' are both /cmd_vel, but commands have to come")


@pytest.mark.skipif(find_spec("control_msgs") is not None, reason="control_msgs is installed")
def test_missing_package_is_told_in_one_line(processes):
    watchdog = start(processes, type="control_msgs/msg/JointJog")
    line = watchdog.says("which is not installed: sudo apt install ros-")
    assert "parameter 'type' control_msgs/msg/JointJog needs package control_msgs" in line
    assert "Traceback" not in watchdog.output
