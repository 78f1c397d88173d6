# SPDX-License-Identifier: Apache-2.0
"""The driver in its shell, with devices that are installed for the test as any plugin is."""

from __future__ import annotations

import itertools
import math
import sys
import threading
import time

import numpy as np
import pytest
import rclpy
from rcl_interfaces.msg import Log
from rcl_interfaces.srv import SetParameters
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.parameter import Parameter

from semg_driver.driver_node import Driver
from semg_msgs.msg import EmgChunk, EmgInfo, SimulationTruth, StreamProgress, WearerIntent
from semg_node.component import Status
from semg_node.local_bus import LocalBus
from semg_node.qos import LATCHED, STREAM
from semg_node.shell import NodeShell

DEADLINE_S = 20.0

BANDS = """
import itertools
import time
from dataclasses import dataclass

import numpy as np

from semg_driver.devices.device import (
    DeviceError, DeviceInfo, EndOfRecording, Hand, SampleBlock, Source,
)
from semg_driver.devices.registry import DevicePlugin
from semg_node.settings import setting


@dataclass(frozen=True)
class Options:
    blocks: int = setting(0, "how many blocks come before the end; 0: no end", minimum=0)
    ending: str = setting("end", "how it ends", choices=("end", "damage", "bug"))


class Band:
    info = DeviceInfo(
        device="endless", serial="1", sample_rate=1000.0, bandwidth=400.0, channels=2,
        channel_labels=("a", "b"), ring_order=(), hand=Hand.RIGHT, unit="V", noise_sd=1e-6,
        full_scale=0.0, conditioned=False, source=Source.PLAYBACK,
    )

    def __init__(self, options):
        self._options = options
        self._blocks = 0

    def open(self):
        self._blocks = 0

    def read(self, timeout):
        if self._blocks == self._options.blocks > 0:
            raise {
                "end": EndOfRecording(),
                "damage": DeviceError("damaged"),
                "bug": OSError("no such port"),
            }[self._options.ending]
        first = 10 * self._blocks
        self._blocks += 1
        emg = np.zeros((10, 2), np.float32)
        return SampleBlock(first, emg, first / 1000.0, time.monotonic())

    def close(self):
        pass


BAND = DevicePlugin("band", "Delivers zeros as fast as they are read.", Options, Band)
"""


@pytest.fixture(autouse=True)
def _installed_band(tmp_path, monkeypatch):
    (tmp_path / "zero_bands.py").write_text(BANDS)
    info = tmp_path / "zero_bands-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: zero-bands\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[semg_driver.devices]\nband = zero_bands:BAND\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "zero_bands", raising=False)


class Consumer:
    """Works through every chunk at once and says so, as a decoder does."""

    publishes = ("stream/progress",)
    finished = False

    def __init__(self, shell):
        self._shell = shell
        self.chunks = 0
        self.unwilling = False

    def configure(self):
        self._progress = self._shell.advertise("stream/progress", StreamProgress, STREAM)
        self._shell.listen("emg/info", EmgInfo, LATCHED, self._on_info, when_inactive=True)
        self._shell.listen("emg/raw", EmgChunk, STREAM, self._on_chunk)

    def activate(self):
        pass

    def deactivate(self):
        pass

    def cleanup(self):
        pass

    def parameters_changed(self):
        pass

    def _on_info(self, info):
        self._report(info.stream_id, 0)

    def _on_chunk(self, chunk):
        if self.unwilling:
            raise ValueError("cannot take it")
        self.chunks += 1
        self._report(chunk.stream_id, chunk.first_sample + len(chunk.data) // chunk.channels)

    def _report(self, stream_id, next_sample):
        self._progress.publish(
            StreamProgress(node="consumer", stream_id=stream_id, next_sample=next_sample)
        )

    def status(self, now):
        return Status()


class Graph:
    """A driver and a consumer in one process, in a namespace that no other test has."""

    numbers = itertools.count()

    def __init__(self, context, **values):
        self._executor = SingleThreadedExecutor(context=context)
        self._others = []
        self._bus = LocalBus()
        self._context = context
        self._namespace = f"/driver_test{next(self.numbers)}"
        # The consumer's topic has to be known before the driver listens to it.
        made = []
        self.consumer_shell = self._shell("consumer", lambda shell: _kept(made, Consumer(shell)))
        self.consumer = made[0]
        values = {"device": "band", "wait_for": ["consumer"], **values}
        self.driver = self._shell("driver", lambda shell: _kept(made, Driver(shell)), values)
        self._driver_component = made[1]

    def _shell(self, name, component, values=None):
        shell = NodeShell(
            name,
            component,
            bus=self._bus,
            context=self._context,
            namespace=self._namespace,
            parameter_overrides=[Parameter(k, value=v) for k, v in (values or {}).items()],
        )
        self._executor.add_node(shell)
        return shell

    def start(self):
        self.consumer_shell.try_to_start()
        self.driver.try_to_start()
        assert self.driver.active, self.driver.fault
        return self

    def node(self, name):
        """A plain node of its own in the driver's namespace, which DDS alone connects to it."""
        node = rclpy.create_node(name, context=self._context, namespace=self._namespace)
        self._others.append(node)
        self._executor.add_node(node)
        return node

    def until(self, holds):
        deadline = time.monotonic() + DEADLINE_S
        while not holds():
            assert time.monotonic() < deadline, "not in time"
            self._executor.spin_once(timeout_sec=0.02)

    def driver_status(self):
        return self._driver_component.status(time.monotonic())

    def close(self):
        self.driver.close()
        self.consumer_shell.close()
        for node in self._others:
            node.destroy_node()
        self._executor.shutdown()


def _kept(made, component):
    made.append(component)
    return component


@pytest.fixture
def graph():
    context = Context()
    rclpy.init(context=context)
    graphs = []

    def build(**values):
        return _kept(graphs, Graph(context, **values))

    yield build
    for each in graphs:
        each.close()
    rclpy.shutdown(context=context)


def in_time(action):
    """Tell whether `action` returns; it runs on a thread of its own, which a hang then keeps."""
    thread = threading.Thread(target=action, daemon=True)
    thread.start()
    thread.join(DEADLINE_S)
    return not thread.is_alive()


def test_paced_playback_can_be_stopped_while_its_consumer_reports(graph):
    running = graph().start()
    for _ in range(20):
        chunks = running.consumer.chunks
        running.until(lambda before=chunks: running.consumer.chunks > before)
        assert in_time(running.driver.trigger_deactivate)
        assert not running.driver.active
        running.driver.trigger_activate()
        assert running.driver.active


def test_driver_has_finished_when_all_has_been_played(graph):
    running = graph(**{"band.blocks": 30}).start()
    running.until(lambda: running.driver.finished)
    assert running.consumer.chunks == 30
    assert not running.driver.failed
    assert running.driver.fault == ""


@pytest.mark.parametrize(
    ("ending", "fault"),
    [
        ("damage", "device 'band': damaged"),
        ("bug", "device 'band': OSError: no such port"),
    ],
)
def test_recording_that_breaks_off_ends_the_driver_with_its_fault_for_good(graph, ending, fault):
    running = graph(**{"band.blocks": 30, "band.ending": ending}).start()
    running.until(lambda: running.driver.finished)
    assert running.driver.failed
    assert running.driver.fault == fault
    running.driver.try_to_start()
    assert not running.driver.active
    assert running.consumer.chunks == 30


def test_driver_that_failed_can_be_activated_again_by_hand(graph):
    running = graph(**{"band.blocks": 30, "band.ending": "damage"}).start()
    running.until(lambda: running.driver.failed)
    running.driver.trigger_activate()
    assert running.driver.active
    assert not running.driver.failed


def test_error_of_a_consumer_in_this_process_does_not_leave_the_driver_silent(graph):
    running = graph().start()
    running.until(lambda: running.consumer.chunks)
    running.consumer.unwilling = True
    running.until(lambda: running.driver.failed)
    assert running.driver.fault == "device 'band': ValueError: cannot take it"


def test_what_only_counts_from_the_start_is_read_only(graph):
    driver = graph().driver
    names = ("chunk_ms", "reorder_ms", "reconnection.first_delay", "band.blocks")
    assert all(driver.describe_parameter(name).read_only for name in names)
    changed = driver.set_parameters([Parameter("band.blocks", value=5)])
    assert not changed[0].successful


class Pilot:
    """Asks the wearer for gestures over DDS, and hears what the wearer did."""

    def __init__(self, running):
        self._running = running
        node = running.node("pilot")
        self._intents = node.create_publisher(WearerIntent, "simulation/intent", STREAM)
        node.create_subscription(SimulationTruth, "simulation/truth", self._on_truth, STREAM)
        node.create_subscription(Log, "/rosout", self._on_log, STREAM)
        self.done = []
        self.angle = 0.0
        self.logged = []
        running.until(lambda: self._intents.get_subscription_count())

    def ask(self, gesture, angle=math.nan):
        self._intents.publish(WearerIntent(gesture=gesture, wrist_angle=angle))

    def _on_truth(self, truth):
        self.done += truth.gestures
        self.angle = truth.wrist_angle

    def _on_log(self, line):
        if line.level == Log.WARN and line.name.endswith("driver"):
            self.logged.append(line.msg)


def test_a_simulated_wearer_does_what_is_asked_for_over_dds(graph):
    running = graph(device="simulator", **{"simulator.script": "intent"}).start()
    pilot = Pilot(running)
    pilot.ask("index_press")
    running.until(lambda: pilot.done)
    pilot.ask("", 0.3)
    running.until(lambda: pilot.angle > 0.299)
    assert pilot.done == ["index_press"]
    pilot.ask("thumb_click")
    running.until(lambda: len(pilot.done) >= 3)
    assert pilot.done == ["index_press", "index_release", "thumb_click"]


def test_a_gesture_that_nobody_knows_is_warned_of_once_and_all_goes_on(graph):
    running = graph(device="simulator", **{"simulator.script": "intent"}).start()
    pilot = Pilot(running)
    for gesture in ("wave", "wave", "thumb_in"):
        pilot.ask(gesture)
    running.until(lambda: pilot.done and pilot.logged)
    assert pilot.done == ["thumb_in"]
    (line,) = pilot.logged
    assert line.startswith("device 'simulator': simulator: gesture: there is no 'wave'; there are")
    pilot.ask("wave")
    running.until(lambda: len(pilot.logged) == 2)
    assert running.driver.active


def test_a_wearer_with_a_script_says_that_it_takes_no_wishes(graph):
    running = graph(device="simulator").start()
    pilot = Pilot(running)
    pilot.ask("thumb_in")
    running.until(lambda: pilot.logged)
    assert "script is 'demo', must be 'intent'" in pilot.logged[0]


def test_a_device_that_nobody_can_steer_hears_no_wishes(graph):
    running = graph().start()
    node = running.node("onlooker")
    running.until(lambda: node.count_subscribers("stream/progress"))
    assert node.count_subscribers("simulation/intent") == 0


class Technician:
    """Sets parameters of the driver over DDS, and sees its samples."""

    def __init__(self, running):
        self._running = running
        node = running.node("technician")
        self._client = node.create_client(SetParameters, "driver/set_parameters")
        node.create_subscription(EmgChunk, "emg/raw", self._on_chunk, STREAM)
        self.last = None
        running.until(self._client.service_is_ready)

    def set(self, name, value):
        request = SetParameters.Request(
            parameters=[Parameter(name, value=value).to_parameter_msg()]
        )
        answer = self._client.call_async(request)
        self._running.until(answer.done)
        (result,) = answer.result().results
        return result

    def _on_chunk(self, chunk):
        self.last = np.array(chunk.data).reshape(-1, chunk.channels)


def test_channels_go_bad_and_recover_by_parameters_while_the_driver_runs(graph):
    running = graph(device="simulator").start()
    technician = Technician(running)
    running.until(lambda: technician.last is not None)
    assert technician.set("simulator.nan_channel", 3).successful
    running.until(lambda: np.isnan(technician.last[:, 3]).all())
    assert np.isfinite(np.delete(technician.last, 3, axis=1)).all()
    assert technician.set("simulator.nan_channel", -1).successful
    running.until(lambda: np.isfinite(technician.last).all())


def test_the_link_is_lost_and_found_by_a_parameter_while_the_driver_runs(graph):
    running = graph(device="simulator").start()
    technician = Technician(running)
    assert technician.set("simulator.disconnect_after_s", 0.2).successful
    running.until(lambda: running.driver_status().values["reconnections"] >= 1)
    assert technician.set("simulator.disconnect_after_s", 0.0).successful
    running.until(lambda: running.driver_status().values["link"] == "connected")


def test_faults_set_while_the_driver_is_inactive_come_with_its_start(graph):
    running = graph(device="simulator").start()
    technician = Technician(running)
    running.driver.trigger_deactivate()
    assert technician.set("simulator.nan_channel", 3).successful
    running.driver.trigger_activate()
    technician.last = None
    running.until(lambda: technician.last is not None and np.isnan(technician.last[:, 3]).all())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("simulator.nan_channel", 16),
        ("simulator.stall_s", -0.1),
        ("simulator.person", 7),
        ("simulator.stall_after_s", 2.0),
        ("simulator.channel_fault_after_s", 2.0),
    ],
)
def test_values_out_of_range_and_all_other_options_are_refused(graph, name, value):
    running = graph(device="simulator").start()
    before = running.driver.get_parameter(name).value
    result = Technician(running).set(name, value)
    assert not result.successful
    assert result.reason
    assert running.driver.get_parameter(name).value == before
