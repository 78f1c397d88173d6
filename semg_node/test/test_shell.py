# SPDX-License-Identifier: Apache-2.0
"""The shell around a component, with real rclpy and real services."""

import itertools
from dataclasses import dataclass

import pytest
import rclpy
from diagnostic_msgs.msg import DiagnosticArray
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState, GetState
from rcl_interfaces.srv import SetParameters
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.parameter import Parameter

from semg_msgs.msg import WristVelocity
from semg_node import parameters
from semg_node.component import Refused, Status
from semg_node.local_bus import LocalBus
from semg_node.qos import STREAM
from semg_node.settings import SettingError, setting
from semg_node.shell import NodeShell


@dataclass(frozen=True)
class GainSettings:
    gain: float = setting(1.0, "factor", unit="rad/s", minimum=0.0, maximum=10.0)
    size: int = setting(4, "how much", minimum=1, read_only=True)


class Amplifier:
    """Publishes what it hears, times its gain; cannot run while `trouble` is set."""

    publishes = ("out",)
    finished = False

    def __init__(self, shell):
        self.shell = shell
        self.trouble = ""
        self.seen = []
        parameters.declare(shell, GainSettings)

    def configure(self):
        self.gain = parameters.read(self.shell, GainSettings).gain
        self.out = self.shell.advertise("out", WristVelocity, STREAM)
        self.shell.listen("in", WristVelocity, STREAM, self.on_message)

    def activate(self):
        if self.trouble:
            raise Refused(self.trouble)

    def deactivate(self):
        pass

    def cleanup(self):
        pass

    def parameters_changed(self):
        self.gain = parameters.read(self.shell, GainSettings).gain

    def on_message(self, message):
        if message.velocity < 0:
            raise Refused(f"in: velocity {message.velocity:g}, must not be negative")
        self.seen.append(message.velocity)
        self.out.publish(WristVelocity(velocity=message.velocity * self.gain))

    def status(self, now):
        return Status(values={"seen": len(self.seen)})


@pytest.fixture
def ros():
    context = Context()
    rclpy.init(context=context)
    executor = SingleThreadedExecutor(context=context)
    yield Ros(context, executor)
    executor.shutdown()
    rclpy.shutdown(context=context)


class Ros:
    """A client and a shell in a namespace that no other test has."""

    numbers = itertools.count()

    def __init__(self, context, executor):
        self.namespace = f"/test{next(self.numbers)}"
        self.context = context
        self.executor = executor
        self.client = rclpy.create_node("client", context=context, namespace=self.namespace)
        executor.add_node(self.client)

    def shell(self, bus=None, **values):
        overrides = [Parameter(name, value=value) for name, value in values.items()]
        made = []

        def component(shell):
            made.append(Amplifier(shell))
            return made[0]

        shell = NodeShell(
            "amplifier",
            component,
            bus=bus,
            context=self.context,
            namespace=self.namespace,
            parameter_overrides=overrides,
        )
        self.executor.add_node(shell)
        return shell, made[0]

    def until(self, holds, seconds=10.0):
        deadline = self.client.get_clock().now().nanoseconds + seconds * 1e9
        while not holds():
            assert self.client.get_clock().now().nanoseconds < deadline, "not in time"
            self.executor.spin_once(timeout_sec=0.05)

    def call(self, kind, name, request):
        service = self.client.create_client(kind, name)
        self.until(service.service_is_ready)
        future = service.call_async(request)
        self.until(future.done)
        return future.result()

    def state(self):
        return self.call(GetState, "amplifier/get_state", GetState.Request()).current_state.label

    def change(self, transition):
        request = ChangeState.Request(transition=Transition(id=transition))
        return self.call(ChangeState, "amplifier/change_state", request).success


def test_node_comes_to_active_by_itself(ros):
    shell, _ = ros.shell()
    ros.until(lambda: shell.active)
    assert ros.state() == "active"


def test_node_without_autostart_waits_for_its_manager(ros):
    shell, _ = ros.shell(autostart=False)
    assert ros.state() == "unconfigured"
    assert ros.change(Transition.TRANSITION_CONFIGURE)
    assert ros.change(Transition.TRANSITION_ACTIVATE)
    assert shell.active


def test_node_that_is_deactivated_by_hand_stays_so(ros):
    shell, _ = ros.shell()
    ros.until(lambda: shell.active)
    assert ros.change(Transition.TRANSITION_DEACTIVATE)
    shell.try_to_start()
    assert ros.state() == "inactive"
    assert ros.change(Transition.TRANSITION_ACTIVATE)
    assert shell.active


def test_refused_node_reports_why_and_starts_once_the_trouble_is_over(ros):
    shell, amplifier = ros.shell()
    amplifier.trouble = "the band is upside down"
    reports = []
    ros.client.create_subscription(DiagnosticArray, "/diagnostics", reports.append, 10)
    name = f"{ros.namespace}/amplifier"
    ros.until(lambda: reports and reports[-1].status[0].name.startswith(name))
    assert reports[-1].status[0].message == "the band is upside down"
    assert reports[-1].status[0].level == b"\x02"
    assert not shell.active
    amplifier.trouble = ""
    ros.until(lambda: shell.active)
    assert shell.fault == ""


def test_message_that_is_refused_stops_the_node_and_it_starts_afresh(ros):
    bus = LocalBus()
    bus.advertise(f"{ros.namespace}/in")
    shell, amplifier = ros.shell(bus=bus)
    ros.until(lambda: shell.active)
    bus.deliver(f"{ros.namespace}/in", WristVelocity(velocity=-1.0))
    assert not shell.active
    assert shell.fault == "in: velocity -1, must not be negative"
    bus.deliver(f"{ros.namespace}/in", WristVelocity(velocity=2.0))
    assert amplifier.seen == []
    ros.until(lambda: shell.active)
    bus.deliver(f"{ros.namespace}/in", WristVelocity(velocity=2.0))
    assert amplifier.seen == [2.0]


def test_messages_between_nodes_of_one_process_need_no_dds(ros):
    bus = LocalBus()
    bus.advertise(f"{ros.namespace}/in")
    shell, _ = ros.shell(bus=bus)
    got = []
    bus.subscribe(f"{ros.namespace}/out", got.append)
    ros.until(lambda: shell.active)
    assert ros.client.count_subscribers(f"{ros.namespace}/in") == 0
    bus.deliver(f"{ros.namespace}/in", WristVelocity(velocity=3.0))
    assert [message.velocity for message in got] == [3.0]


def test_everybody_else_hears_it_by_dds(ros):
    shell, _ = ros.shell(gain=2.0)
    got = []
    ros.client.create_subscription(WristVelocity, "out", got.append, STREAM)
    publisher = ros.client.create_publisher(WristVelocity, "in", STREAM)
    ros.until(lambda: shell.active and publisher.get_subscription_count() == 1)
    ros.until(lambda: ros.client.count_publishers(f"{ros.namespace}/out") == 1)

    def answered():
        publisher.publish(WristVelocity(velocity=3.0))
        return got

    ros.until(answered)
    assert got[0].velocity == 6.0


def test_inactive_node_neither_listens_nor_speaks(ros):
    bus = LocalBus()
    bus.advertise(f"{ros.namespace}/in")
    shell, amplifier = ros.shell(bus=bus)
    got = []
    bus.subscribe(f"{ros.namespace}/out", got.append)
    ros.until(lambda: shell.active)
    assert ros.change(Transition.TRANSITION_DEACTIVATE)
    bus.deliver(f"{ros.namespace}/in", WristVelocity(velocity=3.0))
    amplifier.out.publish(WristVelocity())
    assert amplifier.seen == []
    assert got == []


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [("gain", 11.0, ["gain", "11.0", "from 0 to 10"]), ("gain", "high", ["gain", "high", "float"])],
)
def test_node_does_not_start_with_a_bad_parameter(ros, name, value, words):
    with pytest.raises(SettingError) as error:
        ros.shell(**{name: value})
    assert all(word in str(error.value) for word in words)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", ["gian", "sise"])
def test_a_parameter_that_is_nearly_spelt_like_one_is_refused(ros, name):
    with pytest.raises(SettingError, match=f"there is no parameter '{name}'; did you mean '"):
        ros.shell(**{name: 2})


def test_a_parameter_of_another_node_is_ignored(ros):
    shell, _ = ros.shell(bundle="mine")
    assert not shell.has_parameter("bundle")


def test_parameter_changes_while_the_node_runs_within_its_range(ros):
    shell, amplifier = ros.shell()
    ros.until(lambda: shell.active)

    def set_parameter(name, value):
        request = SetParameters.Request(
            parameters=[Parameter(name, value=value).to_parameter_msg()]
        )
        return ros.call(SetParameters, "amplifier/set_parameters", request).results[0]

    assert set_parameter("gain", 4.0).successful
    assert amplifier.gain == 4.0
    refused = set_parameter("gain", 40.0)
    assert not refused.successful
    assert all(word in refused.reason for word in ("gain", "40.0", "10.0"))
    assert amplifier.gain == 4.0
    assert not set_parameter("size", 5).successful


def test_parameter_tells_its_description_unit_and_range(ros):
    shell, _ = ros.shell()
    descriptor = shell.describe_parameter("gain")
    assert descriptor.description == "factor [rad/s]"
    assert descriptor.floating_point_range[0].to_value == 10.0
    assert shell.describe_parameter("size").read_only


def test_request_to_stop_is_passed_on_until_cleanup(ros):
    shell, _ = ros.shell(autostart=False)
    heard = []
    assert ros.change(Transition.TRANSITION_CONFIGURE)
    shell.when_asked_to_stop(lambda: heard.append(1))
    shell.ask_to_stop()
    assert len(heard) == 1
    assert ros.change(Transition.TRANSITION_CLEANUP)
    shell.ask_to_stop()
    assert len(heard) == 1


def test_request_to_stop_may_come_after_the_end(ros):
    shell, _ = ros.shell()
    ros.executor.remove_node(shell)
    shell.close()
    shell.ask_to_stop()
