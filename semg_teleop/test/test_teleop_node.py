# SPDX-License-Identifier: Apache-2.0
"""The teleoperation node on a real graph, with decoders played by the test."""

from __future__ import annotations

import itertools
import threading
import time

import numpy as np
import pytest
import rclpy
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from geometry_msgs.msg import Twist, TwistStamped
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from nav_msgs.msg import Odometry
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.parameter import Parameter
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import Joy
from std_msgs.msg import Bool, String
from std_srvs.srv import SetBool, Trigger

from semg_msgs.msg import EmgInfo, GestureEvent, GestureProbabilities, TeleopState, WristVelocity
from semg_node.arrays import float32_field
from semg_node.qos import LATCHED, SENSOR_DATA, STREAM
from semg_node.shell import NodeShell
from semg_node.stamps import to_nanoseconds, to_stamp
from semg_teleop.profile.profile import GESTURES
from semg_teleop.surroundings import Surroundings
from semg_teleop.teleop_node import Teleop

PATIENCE_S = 20.0
STREAM_ID = 3
PROFILE = """
format: 1
name: test base
description: for tests
engage:
  arm: [thumb_click, thumb_click]
  arm_after: 0.3
  hold: [index]
  hold_after: 0.2
  hold_for: 0.3
outputs:
  base:
    type: geometry_msgs/msg/TwistStamped
    topic: cmd_vel
    frame_id: base_link
    limits: {linear: 0.5, angular: 1.0, linear_growth: 2.0, angular_growth: 6.0}
modes:
  drive:
    bindings:
      - {to: base.linear.x, held: index, value: 0.25}
      - {to: base.angular.z, wrist: angle, full: 0.6, value: 0.8}
"""


class Graph:
    """Decoders and a robot, on a thread that publishes a hundred times a second."""

    def __init__(self, domain):
        self.domain = domain
        self.context = Context()
        rclpy.init(context=self.context, domain_id=domain)
        self.node = rclpy.create_node("graph", context=self.context)
        self.executor = SingleThreadedExecutor(context=self.context)
        self.executor.add_node(self.node)
        node = self.node
        self._publish_info = node.create_publisher(EmgInfo, "emg/info", LATCHED).publish
        self.probabilities = node.create_publisher(
            GestureProbabilities, "gesture/probabilities", STREAM
        )
        self._events = node.create_publisher(GestureEvent, "gesture/event", STREAM)
        self._wrist = node.create_publisher(WristVelocity, "wrist/velocity", STREAM)
        self._switch = node.create_publisher(Bool, "teleop/dead_man", SENSOR_DATA)
        self.held: tuple[str, ...] = ()
        self.pressed = False
        self.velocity = 0.0
        self.states: list[TeleopState] = []
        self.commands: list[tuple[float, TwistStamped]] = []
        self.feedback: list[str] = []
        self.nodes: dict[str, DiagnosticStatus] = {}
        node.create_subscription(TeleopState, "teleop/state", self.states.append, LATCHED)
        node.create_subscription(
            TwistStamped,
            "cmd_vel",
            lambda message: self.commands.append((time.monotonic(), message)),
            STREAM,
        )
        node.create_subscription(
            String, "teleop/feedback", lambda message: self.feedback.append(message.data), LATCHED
        )
        node.create_subscription(DiagnosticArray, "/diagnostics", self._diagnose, 10)
        self._counts = {name: itertools.count() for name in ("probabilities", "event", "wrist")}
        self._events_to_send: list[str] = []
        self._shells: list[NodeShell] = []
        self._ending = threading.Event()
        self.silent = False
        self.describe(EmgInfo.SOURCE_LIVE)
        self._publisher = threading.Thread(target=self._publish, daemon=True)
        self._spinner = threading.Thread(target=self._spin, daemon=True)
        self._publisher.start()
        self._spinner.start()

    def describe(self, source):
        self._publish_info(EmgInfo(stream_id=STREAM_ID, source=source, device="test"))

    def make(self, gesture):
        self._events_to_send.append(gesture)

    def teleop(self, profile, **parameters):
        """Start the node."""
        values = {"profile": str(profile), **parameters}
        shell = NodeShell(
            "teleop",
            Teleop,
            context=self.context,
            parameter_overrides=[
                Parameter(name.replace("__", "."), value=value) for name, value in values.items()
            ],
            cli_args=[],
        )
        self._shells.append(shell)
        self.executor.add_node(shell)
        shell.try_to_start()
        return shell

    def _diagnose(self, message):
        for status in message.status:
            self.nodes[status.name] = status

    def _spin(self):
        while not self._ending.is_set():
            self.executor.spin_once(timeout_sec=0.05)

    def _publish(self):
        due = time.monotonic()
        for tick in itertools.count():
            due += 0.01
            if self._ending.wait(max(due - time.monotonic(), 0.0)):
                return
            self._switch.publish(Bool(data=self.pressed))
            if self.silent:
                continue
            common = {"stream_id": STREAM_ID}
            message = GestureProbabilities(
                **common,
                sequence=next(self._counts["probabilities"]),
                gestures=list(GESTURES),
                frames=1,
                probabilities=float32_field(np.full(9, 0.01)),
                held=list(self.held),
            )
            self._stamped(message, self.probabilities)
            while self._events_to_send:
                name = self._events_to_send.pop(0)
                event = GestureEvent(
                    **common, sequence=next(self._counts["event"]), name=name, probability=0.9
                )
                self._stamped(event, self._events)
            if tick % 2 == 0:
                velocity = WristVelocity(
                    **common, sequence=next(self._counts["wrist"]), velocity=self.velocity
                )
                self._stamped(velocity, self._wrist)

    def _stamped(self, message, publisher):
        message.header.stamp = to_stamp(time.time_ns() - 5_000_000)
        publisher.publish(message)

    def wait(self, condition, what):
        deadline = time.monotonic() + PATIENCE_S
        while not (found := condition()):
            state = self.states[-1] if self.states else None
            assert time.monotonic() < deadline, f"waited in vain for {what}; last: {state}"
            time.sleep(0.01)
        return found

    def wait_for_state(self, state, saying=""):
        def matches():
            last = self.states[-1] if self.states else None
            says = last is not None and saying in " ".join([last.reason, *last.obstacles])
            return last if says and last.state == state else None

        return self.wait(matches, f"state {state} '{saying}'")

    def wait_for_speed(self, speed):
        def goes():
            return self.commands and self.commands[-1][1].twist.linear.x == speed

        self.wait(goes, f"{speed} m/s")

    def zeros(self):
        """Return the commands of zero after which no other came."""
        latest = reversed(list(self.commands))
        return list(itertools.takewhile(lambda item: item[1].twist == Twist(), latest))

    def wait_until_ready(self):
        """Wait until only the wearer's act is missing."""
        self.wait(
            lambda: (
                self.states
                and not self.states[-1].obstacles
                and self.states[-1].state != TeleopState.EMERGENCY_STOP
            ),
            "nothing in the way",
        )

    def engage_by_switch(self):
        self.wait_until_ready()
        self.pressed = True
        self.wait_for_state(TeleopState.ENGAGED)

    def drive(self):
        self.engage_by_switch()
        self.held = ("index",)
        self.wait_for_speed(0.25)

    def call(self, kind, name, request):
        client = self.node.create_client(kind, name)
        assert client.wait_for_service(PATIENCE_S)
        done = client.call_async(request)
        self.wait(done.done, name)
        return done.result()

    def close(self):
        self._ending.set()
        self._spinner.join()
        self._publisher.join()
        for shell in self._shells:
            shell.close()
        self.executor.shutdown()
        rclpy.shutdown(context=self.context)


_domains = itertools.count(1)


@pytest.fixture
def graph():
    graph = Graph(100 + next(_domains) % 100)
    yield graph
    graph.close()


@pytest.fixture
def profile(tmp_path):
    path = tmp_path / "base.yaml"
    path.write_text(PROFILE)
    return path


def test_drives_by_gestures_alone(graph, profile):
    graph.teleop(profile)
    graph.wait_until_ready()
    assert "to drive: rest 0.3 s, thumb_click, thumb_click, rest" in graph.states[-1].reason
    time.sleep(0.4)
    graph.make("thumb_click")
    graph.make("thumb_click")
    graph.wait(lambda: graph.states[-1].armed, "armed")
    time.sleep(0.3)
    graph.held = ("index",)
    graph.wait_for_state(TeleopState.ENGAGED)
    graph.wait_for_speed(0.25)
    graph.held = ()
    graph.wait_for_state(TeleopState.DISENGAGED, "released")
    assert graph.commands[-1][1].twist == Twist()
    assert "drive: driving" in graph.feedback


def test_commands_are_stamped_at_publication_and_name_their_frame(graph, profile):
    graph.teleop(profile, dead_man="bool")
    graph.drive()
    message = graph.commands[-1][1]
    assert abs(time.time_ns() - to_nanoseconds(message.header.stamp)) < 2_000_000_000
    assert message.header.frame_id == "base_link"


def test_the_wrist_steers(graph, profile):
    graph.teleop(profile, dead_man="bool")
    graph.drive()
    graph.velocity = 0.5
    graph.wait(lambda: graph.commands[-1][1].twist.angular.z > 0.3, "turning")


def test_says_zero_for_a_second_and_then_nothing(graph, profile):
    graph.teleop(profile, dead_man="bool")
    graph.drive()
    graph.pressed = False
    graph.wait_for_state(TeleopState.DISENGAGED)
    count = -1
    while count != len(graph.commands):
        count = len(graph.commands)
        time.sleep(0.3)
    times = [at for at, command in graph.commands]
    moving = [at for at, command in graph.commands if command.twist != Twist()]
    zeros = [at for at in times if at > moving[-1]]
    assert 0.8 < zeros[-1] - zeros[0] < 2.0
    assert len(zeros) >= 100


def test_a_switch_that_is_pressed_at_the_start_does_not_engage(graph, profile):
    graph.pressed = True
    graph.teleop(profile, dead_man="bool")
    graph.wait_until_ready()
    graph.wait_for_state(TeleopState.DISENGAGED, "let go of the dead-man switch")
    assert graph.commands == []
    graph.pressed = False
    graph.wait_for_state(TeleopState.DISENGAGED, "press the dead-man switch")
    graph.drive()


def test_late_presses_of_a_joystick_are_no_letting_go(graph, profile):
    joy = graph.node.create_publisher(Joy, "joy", SENSOR_DATA)
    said = {"pressed": 0, "behind_ns": 0, "silent": False}
    ended = threading.Event()

    def publish():
        while not ended.wait(0.02):
            if not said["silent"]:
                message = Joy(buttons=[said["pressed"]])
                message.header.stamp = to_stamp(time.time_ns() - said["behind_ns"])
                joy.publish(message)

    thread = threading.Thread(target=publish)
    thread.start()
    try:
        graph.teleop(profile, dead_man="joy", dead_man_topic="joy")
        graph.wait_until_ready()
        said["pressed"] = 1
        graph.wait_for_state(TeleopState.ENGAGED)
        said["silent"] = True
        graph.wait_for_state(TeleopState.DISENGAGED, "joy: silent")
        # What was held back by a link comes at last, and then the present again.
        said.update(behind_ns=500_000_000, silent=False)
        time.sleep(0.3)
        said["behind_ns"] = 0
        graph.wait_for_state(TeleopState.DISENGAGED, "let go of the dead-man switch")
        seen = len(graph.states)
        time.sleep(0.5)
        assert {state.state for state in graph.states[seen:]} == {TeleopState.DISENGAGED}
        said["pressed"] = 0
        graph.wait_for_state(TeleopState.DISENGAGED, "press the dead-man switch")
        said["pressed"] = 1
        graph.wait_for_state(TeleopState.ENGAGED)
    finally:
        ended.set()
        thread.join()


def test_arming_by_service_is_not_engaging(graph, profile):
    graph.teleop(profile)
    graph.wait_until_ready()
    assert graph.call(SetBool, "teleop/arm", SetBool.Request(data=True)).success
    state = graph.wait(lambda: graph.states[-1].armed and graph.states[-1], "armed")
    assert state.state == TeleopState.DISENGAGED

    def drives():
        # On a busy machine a decoder may seem silent, which disarms.
        if not graph.states[-1].armed:
            graph.held = ()
            graph.call(SetBool, "teleop/arm", SetBool.Request(data=True))
            time.sleep(0.3)
        graph.held = ("index",)
        return graph.commands and graph.commands[-1][1].twist.linear.x == 0.25

    graph.wait(drives, "driving")
    assert graph.call(SetBool, "teleop/arm", SetBool.Request(data=False)).success
    graph.wait_for_state(TeleopState.DISENGAGED, "disarmed by teleop/arm")


def test_silence_of_the_decoders_stops(graph, profile):
    graph.teleop(profile, dead_man="bool")
    graph.drive()
    graph.silent = True
    for topic in ("gesture/probabilities", "wrist/velocity"):
        graph.wait_for_state(TeleopState.DISENGAGED, f"{topic}: silent for more than 100 ms")
    assert graph.commands[-1][1].twist == Twist()


def test_an_emergency_stop_is_latched_until_it_is_reset(graph, profile):
    graph.teleop(profile, dead_man="bool")
    stop = graph.node.create_publisher(Bool, "teleop/emergency_stop", 1)
    graph.drive()
    graph.wait(lambda: stop.get_subscription_count() > 0, "the stop to be heard")
    stop.publish(Bool(data=True))
    graph.wait_for_state(TeleopState.EMERGENCY_STOP, "emergency stop")
    refused = graph.call(Trigger, "teleop/reset_emergency_stop", Trigger.Request())
    assert (refused.success, refused.message) == (
        False,
        "the emergency stop is still pressed: release it first",
    )
    stop.publish(Bool(data=False))
    graph.wait(
        lambda: graph.call(Trigger, "teleop/reset_emergency_stop", Trigger.Request()).success,
        "the reset",
    )
    graph.wait_for_state(TeleopState.DISENGAGED)
    graph.pressed, graph.held = False, ()
    graph.wait_for_state(TeleopState.DISENGAGED, "press the dead-man switch")
    graph.drive()


def test_an_emergency_stop_from_before_the_start_counts(graph, profile):
    stop = graph.node.create_publisher(Bool, "teleop/emergency_stop", LATCHED)
    stop.publish(Bool(data=True))
    graph.teleop(profile, dead_man="bool")
    graph.wait_for_state(TeleopState.EMERGENCY_STOP, "emergency stop")


def test_deactivation_sends_zero_first(graph, profile):
    graph.teleop(profile, dead_man="bool")
    graph.drive()
    request = ChangeState.Request()
    request.transition.id = Transition.TRANSITION_DEACTIVATE
    assert graph.call(ChangeState, "teleop/change_state", request).success
    assert "this node is being stopped" in graph.states[-1].reason

    graph.wait(lambda: len(graph.zeros()) >= 100, "zeros")


def test_whoever_is_asked_to_stop_does_not_engage_again(graph, profile):
    shell = graph.teleop(profile, dead_man="bool")
    graph.drive()
    shell.ask_to_stop()
    graph.wait_for_state(TeleopState.DISENGAGED, "this process is being stopped")
    for pressed in (False, True, False, True):
        graph.pressed = pressed
        graph.wait_for_state(TeleopState.DISENGAGED, "this process is being stopped")
        time.sleep(0.2)
    graph.wait(lambda: len(graph.zeros()) >= 100, "zeros")
    assert graph.states[-1].engagements == 1


def test_a_cycle_that_breaks_ends_with_zeros_and_says_so(graph, profile, monkeypatch):
    shell = graph.teleop(profile, dead_man="bool")
    graph.drive()

    def breaks(self):
        raise RuntimeError("the graph cannot be read")

    monkeypatch.setattr(Surroundings, "obstacles", breaks)
    graph.wait(lambda: len(graph.zeros()) >= 100, "zeros")
    graph.wait(lambda: not shell.active, "the node to stop")
    assert "internal error, commands have ended" in shell.fault
    assert "the graph cannot be read" in graph.states[-1].reason
    assert graph.states[-1].state == TeleopState.DISENGAGED


def test_an_error_of_an_own_node_stops(graph, profile):
    graph.teleop(profile, dead_man="bool")
    reports = graph.node.create_publisher(DiagnosticArray, "/diagnostics", 10)
    graph.drive()
    bad = DiagnosticStatus(level=DiagnosticStatus.ERROR, name="/driver", message="link lost")
    reports.publish(DiagnosticArray(status=[bad]))
    graph.wait_for_state(TeleopState.DISENGAGED, "/driver reports an error: link lost")


def test_a_second_publisher_of_an_input_stops(graph, profile):
    graph.teleop(profile, dead_man="bool")
    graph.drive()
    rival = graph.node.create_publisher(WristVelocity, "wrist/velocity", STREAM)
    graph.wait_for_state(TeleopState.DISENGAGED, "wrist/velocity: 2 publishers, must be one")
    graph.node.destroy_publisher(rival)


def test_somebody_else_who_commands_the_robot_stops(graph, profile):
    graph.teleop(profile, dead_man="bool")
    graph.drive()
    rival = graph.node.create_publisher(TwistStamped, "cmd_vel", 1)
    state = graph.wait_for_state(TeleopState.DISENGAGED, "2 publishers on /cmd_vel")
    assert "/graph, /teleop" in state.obstacles[0]
    graph.node.destroy_publisher(rival)


def test_a_robot_that_takes_another_type_is_not_driven(graph, profile):
    # Two types of a topic in one process are refused by the middleware itself.
    elsewhere = Context()
    rclpy.init(context=elsewhere, domain_id=graph.domain)
    robot = rclpy.create_node("robot", context=elsewhere)
    robot.create_subscription(Twist, "cmd_vel", lambda message: None, 1)
    graph.teleop(profile, dead_man="bool")
    graph.wait_for_state(TeleopState.DISENGAGED, "cmd_vel: is geometry_msgs/msg/Twist")
    rclpy.shutdown(context=elsewhere)


def test_a_recording_does_not_drive(graph, profile):
    graph.describe(EmgInfo.SOURCE_PLAYBACK)
    graph.teleop(profile, dead_man="bool")
    graph.wait_for_state(TeleopState.DISENGAGED, "the source is playback")


def test_a_recording_drives_where_that_is_allowed_by_hand(graph, profile):
    graph.describe(EmgInfo.SOURCE_PLAYBACK)
    graph.teleop(profile, dead_man="bool", allow_playback=True)
    graph.drive()


def test_simulated_time_does_not_drive(graph, profile):
    graph.teleop(profile, dead_man="bool", use_sim_time=True)
    graph.wait_for_state(TeleopState.DISENGAGED, "use_sim_time is on")


def test_a_graph_with_a_clock_does_not_drive(graph, profile):
    graph.teleop(profile, dead_man="bool")
    graph.drive()
    clock = graph.node.create_publisher(Clock, "/clock", 1)
    graph.wait_for_state(TeleopState.DISENGAGED, "/clock has a publisher")
    graph.node.destroy_publisher(clock)


def test_stops_when_the_robot_falls_silent(graph, profile):
    odometry = graph.node.create_publisher(Odometry, "odom", 1)
    graph.teleop(profile, dead_man="bool", feedback_topic="odom")
    graph.wait_for_state(TeleopState.DISENGAGED, "odom: no feedback from the robot has come yet")
    numbers = itertools.count(1)
    talking = threading.Event()
    talking.set()

    def say():
        while talking.is_set():
            message = Odometry()
            message.header.stamp = to_stamp(next(numbers))
            odometry.publish(message)
            time.sleep(0.02)

    robot = threading.Thread(target=say)
    robot.start()
    try:
        graph.drive()
    finally:
        talking.clear()
        robot.join()
    graph.wait_for_state(TeleopState.DISENGAGED, "odom: no new feedback from the robot")


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"profile": "no_such_profile"}, "no_such_profile"),
        ({"latched": True}, "has no gesture in engage.disengage"),
        ({"feedback_topic": "odom", "feedback_type": "Odometry"}, "PACKAGE/msg/TYPE"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(graph, profile, parameters, said):
    shell = graph.teleop(**{"profile": profile, **parameters})
    assert said in shell.fault
    assert "\n" not in shell.fault
    assert not shell.active


def test_a_refusal_leaves_no_publisher_behind(graph, profile):
    shell = graph.teleop(profile, feedback_topic="odom", feedback_type="no_msgs/msg/Nothing")
    assert shell.fault
    graph.wait(lambda: graph.node.count_publishers("cmd_vel") == 0, "no publisher")
