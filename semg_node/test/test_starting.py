# SPDX-License-Identifier: Apache-2.0
"""Being asked to stop at the worst moment, in real processes."""

import os
import signal
import subprocess
import sys

import pytest

pytest.importorskip("rclpy")

# Stands in for a slow import: says that it has begun, and goes on once it is told to.
SLOW = """
import sys
print("importing", flush=True)
sys.stdin.readline()
def component(shell):
    raise SystemExit("the node was built although it had been asked to stop")
"""
# Its executor hangs in C until the component is told to stop.
HANGING = """
import ctypes
from semg_node.component import Status
libc = ctypes.CDLL(None)
barrier = ctypes.create_string_buffer(256)
assert libc.pthread_barrier_init(barrier, None, 2) == 0
class Hanging:
    publishes = ()
    finished = False
    def __init__(self, shell):
        self.shell = shell
    def configure(self):
        self.shell.every(0.001, self.hang)
        self.shell.when_asked_to_stop(self.release)
    def activate(self):
        pass
    def hang(self):
        print("hanging", flush=True)
        libc.pthread_barrier_wait(barrier)
    def release(self):
        print("asked to stop", flush=True)
        libc.pthread_barrier_wait(barrier)
    def deactivate(self):
        print("deactivated", flush=True)
    def cleanup(self):
        pass
    def parameters_changed(self):
        pass
    def status(self, now):
        return Status()
"""
START = "import sys; from semg_node.starting import start_node; "


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_request_during_the_imports_ends_the_process_quietly(tmp_path, number):
    (tmp_path / "slow.py").write_text(SLOW)
    process = subprocess.Popen(
        [sys.executable, "-c", START + "sys.exit(start_node('node', 'slow:component'))"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "importing\n"
    process.send_signal(number)
    _, errors = process.communicate("go on\n", timeout=60)
    assert process.returncode == 0
    assert errors == ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_component_hears_of_the_request_while_its_executor_hangs(tmp_path, number):
    (tmp_path / "hanging.py").write_text(HANGING)
    process = subprocess.Popen(
        [sys.executable, "-c", START + "sys.exit(start_node('node', 'hanging:Hanging'))"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "hanging\n"
    process.send_signal(number)
    output, errors = process.communicate(timeout=60)
    assert output.split("\n")[:2] == ["asked to stop", "deactivated"]
    assert "Traceback" not in errors
    assert process.returncode == 0
