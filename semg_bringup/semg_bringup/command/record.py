# SPDX-License-Identifier: Apache-2.0
"""``semg record``: writes the topics of a running graph to a rosbag2 bag."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from semg_bringup.command.network import add_network_arguments, choose_network, where
from semg_bringup.command.numbers import positive

if TYPE_CHECKING:
    from semg_bringup.recording.reception import TopicTaker
    from semg_bringup.recording.recorder import Recorder

DESCRIPTION = """\
Record what a running graph publishes: raw and conditioned EMG, features, gestures, wrist
velocity, written text and diagnostics. The graph may run anywhere: started by `semg run` in
another terminal, or by `ros2 launch`. Topics are recorded as soon as they appear.

The recording is a rosbag2 folder (MCAP) with all message definitions inside: `ros2 bag`,
`rosbags`, `semg info`, `semg decode` and `semg run --recording` read it. If this program is
killed or the disk is full, everything up to about the last second can still be read.
"""
EXAMPLES = """\
examples:
  semg record                                until Ctrl-C, into a folder named after the time
  semg record --output day2 --duration 60    one minute
  semg record --topics emg/raw emg/info      only what the band delivered
  semg record --namespace left               the band whose topics begin with /left
"""

_POLL_S = 0.02
_QUIET_S = 3.0
_LOOK_AROUND_S = 0.25
_STATUS_S = 0.5
_FAILED = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--output",
        "-o",
        type=Path,
        metavar="FOLDER",
        help="new folder for the recording (default: semg_ with date and time)",
    )
    parser.add_argument(
        "--duration",
        type=positive,
        metavar="S",
        help="stop this many seconds after the first message (default: at Ctrl-C)",
    )
    parser.add_argument(
        "--topics",
        nargs="+",
        default=[],
        metavar="TOPIC",
        help="record only these, such as emg/raw or 'gesture/*' (default: all of the graph)",
    )
    add_network_arguments(parser)


def default_folder(namespace: str = "") -> Path:
    """Return the name of a new recording, of the band in a namespace."""
    band = "".join(f"{part}_" for part in namespace.split("/") if part)
    return Path(datetime.now().strftime(f"semg_{band}%Y-%m-%d_%H-%M-%S"))


def run(options: argparse.Namespace) -> int:
    """Record until told to stop; return the exit status."""
    from semg_bringup.recording.topics import choose

    topics = choose(options.topics)
    folder = options.output or default_folder(options.namespace)
    choose_network(options)

    import rclpy
    from rclpy.node import Node
    from rclpy.signals import SignalHandlerOptions

    from semg_bringup.recording.reception import TopicTaker
    from semg_bringup.recording.recorder import Recorder
    from semg_driver.recordings.recording import RecordingError
    from semg_node.main import ros_arguments_refused
    from semg_node.stopping import StopRequest

    stop = StopRequest()
    try:
        with ros_arguments_refused():
            rclpy.init(
                args=["semg", *options.ros_arguments],
                signal_handler_options=SignalHandlerOptions.NO,
            )
            node = Node(
                "recorder",
                namespace=options.namespace,
                start_parameter_services=False,
                enable_rosout=False,
            )
        recorder = Recorder(folder, node.get_namespace(), topics)
        session = _Session(recorder, TopicTaker(node, topics), options.duration)
        hint_at = time.monotonic() + _QUIET_S
        try:
            while not (stop.requested or session.finished):
                session.step()
                if time.monotonic() > hint_at and not recorder.tally.messages:
                    hint_at = float("inf")
                    place = where(node.get_namespace())
                    _say(f"nothing heard yet {place}: is a graph running, such as `semg run`?")
                time.sleep(_POLL_S)
            session.take()
            recorder.close()
        except RecordingError as error:
            recorder.close(failed=True)
            _say(f"stopped: {error}; saved are {recorder.summary()}")
            return _FAILED
        _say(f"recorded {recorder.summary()}" if recorder.tally.messages else recorder.summary())
        return 0 if recorder.tally.messages else _FAILED
    finally:
        rclpy.try_shutdown()


class _Session:
    def __init__(self, recorder: Recorder, reception: TopicTaker, duration: float | None) -> None:
        self._recorder = recorder
        self._reception = reception
        self._duration = duration
        self._known: set[str] = set()
        self._began: float | None = None
        self._look_at = self._show_at = 0.0
        self._live = sys.stderr.isatty()
        _say(f"recording into {recorder.folder}; Ctrl-C ends it")

    @property
    def finished(self) -> bool:
        if self._began is None or self._duration is None:
            return False
        return time.monotonic() >= self._began + self._duration

    def step(self) -> None:
        now = time.monotonic()
        if now >= self._look_at:
            self._look_at = now + _LOOK_AROUND_S
            for complaint in self._reception.look_around():
                _say(complaint)
        self.take()
        self._recorder.flush_when_due()
        if self._live and now >= self._show_at:
            self._show_at = now + _STATUS_S
            self._show()

    def take(self) -> None:
        for message in self._reception.take():
            if self._began is None:
                self._began = time.monotonic()
            if message.topic not in self._known:
                self._known.add(message.topic)
                self._recorder.add_topic(message.topic, *self._reception.kind(message.topic))
            self._recorder.take(message)

    def _show(self) -> None:
        tally = self._recorder.tally
        if not tally.messages:
            text = "waiting for topics; is a graph running? (semg run, or ros2 launch)"
        else:
            text = (
                f"{tally.duration:.1f} s, {sum(tally.messages.values())} messages on "
                f"{len(tally.messages)} topics, {tally.raw.lost} samples lost"
            )
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def _say(text: str) -> None:
    start = "\r\033[K" if sys.stderr.isatty() else ""
    print(f"{start}semg record: {text}", file=sys.stderr, flush=True)
