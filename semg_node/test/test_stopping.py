# SPDX-License-Identifier: Apache-2.0
"""Being asked to stop while the main thread cannot run any Python, in real processes."""

import os
import signal
import subprocess
import sys

import pytest

# The main thread waits in C, through every signal, until another thread comes to the same barrier,
# which only what the request wakes does.
DEAF = """
import ctypes
from semg_node.stopping import StopRequest
stop = StopRequest()
libc = ctypes.CDLL(None)
barrier = ctypes.create_string_buffer(256)
assert libc.pthread_barrier_init(barrier, None, 2) == 0
stop.wakes(lambda: print("first", flush=True))
stop.wakes(lambda: print("second", flush=True))
stop.wakes(lambda: libc.pthread_barrier_wait(barrier))
print("waiting", flush=True)
libc.pthread_barrier_wait(barrier)
print("requested" if stop.requested else "not requested", flush=True)
stop.wakes(lambda: print("late", flush=True))
"""


@pytest.fixture
def deaf():
    process = subprocess.Popen(
        [sys.executable, "-c", DEAF], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "waiting\n"
    yield process
    process.kill()
    process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_request_is_noticed_while_the_main_thread_waits_in_c(deaf, number):
    deaf.send_signal(number)
    output, errors = deaf.communicate(timeout=60)
    assert output.split() == ["first", "second", "requested", "late"]
    assert errors == ""
    assert deaf.returncode == 0


def test_request_that_comes_twice_wakes_once(deaf):
    os.kill(deaf.pid, signal.SIGSTOP)
    deaf.send_signal(signal.SIGINT)
    deaf.send_signal(signal.SIGTERM)
    os.kill(deaf.pid, signal.SIGCONT)
    output, _ = deaf.communicate(timeout=60)
    assert output.split() == ["first", "second", "requested", "late"]
