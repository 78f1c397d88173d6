# SPDX-License-Identifier: Apache-2.0
"""The launch files run under the real ``ros2 launch``, and the ros2 tools work on the graph."""

import re

import pytest

from semg_bringup.graph import NODE_NAMES
from test import bags, offline
from test.band import active
from test.listening import Listener
from test.processes import Processes
from test.supervising import launch, params_file, why_no_launch

# Participants that miss each other's first announcements meet at the next, 3 s later.
DISCOVERY = ("--no-daemon", "--spin-time", "5")


@pytest.fixture(scope="module", autouse=True)
def _launch_is_here():
    if reason := why_no_launch():
        pytest.skip(reason)


@pytest.fixture(scope="module")
def models(bundles):
    """Parameters that name the bundles."""
    return {
        "gesture_decoder": {"bundle": bundles["gestures"]},
        "wrist_decoder": {"bundle": bundles["wrist"]},
    }


class Ros2:
    """The ros2 command on a graph."""

    def __init__(self, processes):
        self._processes = processes

    def __call__(self, *command):
        process = self._processes.start("ros2", "ros2", *command)
        assert process.ends(60) == 0, process.output
        return process.output

    def until(self, text, *command):
        """Run a command that does not end until it says `text`; return that line."""
        process = self._processes.start("ros2", "ros2", *command)
        line = process.says(text, 60)
        process.stop()
        return line


@pytest.fixture(scope="module")
def left(tmp_path_factory, models):
    """A graph in namespace left, with a threshold from a parameter file."""
    processes = Processes(tmp_path_factory.mktemp("left"))
    listener = Listener(processes.domain, "left")
    given = {**models, "driver": {"simulator.person": 105}}
    given["gesture_decoder"] = {**given["gesture_decoder"], "threshold": 0.75}
    path = params_file(processes.folder, given)
    running = launch(processes, "namespace:=left", f"params_file:={path}")
    try:
        active(listener, [f"/left/{node}" for node in NODE_NAMES], 90)
        yield listener, Ros2(processes)
        assert running.stop() == 0, running.output
    finally:
        listener.close()
        processes.stop()


def test_graph_runs_in_its_namespace_with_its_parameter_file(left):
    listener, _ = left
    listener.wait_for("wrist/velocity", 50)
    listener.wait_for("gesture/probabilities", 50)
    assert {info.serial for info in listener["emg/info"]} == {"person-105"}


def test_ros2_topic_hz_tells_the_rates(left):
    _, ros2 = left
    for topic, rate in (("emg/raw", 100), ("gesture/probabilities", 100), ("wrist/velocity", 50)):
        line = ros2.until("average rate", "topic", "hz", f"/left/{topic}", "--window", "100")
        assert float(line.split()[-1]) == pytest.approx(rate, rel=0.2)


def test_ros2_param_describes_gets_and_sets(left):
    _, ros2 = left
    node = "/left/gesture_decoder"
    assert "threshold" in ros2("param", "list", *DISCOVERY, node)
    described = ros2("param", "describe", *DISCOVERY, node, "debounce")
    assert "[s]" in described
    assert "Max value: 10.0" in described
    assert "0.75" in ros2("param", "get", *DISCOVERY, node, "threshold")
    assert "successful" in ros2("param", "set", *DISCOVERY, node, "threshold", "0.6")
    assert "0.6" in ros2("param", "get", *DISCOVERY, node, "threshold")
    refused = ros2.until("threshold", "param", "set", *DISCOVERY, node, "threshold", "1.6")
    assert re.search(r"[Ff]ailed|out of range", refused), refused


def test_ros2_lifecycle_stops_and_starts_a_node(left):
    listener, ros2 = left
    node = "/left/wrist_decoder"
    assert "active [3]" in ros2("lifecycle", "get", *DISCOVERY, node)
    assert "successful" in ros2("lifecycle", "set", *DISCOVERY, node, "deactivate")
    reports = listener.reports(node)
    listener.wait(lambda: listener.reports(node) > reports + 2)
    assert "inactive [2]" in ros2("lifecycle", "get", *DISCOVERY, node)
    assert "successful" in ros2("lifecycle", "set", *DISCOVERY, node, "activate")
    assert "active [3]" in ros2("lifecycle", "get", *DISCOVERY, node)
    (first, *_) = listener.wait_for_more("wrist/velocity", 1)
    assert first.sequence < 1000


def test_launch_can_record_and_ros2_bag_reads_it(processes, listener, models):
    bag = processes.folder / "bag"
    path = params_file(processes.folder, models)
    running = launch(processes, f"record:={bag}", f"params_file:={path}")
    active(listener, [f"/{node}" for node in NODE_NAMES], 90)
    running.says("recording into", 60)
    listener.wait(lambda: listener.node.count_subscribers("wrist/velocity") == 2, 60)
    listener.wait_for_more("wrist/velocity", 200)
    assert running.stop(30) == 0
    found = bags.read(bag)
    for topic in ("emg/info", "emg/raw", "emg/conditioned", "emg/mpf/wrist", "wrist/velocity",
                  "gesture/probabilities"):  # fmt: skip
        assert found[topic], topic
    assert len(offline.pieces(found["emg/raw"])) == 1
    said = Ros2(processes)("bag", "info", bag)
    assert (
        f"Topic: /emg/raw | Type: semg_msgs/msg/EmgChunk | Count: {len(found['emg/raw'])}" in said
    )


def test_without_autostart_and_in_simulated_time_nodes_wait_for_ros2_lifecycle(
    processes, listener, models
):
    path = params_file(processes.folder, models)
    launch(processes, "autostart:=false", "use_sim_time:=true", f"params_file:={path}")
    ros2 = Ros2(processes)
    for node in NODE_NAMES:
        assert listener.state(f"/{node}") == "unconfigured"
        assert "unconfigured [1]" in ros2("lifecycle", "get", *DISCOVERY, f"/{node}")
    assert "True" in ros2("param", "get", *DISCOVERY, "/driver", "use_sim_time")
    for node in NODE_NAMES:
        for transition in ("configure", "activate"):
            answer = ros2("lifecycle", "set", *DISCOVERY, f"/{node}", transition)
            assert "successful" in answer
    listener.wait_for("gesture/probabilities", 50)


def test_launch_opens_the_device_that_is_asked_for(processes, listener, models):
    path = params_file(processes.folder, models)
    running = launch(processes, "device:=bracelet", f"params_file:={path}")
    assert "simulator" in running.says("bracelet", 60)
    listener.wait(lambda: "bracelet" in listener.says("/driver"), 60)


@pytest.mark.parametrize("rate", ["0.0", "1.0"])
def test_playback_ends_with_the_recording(processes, listener, models, real_recordings, rate):
    path = params_file(processes.folder, models)
    running = launch(
        processes,
        f"recording:={real_recordings[0]}",
        "start:=26.0",
        "end:=31.0",
        f"rate:={rate}",
        f"params_file:={path}",
        file="playback.launch.py",
    )
    assert running.ends(120) == 0, running.output
    found = offline.pieces(listener["emg/raw"])
    assert [piece.first_sample for piece in found][-1] == 28000
    assert found[-1].end == 31000
    samples, _ = offline.probabilities(listener["gesture/probabilities"])
    # The resampler holds back less than 20 ms, a step of the decoder less than 10 ms.
    assert samples[-1] > 62000 - 60


def test_playback_of_nothing_says_so_in_one_line(processes, models):
    path = params_file(processes.folder, models)
    running = launch(
        processes, "recording:=/nowhere", f"params_file:={path}", file="playback.launch.py"
    )
    line = running.says("/nowhere", 60)
    assert "there is no such file" in line
    assert "Traceback" not in running.output
