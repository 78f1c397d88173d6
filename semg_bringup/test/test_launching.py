# SPDX-License-Identifier: Apache-2.0
"""The launch files under the real ``ros2 launch``: where settings come from, and how it ends."""

import os
import re
import shutil
import signal
import subprocess

import pytest

pytest.importorskip("launch_ros", reason="no ROS 2 installation is sourced")
if shutil.which("ros2") is None:
    pytest.skip("there is no ros2 command on the path", allow_module_level=True)

ENVIRONMENT = {**os.environ, "ROS_DOMAIN_ID": str(207 + os.getpid() % 8)}


def start(file, *arguments):
    command = ["ros2", "launch", "semg_bringup", f"{file}.launch.py", *map(str, arguments)]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=ENVIRONMENT,
    )


def ended(file, *arguments):
    """Run a launch file to its end; return exit status and output."""
    process = start(file, *arguments)
    output, _ = process.communicate(timeout=90)
    return process.returncode, output


@pytest.fixture
def params(tmp_path):
    """Write a parameter file for one node."""

    def write(node, **values):
        path = tmp_path / "params.yaml"
        lines = [f"    {name}: {value}" for name, value in values.items()]
        path.write_text("\n".join([f"/**/{node}:", "  ros__parameters:", *lines]) + "\n")
        return f"params_file:={path}"

    return write


def test_parameter_file_decides_where_no_argument_is_given(params):
    running = start("wristband", params("driver", device="bracelet"))
    try:
        said = next((line for line in running.stdout if "bracelet" in line), "")
        assert "is not installed" in said
    finally:
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=60)


def test_argument_comes_before_the_parameter_file(params):
    running = start("wristband", params("driver", device="bracelet"), "device:=anklet")
    try:
        said = next((line for line in running.stdout if "is not installed" in line), "")
        assert "anklet" in said
    finally:
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=60)


def test_settings_that_a_node_refuses_end_the_launch(params):
    status, output = ended("wristband", params("driver", chunk_ms=-5.0))
    assert status == 1
    assert "chunk_ms" in output
    assert "driver-1 will not run as it is set up" in output
    assert output.count("process started with pid") == 4


def test_handwriting_runs_where_its_bundle_is_named():
    running = start("wristband", "handwriting:=/nowhere")
    try:
        said = next((line for line in running.stdout if "/nowhere" in line), "")
        assert "[handwriting_decoder-5]" in said
        assert "no bundle folder and no installed bundle" in said
    finally:
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=60)


def test_a_robot_is_driven_where_a_profile_is_named():
    running = start("wristband", "teleop:=no_such_robot")
    try:
        said = next((line for line in running.stdout if "no_such_robot" in line), "")
        assert "[teleop-5]" in said
        assert "no profile file and no installed profile" in said
    finally:
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=60)


def test_a_gate_that_died_is_not_started_again_and_a_decoder_is():
    running = start("wristband", "teleop:=mobile_base")
    said = []

    def comes(pattern):
        for line in running.stdout:
            said.append(line)
            if found := re.search(pattern, line):
                return found
        raise AssertionError(f"never came: {pattern}\n{''.join(said)}")

    try:
        pids = {}
        while pids.keys() != {"teleop", "gesture_decoder"}:
            name, pid = comes(r"\[(\w+)-\d\]: process started with pid \[(\d+)\]").groups()
            if name in ("teleop", "gesture_decoder"):
                pids[name] = int(pid)
        os.kill(pids["teleop"], signal.SIGKILL)
        assert comes(r"teleop-\d has ended and is not started again by itself")
        os.kill(pids["gesture_decoder"], signal.SIGKILL)
        assert comes(r"\[gesture_decoder-\d\]: process started with pid")
        # Launch itself may hang if it is interrupted while a process is being started again.
        assert comes(r"\[gesture_decoder\]: active")
        assert sum("[teleop-" in line and "process started" in line for line in said) == 1
    finally:
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=60)


def test_recording_into_an_existing_folder_ends_the_launch(tmp_path):
    status, output = ended("wristband", f"record:={tmp_path}")
    assert status == 1
    assert "a recording is never overwritten" in output


def test_recording_that_cannot_be_played_ends_the_launch():
    given = ("rate:=0.5", "loop:=true", "start:=1.0", "autostart:=true")
    status, output = ended("playback", "recording:=/nowhere", *given)
    assert status == 1
    assert "/nowhere: there is no such file" in output
    assert "the recording could not be played to its end" in output


def test_arguments_are_those_that_do_something():
    _, live = ended("wristband", "--show-args")
    _, playback = ended("playback", "--show-args")
    assert "'device'" in live
    assert "unless params_file says otherwise: simulator" in live
    assert "'device'" not in playback
    assert "'handwriting'" in live
    assert "'handwriting'" in playback
    assert "'teleop'" in live
    assert "'recording'" in playback
