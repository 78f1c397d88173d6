# SPDX-License-Identifier: Apache-2.0
"""`semg record` beside a publisher in another process, over DDS."""

import os
import signal
import subprocess

import numpy as np
import pytest
from rosbags.highlevel import AnyReader

pytest.importorskip("rclpy")

SAMPLES, CHANNELS = 20, 4


def messages(folder):
    with AnyReader([folder]) as reader:
        return [
            (c.topic, stamp, reader.deserialize(data, c.msgtype))
            for c, stamp, data in reader.messages()
        ]


def sample_numbers(read, topic="/emg/raw"):
    """Return what the band wrote into channel 0."""
    chunks = [np.asarray(m.data).reshape(-1, CHANNELS)[:, 0] for t, _, m in read if t == topic]
    return np.concatenate(chunks).astype(int)


def test_every_sample_is_recorded_and_info_comes_first(tmp_path, start_recording, start_band):
    band = start_band("--chunks", 100)
    recording = start_recording("--output", tmp_path / "bag")
    assert band.stdout.readline() == "sent\n"
    recording.send_signal(signal.SIGINT)
    _, said = recording.communicate(timeout=30)
    assert recording.returncode == 0
    read = messages(tmp_path / "bag")
    assert read[0][0] == "/emg/info"
    assert read[0][2].stream_id == 7
    assert np.array_equal(sample_numbers(read), np.arange(100 * SAMPLES))
    assert sum(topic == "/gesture/event" for topic, _, _ in read) == 10
    summary = said.splitlines()[-1]
    assert "emg/info 1, emg/raw 100, gesture/event 10; no sample lost" in summary


def test_lost_samples_are_told(tmp_path, start_recording, start_band):
    start_band("--chunks", 100, "--lose", 30, 31, 60)
    recording = start_recording("--output", tmp_path / "bag", "--duration", 0.9)
    _, said = recording.communicate(timeout=30)
    assert said.endswith("60 samples lost in 2 places\n")


def test_best_effort_publishers_are_recorded_too(tmp_path, start_recording, start_band):
    start_band("--chunks", 200, "--best-effort")
    recording = start_recording("--output", tmp_path / "bag", "--duration", 1.0)
    recording.communicate(timeout=30)
    assert len(sample_numbers(messages(tmp_path / "bag"))) >= 50 * SAMPLES


def test_a_namespace_is_recorded_alone(tmp_path, start_recording, start_band):
    band = start_band("--chunks", 20, "--namespace", "left")
    recording = start_recording(
        "-o", tmp_path / "bag", "--ros-args", "-r", "__ns:=/left", "-r", "__node:=tape"
    )
    assert band.stdout.readline() == "sent\n"
    recording.send_signal(signal.SIGINT)
    _, said = recording.communicate(timeout=30)
    assert "emg/info 1, emg/raw 20" in said
    topics = {topic for topic, _, _ in messages(tmp_path / "bag")}
    assert topics == {"/left/emg/info", "/left/emg/raw", "/left/gesture/event"}


def test_a_topic_of_another_type_is_told_and_left_out(tmp_path, start_recording, start_band):
    start_band("--chunks", 300, "--wrong-type")
    recording = start_recording("--output", tmp_path / "bag", "--duration", 1.5)
    _, said = recording.communicate(timeout=30)
    complaint = (
        "/emg/raw: is published as std_msgs/msg/String, must be semg_msgs/msg/EmgChunk; "
        "not recorded"
    )
    assert said.count(complaint) == 1
    assert "/emg/raw" not in {topic for topic, _, _ in messages(tmp_path / "bag")}


def test_without_a_graph_there_is_no_recording(tmp_path, start_recording, wait_until):
    recording = start_recording("--output", tmp_path / "bag")
    wait_until((tmp_path / "bag").exists)
    recording.send_signal(signal.SIGINT)
    _, said = recording.communicate(timeout=30)
    assert recording.returncode == 1
    assert said.endswith("nothing was recorded, because no message came\n")
    assert not (tmp_path / "bag").exists()


def test_an_existing_folder_is_refused(tmp_path, start_recording):
    recording = start_recording("--output", tmp_path)
    _, said = recording.communicate(timeout=30)
    assert recording.returncode == 2
    expected = f"semg record: {tmp_path}: exists already, and a recording is never overwritten\n"
    assert said.endswith(expected)


def test_a_killed_recorder_keeps_all_but_the_last_second(
    tmp_path, start_recording, start_band, read_mcap
):
    band = start_band("--chunks", 400)
    recording = start_recording("--output", tmp_path / "bag")
    assert band.stdout.readline() == "sent\n"
    recording.kill()
    recording.communicate()
    chunks = [m for m in read_mcap(tmp_path / "bag" / "bag.mcap") if m[0] == "/emg/raw"]
    assert len(chunks) >= 300


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small file system")
def test_a_full_disk_ends_the_recording_with_one_line(tmp_path, start_recording, start_band):
    command = ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(tmp_path)]
    if subprocess.run(command, check=False).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        start_band("--chunks", 1000, "--big")
        recording = start_recording("--output", tmp_path / "bag")
        _, said = recording.communicate(timeout=60)
        assert recording.returncode == 1
        last = said.splitlines()[-1]
        assert last.startswith(
            f"semg record: stopped: {tmp_path}/bag: No space left on device; saved are "
        )
        read = messages(tmp_path / "bag")
        numbers = sample_numbers(read)
        assert np.array_equal(numbers, np.arange(len(numbers)))
        assert f"emg/raw {len(numbers) // SAMPLES}" in last
    finally:
        subprocess.run(["umount", "-l", str(tmp_path)], check=True)


def test_another_domain_can_be_named(tmp_path, start_recording, start_band, environment):
    start_band("--chunks", 100)
    elsewhere = int(environment["ROS_DOMAIN_ID"])
    environment["ROS_DOMAIN_ID"] = str(elsewhere + 1)
    options = ("--domain", elsewhere, "--duration", 0.5)
    recording = start_recording("--output", tmp_path / "bag", *options)
    recording.communicate(timeout=30)
    assert recording.returncode == 0
    assert len(sample_numbers(messages(tmp_path / "bag"))) > 0


def test_silence_is_told_while_there_is_nothing_to_record(tmp_path, start_recording):
    recording = start_recording("--output", tmp_path / "bag")
    line = next(line for line in recording.stderr if "nothing heard yet" in line)
    assert "in namespace / on ROS domain " in line
    assert "is a graph running" in line
    recording.send_signal(signal.SIGINT)
    recording.communicate(timeout=30)
    assert recording.returncode == 1
