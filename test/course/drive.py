# SPDX-License-Identifier: Apache-2.0
"""One person's drive: real processes, real DDS, and a pilot in place of the person's will."""

from __future__ import annotations

import dataclasses
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ament_index_python.packages import get_package_prefix

from semg_decoders.inference.lookup import find_bundle
from semg_teleop.profile.lookup import find_profile
from test.course.course import SLALOM, Course, Progress
from test.course.keeping import keep, kept
from test.course.link import Link
from test.course.pilot import Pilot
from test.course.result import Drive, Gesture, Stop, match
from test.processes import Process, Processes

_LOOK_S = 0.05
_PATH_EVERY_S = 0.1
_START_WITHIN_S = 60.0
_STAND_WITHIN_S = 8.0
"""After the last waypoint, until the robot stands; a release may have to be done twice."""
_PROFILE = "mobile_base"
_AT_ROBOT = "robot/cmd_vel"


class GraphNotRunning(RuntimeError):
    """The graph did not come to where a drive could begin."""


@dataclass(frozen=True)
class DriveSettings:
    """What is the same for all people.

    Attributes
    ----------
    time_limit : float
        s from the start to the last waypoint.
    profile : str
        Mapping profile, name or path.
    gestures, wrist : str
        Model bundles, name or path.
    course : Course
        Where to go.
    logs : Path or None
        Folder that keeps each drive and what its processes said; None: nothing is kept. What it
        holds already is not driven again.
    """

    time_limit: float = 240.0
    profile: str = _PROFILE
    gestures: str = "gestures"
    wrist: str = "wrist"
    course: Course = SLALOM
    logs: Path | None = None

    @property
    def conditions(self) -> dict[str, Any]:
        """What makes drives comparable."""
        return {
            "time_limit": self.time_limit,
            "profile": Path(find_profile(self.profile)).read_text(),
            "gestures": Path(find_bundle(self.gestures), "bundle.yaml").read_text(),
            "wrist": Path(find_bundle(self.wrist), "bundle.yaml").read_text(),
            "course": dataclasses.asdict(self.course),
        }


def drive(person: int, settings: DriveSettings) -> Drive:
    """Let a person drive around the course.

    Parameters
    ----------
    person : int
        Seed.
    settings : DriveSettings
        How.

    Raises
    ------
    GraphNotRunning
        If it cannot begin. What goes wrong later is a drive that failed.
    """
    with _folder(person, settings.logs) as folder:
        if before := kept(folder, settings.conditions):
            return before
        processes = Processes(folder)
        link = Link(processes.domain)
        try:
            started = _start(processes, person, settings)
            _wait_until_ready(link, started)
            result = _drive(person, settings, link, started)
            if settings.logs is not None:
                keep(folder, result, settings.conditions)
            return result
        finally:
            link.close()
            # What does not stop when asked to has been killed; the drive counts all the same.
            with suppress(AssertionError):
                processes.stop()


@contextmanager
def _folder(person: int, logs: Path | None) -> Iterator[Path]:
    if logs is None:
        with tempfile.TemporaryDirectory(prefix="semg-course-") as folder:
            yield Path(folder)
    else:
        folder = logs / f"person-{person}"
        folder.mkdir(parents=True, exist_ok=True)
        yield folder.resolve()


def _start(processes: Processes, person: int, settings: DriveSettings) -> list[Process]:
    ros = ("--ros-args", "-r", "__ns:=/")
    base = _executable("semg_teleop", "kinematic_base")
    watchdog = _executable("semg_teleop", "command_watchdog")
    parameters = {
        "driver.simulator.script": "intent",
        "gesture_decoder.bundle": settings.gestures,
        "wrist_decoder.bundle": settings.wrist,
    }
    graph: list[object] = [_executable("semg_bringup", "semg"), "run", "--plain"]
    graph += ["--domain", processes.domain, "--person", person, "--teleop", settings.profile]
    for name, value in parameters.items():
        graph += ["-p", f"{name}:={value}"]
    return [
        processes.start("graph", *graph),
        processes.start("kinematic_base", base, *ros, "-r", f"cmd_vel:={_AT_ROBOT}"),
        processes.start(
            "command_watchdog", watchdog, *ros, "-p", "input:=cmd_vel", "-p", f"output:={_AT_ROBOT}"
        ),
    ]


def _executable(package: str, name: str) -> Path:
    return Path(get_package_prefix(package), "lib", package, name)


def _wait_until_ready(link: Link, started: list[Process]) -> None:
    deadline = time.monotonic() + _START_WITHIN_S
    while missing := link.missing:
        if ended := _ended(started):
            raise GraphNotRunning(ended)
        if time.monotonic() > deadline:
            raise GraphNotRunning(f"not ready after {_START_WITHIN_S:g} s: {missing}")
        time.sleep(_LOOK_S)


def _ended(started: list[Process]) -> str:
    for process in started:
        if process.status is not None:
            lines = process.output.strip().splitlines() or ["it said nothing"]
            return f"{process.name} ended with status {process.status}: {lines[-1]}"
    return ""


def _drive(person: int, settings: DriveSettings, link: Link, started: list[Process]) -> Drive:
    pilot, progress = Pilot(settings.course), Progress(settings.course)
    start = time.monotonic()
    judged, failure = 0, ""
    while not failure:
        now = time.monotonic()
        sight = link.sight
        assert sight is not None
        for at, x, y in link.places[judged:]:
            progress.come_to(at - start, x, y)
            judged += 1
        if progress.next_waypoint is None and pilot.is_done and sight.is_still:
            break
        failure = _failure(now - start, progress, settings) or _ended(started)
        link.ask(pilot.step(now, sight))
        time.sleep(_LOOK_S)
    asked, decoded = (_since(start, gestures) for gestures in (link.asked, link.decoded))
    missed, false = match(asked, decoded)
    return Drive(
        person,
        link.path(_PATH_EVERY_S),
        progress.reached,
        progress.length,
        link.engagements,
        tuple(Stop(stop.time - start, stop.reason) for stop in link.stops),
        len(asked),
        missed,
        false,
        failure,
    )


def _failure(now: float, progress: Progress, settings: DriveSettings) -> str:
    reached, waypoints = progress.reached, len(settings.course.waypoints)
    if progress.left_floor:
        return f"left the floor after waypoint {len(reached)}"
    if len(reached) < waypoints:
        late = now > settings.time_limit
        return f"{len(reached)} of {waypoints} waypoints in {now:.0f} s" if late else ""
    late = now > reached[-1] + _STAND_WITHIN_S
    return f"still moving {_STAND_WITHIN_S:g} s after the last waypoint" if late else ""


def _since(start: float, gestures: list[Gesture]) -> list[Gesture]:
    return [replace(gesture, time=gesture.time - start) for gesture in gestures]
