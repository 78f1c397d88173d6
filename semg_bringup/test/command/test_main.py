# SPDX-License-Identifier: Apache-2.0
import os
import signal
import subprocess
import sys

import pytest

from semg_bringup.command.environment import prepare_environment
from semg_bringup.command.main import COMMANDS, split_ros_arguments

HEAVY = ("rclpy", "onnxruntime", "scipy", "rich", "numpy", "rosbags", "h5py")
IMPORTED = """
import sys
from semg_bringup.command.main import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print("imported:", *(name for name in {heavy!r} if name in sys.modules))
"""


def imported_by(*arguments):
    run = subprocess.run(
        [sys.executable, "-c", IMPORTED.format(heavy=HEAVY), *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout.splitlines()[-1].split()[1:]


@pytest.mark.parametrize("arguments", [["--help"], *([c.name, "--help"] for c in COMMANDS)])
def test_help_imports_nothing_heavy(arguments):
    assert imported_by(*arguments) == []


def test_info_does_without_ros(tmp_path):
    assert "rclpy" not in imported_by("info", str(tmp_path / "nothing"))


@pytest.mark.parametrize("command", [command.name for command in COMMANDS])
def test_every_command_explains_itself_by_examples(semg, command):
    done = semg(command, "--help")
    assert done.returncode == 0
    assert f"semg {command}" in done.stdout.partition("examples:")[2]
    assert all(len(line) <= 100 for line in done.stdout.splitlines())


def test_what_a_terminal_cannot_show_is_spelt_out():
    done = subprocess.run(
        [sys.executable, "-m", "semg_bringup.command.main", "decode", "--help"],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
    )
    assert rb"\u232b \u23ce \U0001f90f among them" in done.stdout


def test_the_commands_are_listed(semg):
    listed = " ".join(semg("--help").stdout.split())
    assert all(command.summary in listed for command in COMMANDS)


def test_an_unknown_command_is_refused(semg):
    done = semg("dance")
    assert done.returncode == 2
    assert "invalid choice: 'dance'" in done.stderr


@pytest.mark.parametrize(
    ("given", "ours", "theirs"),
    [
        ("record -o x", "record -o x", ""),
        ("record --ros-args -r a:=b", "record", "--ros-args -r a:=b"),
        ("record --ros-args -r a:=b -- -o x", "record -o x", "--ros-args -r a:=b --"),
        ("record --ros-args -r a:=b --ros-args -p c:=d", "record",
         "--ros-args -r a:=b --ros-args -p c:=d"),
    ],
)  # fmt: skip
def test_ros_arguments_are_split_off(given, ours, theirs):
    assert split_ros_arguments(given.split()) == (ours.split(), theirs.split())


def test_ctrl_c_ends_quietly(tmp_path):
    os.mkfifo(tmp_path / "pipe.npz")
    process = subprocess.Popen(
        [sys.executable, "-m", "semg_bringup.command.main", "info", tmp_path / "pipe.npz"],
        stderr=subprocess.PIPE,
        text=True,
    )
    # Opening a pipe for writing waits until it is being read.
    with open(tmp_path / "pipe.npz", "wb"):
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert said == ""


def test_output_that_nobody_reads_is_no_error(gesture_bundle):
    process = subprocess.Popen(
        [sys.executable, "-m", "semg_bringup.command.main", "info", gesture_bundle],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(30) == 0


def test_our_prefix_is_found_without_sourcing(tmp_path, monkeypatch):
    (tmp_path / "share/semg_msgs").mkdir(parents=True)
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setenv("AMENT_PREFIX_PATH", "/opt/ros/other")
    prepare_environment()
    assert os.environ["AMENT_PREFIX_PATH"] == f"{tmp_path}:/opt/ros/other"


def test_a_sourced_workspace_is_left_as_it_is(tmp_path, monkeypatch):
    (tmp_path / "share/semg_msgs").mkdir(parents=True)
    monkeypatch.setenv("AMENT_PREFIX_PATH", str(tmp_path))
    monkeypatch.setenv("ROS_AUTOMATIC_DISCOVERY_RANGE", "SUBNET")
    prepare_environment()
    assert os.environ["AMENT_PREFIX_PATH"] == str(tmp_path)
    assert os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] == "SUBNET"
