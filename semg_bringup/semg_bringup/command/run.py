# SPDX-License-Identifier: Apache-2.0
"""``semg run``: the whole graph in one process, with a live view."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from semg_bringup.command.network import add_network_arguments, choose_network, where
from semg_bringup.command.numbers import not_negative, positive
from semg_bringup.command.overrides import node_names, overrides
from semg_bringup.command.refusal import CommandError
from semg_bringup.graph import NODE_NAMES, NODES, choose, default_params_file

if TYPE_CHECKING:
    from semg_bringup.one_process import OneProcess
    from semg_bringup.recording.local_recording import LocalRecording
    from semg_bringup.view.live import View

DESCRIPTION = """\
Run the whole graph in one process - driver, preprocessor, gesture decoder, wrist decoder -
and watch it. Without options a SIMULATED wearer performs gestures and wrist movements, so
nothing has to be plugged in. On a terminal you see a live picture, elsewhere plain lines.

The nodes and topics are the same as under `ros2 launch`: other programs on this machine can
subscribe to gesture/event, wrist/velocity and all the others while it runs.
"""
EXAMPLES = """\
examples:
  semg run                              a simulated person, until Ctrl-C
  semg run --duration 20 --person 7     another simulated person, for 20 s
  semg run --recording day1.hdf5        play a recording (HDF5 or bag) in real time
  semg run --recording day2 --rate 0    the same as fast as it can be decoded
  semg run --record day3                write everything to a bag as well
  semg run --teleop mobile_base         drive a robot on cmd_vel by gestures (see the README first)
  semg run --handwriting handwriting -p handwriting_decoder.decoder:=beam
  semg run -p gesture_decoder.threshold:=0.7 -p driver.simulator.script:=rest
  semg run --nodes driver preprocessor --network    be heard by decoders elsewhere
"""

_FAILED = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    source = parser.add_argument_group("where the EMG comes from")
    source.add_argument(
        "--device",
        metavar="NAME",
        help="device to open: simulator, replay, or one that another package adds "
        "(default: simulator)",
    )
    source.add_argument(
        "--person", type=int, metavar="SEED", help="seed of the simulated person (default: 101)"
    )
    source.add_argument(
        "--recording", type=Path, metavar="PATH", help="recording to play; implies --device replay"
    )
    source.add_argument(
        "--rate",
        type=not_negative,
        metavar="X",
        help="speed: 1 is real time, 0 as fast as it can be decoded (default: 1)",
    )
    parser.add_argument(
        "--handwriting",
        metavar="BUNDLE",
        help="also decode handwriting, by this model bundle (name or folder, such as handwriting)",
    )
    parser.add_argument(
        "--teleop",
        metavar="PROFILE",
        help="also drive a robot, by this mapping profile (name or file; "
        "mobile_base, mobile_base_unstamped, arm_cartesian, arm_joints, media)",
    )
    parser.add_argument(
        "--duration", type=positive, metavar="S", help="stop after this many seconds"
    )
    parser.add_argument(
        "--record",
        nargs="?",
        type=Path,
        const=True,
        metavar="FOLDER",
        help="also record all topics to this new folder (default: semg_ with date and time)",
    )
    parser.add_argument("--plain", action="store_true", help="plain lines, also when on a terminal")
    ros = parser.add_argument_group("ROS")
    ros.add_argument(
        "--nodes",
        nargs="+",
        default=list(NODE_NAMES),
        metavar="NODE",
        help=f"run only these, of: {' '.join(node.name for node in NODES)}",
    )
    add_network_arguments(ros)
    ros.add_argument(
        "--params", type=Path, metavar="FILE", help="ROS parameter file (default: our own)"
    )
    ros.add_argument(
        "-p",
        dest="parameters",
        action="append",
        default=[],
        metavar="NODE.PARAMETER:=VALUE",
        help="set one parameter; may be given several times",
    )


def run(options: argparse.Namespace) -> int:
    """Run the graph until told to stop; return the exit status."""
    try:
        nodes = choose(node_names(options))
    except ValueError as error:
        raise CommandError(f"--nodes: {error}") from None
    parameters = overrides(options)
    params_file = _params_file(options.params)
    _check_recording(options)
    choose_network(options)

    import rclpy
    from rclpy.signals import SignalHandlerOptions

    from semg_bringup.one_process import OneProcess
    from semg_node.main import ros_arguments_refused
    from semg_node.stopping import StopRequest

    stop = StopRequest()
    try:
        with ros_arguments_refused():
            rclpy.init(
                args=["semg", *options.ros_arguments],
                signal_handler_options=SignalHandlerOptions.NO,
            )
            process = OneProcess(
                nodes,
                namespace=options.namespace,
                params_file=params_file,
                overrides=parameters,
                ros_arguments=options.ros_arguments[1:],
            )
        stop.wakes(process.stop)
        try:
            return _show(process, options, lambda: stop.requested)
        finally:
            process.close()
    finally:
        rclpy.try_shutdown()


def _show(process: OneProcess, options: argparse.Namespace, stopped: Callable[[], bool]) -> int:
    from semg_bringup.command.taps import Taps
    from semg_bringup.view.live import LiveView, PlainView, can_draw
    from semg_bringup.view.state import ViewState

    state = ViewState()
    taps = Taps(process, options.namespace)
    recording = _start_recording(options, taps)
    taps.attach(state.callbacks)
    process.start()
    live = can_draw() and not options.plain
    view: View = LiveView(state) if live else PlainView(state)
    status = 0
    try:
        if not _fault(process):
            _watch(process, view, options.duration, stopped, recording)
        if fault := _fault(process):
            raise CommandError(fault)
    finally:
        if recording is not None:
            status = _end_recording(process, recording)
    # Who presses Ctrl-C may have been quicker than the first sample.
    if not (stopped() or state.snapshot().samples):
        place = where(taps.namespace)
        print(f"semg run: no EMG came: is a driver running {place}?", file=sys.stderr)
        return _FAILED
    return status


def _watch(
    process: OneProcess,
    view: View,
    duration: float | None,
    stopped: Callable[[], bool],
    recording: LocalRecording | None,
) -> None:
    end = None if duration is None else time.monotonic() + duration

    def done() -> bool:
        view.tick()
        failed = recording is not None and bool(recording.failure)
        in_time = end is None or time.monotonic() < end
        return stopped() or failed or not in_time or bool(_fault(process))

    view.open()
    try:
        process.spin(done)
    finally:
        view.close()


def _fault(process: OneProcess) -> str:
    """Return why a node will never run as it is set up; empty if all may."""
    from semg_node.main import is_refused

    for name, shell in process.shells.items():
        if is_refused(shell):
            return f"{name}: {shell.fault}"
    return ""


def _params_file(chosen: Path | None) -> Path | None:
    if chosen is None:
        try:
            chosen = default_params_file()
        except LookupError:
            return None
        return chosen if chosen.is_file() else None
    if not chosen.is_file():
        raise CommandError(f"--params {chosen}: there is no such file")
    return chosen


def _check_recording(options: argparse.Namespace) -> None:
    """Refuse a recording that cannot be played before anything is started."""
    if options.recording is not None:
        from semg_driver.recordings.opening import open_recording

        open_recording(options.recording).close()


def _start_recording(options: argparse.Namespace, taps: Any) -> LocalRecording | None:
    if options.record is None:
        return None
    from semg_bringup.command.record import default_folder
    from semg_bringup.recording.local_recording import LocalRecording
    from semg_bringup.recording.topics import TOPICS

    folder = default_folder(options.namespace) if options.record is True else options.record
    recording = LocalRecording(
        folder, taps.namespace, TOPICS, lambda line: print(f"semg run: {line}", file=sys.stderr)
    )
    taps.attach_all(recording.feed)
    return recording


def _end_recording(process: OneProcess, recording: LocalRecording) -> int:
    # Whatever the nodes still send while they stop belongs to it.
    process.close()
    line = recording.close()
    if recording.failure:
        return _FAILED
    print(f"recorded {line}" if recording.recorder.tally.messages else line, file=sys.stderr)
    return 0
