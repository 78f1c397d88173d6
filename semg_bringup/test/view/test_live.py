# SPDX-License-Identifier: Apache-2.0
import io
import os
import subprocess
import sys

import numpy as np
from rich.console import Console

from semg_bringup.view.live import LiveView, PlainView, status_line


def test_plain_lines_name_the_band_and_each_gesture(state, graph):
    out = io.StringIO()
    view = PlainView(state, out)
    view.open()
    graph.band()
    graph.event("thumb_up", 0, 0.97)
    view.tick()
    graph.event("index_release", 2, 0.0, inferred=True)
    view.tick()
    view.close()
    hint, band, first, second, end = out.getvalue().splitlines()
    assert "Ctrl-C stops" in hint
    assert band.startswith("band: SIMULATED wearer, not a real person: simulator person-7")
    assert first.split()[2:] == ["thumb_up", "0.970"]
    assert second.split()[2:] == ["index_release", "inferred"]
    assert end.endswith("2 gesture events decoded")


def test_plain_lines_tell_what_was_written_once_it_is_complete(state, graph):
    out = io.StringIO()
    view = PlainView(state, out)
    graph.band()
    graph.text("hello", "hello")
    view.tick()
    graph.text("⏎", "hello", complete=True)
    graph.text("b", "b")
    view.tick()
    view.close()
    (written,) = [line for line in out.getvalue().splitlines() if "hello" in line]
    assert written.split()[2:] == ["written", "hello"]
    assert "writing 'b'" in status_line(state.snapshot())


def test_plain_lines_tell_when_driving_a_robot_begins_and_ends(state, graph):
    out = io.StringIO()
    view = PlainView(state, out)
    graph.band()
    graph.teleop(False, reason="to drive: hold index")
    graph.teleop(False, reason="keep holding index")
    graph.teleop(True)
    graph.teleop(True)
    graph.teleop(False, reason="released")
    view.tick()
    lines = [line for line in out.getvalue().splitlines() if line.startswith("robot")]
    assert lines == [
        "robot: not driving: to drive: hold index",
        "robot: driving: drive",
        "robot: not driving: released",
    ]
    assert "not driving: released" in status_line(state.snapshot())


def test_the_band_is_named_once(state, graph):
    out = io.StringIO()
    view = PlainView(state, out)
    graph.band()
    for _ in range(3):
        graph.event("thumb_up")
        view.tick()
    assert out.getvalue().count("band:") == 1


def test_the_status_names_losses_and_faults(state, graph):
    graph.chunk(np.zeros((20, 2)), "emg/raw", 0)
    graph.chunk(np.zeros((20, 2)), "emg/raw", 40)
    graph.velocity(1.0)
    graph.diagnostics("driver", "active", 1, "the device is silent")
    line = status_line(state.snapshot())
    assert "20 samples lost" in line
    assert "wrist +57 deg/s" in line
    assert "channel 0 flat, channel 1 flat" in line
    assert "driver: the device is silent" in line


def test_the_screen_is_given_back(state, graph):
    out = io.StringIO()
    view = LiveView(state, Console(file=out, force_terminal=True, width=80, height=24))
    view.open()
    graph.band()
    view.tick()
    view.close()
    text = out.getvalue()
    assert "SIMULATED WEARER" in text
    assert text.index("\x1b[?1049h") < text.index("\x1b[?1049l") < text.index("ran for")


LOGGING = """
import os
from semg_bringup.view.log_capture import LogCapture
logs = LogCapture()
logs.begin()
os.write(2, b"\\x1b[33m[WARN] [1795404615.5] [driver]: the device is silent\\x1b[0m\\n")
last = logs.last_lines(1)
os.write(2, b"second\\n")
logs.end()
logs.end()
print(last)
os.write(2, b"third\\n")
"""


def test_log_lines_are_kept_back_and_printed_at_the_end():
    run = subprocess.run(
        [sys.executable, "-c", LOGGING], capture_output=True, text=True, check=True, env=os.environ
    )
    assert run.stdout == "('WARN driver: the device is silent',)\n"
    first, second, third = run.stderr.splitlines()
    assert "the device is silent" in first
    assert (second, third) == ("second", "third")
