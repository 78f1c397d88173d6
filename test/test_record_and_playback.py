# SPDX-License-Identifier: Apache-2.0
"""What was recorded on one day gives the same events on another."""

import shutil
import subprocess
from pathlib import Path

import pytest
from ament_index_python.packages import get_package_prefix

from semg_node.stamps import to_nanoseconds
from test import bags, offline
from test.band import active
from test.listening import Listener
from test.playing import Playing
from test.processes import CONSUMERS, Processes

STREAM_S = 12.0
"""s after which the simulated band loses its link: the next stream is whole."""
RECORDED_S = 22.0
SHORTEST = 16 * 400


def semg():
    return Path(get_package_prefix("semg_bringup"), "lib", "semg_bringup", "semg")


def start_consumers(processes, bundles):
    processes.node("preprocessor")
    processes.node("gesture_decoder", parameters={"bundle": bundles["gestures"]})
    processes.node("wrist_decoder", parameters={"bundle": bundles["wrist"]})


@pytest.fixture(scope="module")
def joined_late(tmp_path_factory, bundles):
    """A bag that `semg record` began when the graph had been running for a while."""
    folder = tmp_path_factory.mktemp("live")
    processes = Processes(folder)
    listener = Listener(processes.domain, topics=("emg/info", "gesture/probabilities"))
    try:
        start_consumers(processes, bundles)
        processes.node("driver", parameters={"simulator.disconnect_after_s": STREAM_S})
        listener.wait_for("gesture/probabilities", 50, 60)
        bag = folder / "bag"
        recorder = processes.start(
            "record", semg(), "record", "--output", bag, "--duration", RECORDED_S
        )
        assert recorder.ends(RECORDED_S + 60) == 0, recorder.output
        assert "no sample lost" in recorder.output
    finally:
        listener.close()
        processes.stop()
    return bag


@pytest.fixture(scope="module")
def from_the_start(tmp_path_factory, bundles):
    """A bag that the one-process graph wrote from its first sample on."""
    folder = tmp_path_factory.mktemp("one")
    processes = Processes(folder)
    try:
        bag = folder / "bag"
        run = processes.start(
            "run", semg(), "run", "--plain", "--record", bag, "--duration", 8,
            "-p", f"gesture_decoder.bundle:={bundles['gestures']}",
            "-p", f"wrist_decoder.bundle:={bundles['wrist']}",
        )  # fmt: skip
        assert run.ends(90) == 0, run.output
    finally:
        processes.stop()
    return bag


def streams(messages):
    """Return the messages of each stream, in order of appearance."""
    parts = {}
    for message in messages:
        parts.setdefault(message.stream_id, []).append(message)
    return list(parts.values())


def said(messages, since=0):
    """Return what a stream's gesture messages say, sample by sample."""
    return [
        (to_nanoseconds(stamp), sample, message.held)
        for message in messages
        for stamp, sample in zip(message.stamps, message.samples, strict=True)
        if sample >= since
    ]


def decided(events):
    return [(to_nanoseconds(e.header.stamp), e.sample, e.name, e.inferred) for e in events]


def compare(recorded, played, first_whole):
    """Compare recorded and played events, stream by stream, as far as both go."""
    raw = streams(recorded["emg/raw"])
    assert len(raw) > first_whole
    wholes = 0
    for number in range(first_whole, len(raw)):
        if sum(len(chunk.data) for chunk in raw[number]) < SHORTEST:
            continue  # the recording ended before anything could be decoded
        ids = [streams(side["emg/raw"])[number][0].stream_id for side in (recorded, played)]
        frames, events, velocities = (
            [
                [m for m in side[topic] if m.stream_id == stream_id]
                for side, stream_id in zip((recorded, played), ids, strict=True)
            ]
            for topic in ("gesture/probabilities", "gesture/event", "wrist/velocity")
        )
        end = min(int(side[-1].samples[-1]) for side in frames)
        assert end > 0.9 * raw[number][-1].first_sample
        first, second = ([one for one in decided(side) if one[1] <= end] for side in events)
        assert first == second
        wholes += len(first)
        first, second = ([one for one in said(side) if one[1] <= end] for side in frames)
        assert first == second
        speeds = [{m.sample: m.velocity for m in side} for side in velocities]
        assert all(
            abs(speeds[1][sample] - value) < 1e-6
            for sample, value in speeds[0].items()
            if sample in speeds[1]
        )
    assert wholes > 0, "nothing was decoded"


def test_a_recording_that_began_mid_stream_is_the_same_from_its_first_stream_change_on(
    joined_late, bundles, tmp_path
):
    recorded = bags.read(joined_late)
    assert recorded["emg/raw"][0].first_sample > 0
    playing = Playing(tmp_path, joined_late, bundles, rate=0.0)
    try:
        played = playing.finish(120)
        sent, given = offline.pieces(played["emg/raw"]), offline.pieces(recorded["emg/raw"])
        assert [p.emg.tobytes() for p in sent] == [p.emg.tobytes() for p in given]
        compare(recorded, played, first_whole=1)
    finally:
        playing.close()


@pytest.mark.parametrize("rate", [0.0, 1.0])
def test_a_recording_of_one_process_is_the_same_from_its_start(
    from_the_start, bundles, tmp_path, rate
):
    recorded = bags.read(from_the_start)
    assert recorded["emg/raw"][0].first_sample == 0
    playing = Playing(tmp_path, from_the_start, bundles, rate=rate)
    try:
        compare(recorded, playing.finish(120), first_whole=0)
    finally:
        playing.close()


def has_bag_player():
    command = ["ros2", "bag", "--help"]
    return shutil.which("ros2") and not subprocess.run(command, capture_output=True).returncode


@pytest.mark.parametrize("clock", [False, True], ids=["system time", "bag's time"])
def test_ros2_bag_play_gives_the_same_events(joined_late, bundles, processes, listener, clock):
    if not has_bag_player():
        pytest.skip("there is no `ros2 bag` here: no ROS 2 installation is sourced")
    recorded = bags.read(joined_late)
    time = {"use_sim_time": clock}
    processes.node("preprocessor", parameters=time)
    processes.node("gesture_decoder", parameters={"bundle": bundles["gestures"], **time})
    processes.node("wrist_decoder", parameters={"bundle": bundles["wrist"], **time})
    active(listener, ["/preprocessor"])
    player = processes.start(
        "player", "ros2", "bag", "play", joined_late, "--topics", "/emg/raw", "/emg/info",
        "--disable-keyboard-controls", "-d", "2", *(["--clock", "100"] if clock else []),
    )  # fmt: skip
    assert player.ends(RECORDED_S + 90) == 0, player.output
    last = recorded["emg/raw"][-1]
    listener.wait_for_end(last.first_sample + len(last.data) // last.channels)
    active(listener, [f"/{name}" for name in CONSUMERS])
    compare(recorded, listener, first_whole=1)
