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
