# SPDX-License-Identifier: Apache-2.0
"""Drives as tables, for people and for programs."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from semg_bringup.evaluation.markdown import table
from test.course.result import Drive

COLUMNS = (
    "person (seed)",
    "success",
    "time, s",
    "path, m",
    "engagements",
    "stopped by a gesture not done",
    "stopped by a fault",
    "gestures done",
    "missed or mistaken",
)
_CSV_COLUMNS = (
    "person",
    "success",
    "path_m",
    "engagements",
    "stops_by_gesture",
    "stops_by_fault",
    "gestures_done",
    "gestures_missed",
    "failure",
)
_NONE = "-"
_MEASURED = re.compile(r"(?<=is |ok )\d+ ms")


def to_markdown(drives: Sequence[Drive], command: str, load: str) -> str:
    """Return a table of drives, how many succeeded, and why the others did not.

    Parameters
    ----------
    drives : sequence of Drive
        At least one.
    command : str
        Command line that made them.
    load : str
        What else the machine had to do.
    """
    rows = [_row(drive) for drive in drives]
    rows.append(_medians(drives))
    succeeded = sum(drive.succeeded for drive in drives)
    parts = [
        table(COLUMNS, rows),
        f"{succeeded} of {len(drives)} simulated people succeeded. `{command}`; {load}.",
    ]
    failures = [f"* person {drive.person}: {drive.failure}" for drive in drives if drive.failure]
    faults = Counter(
        _MEASURED.sub("... ms", stop.reason)
        for drive in drives
        for stop in drive.stops
        if not stop.by_gesture
    )
    if failures:
        parts.append("\n".join(["Failed:", "", *failures]))
    if faults:
        lines = [f"* {count} times: {reason}" for reason, count in faults.most_common()]
        parts.append("\n".join(["Faults that stopped the robot:", "", *lines]))
    return "\n\n".join(parts)


def save_csv(path: Path, drives: Sequence[Drive]) -> None:
    """Write one line for each drive, with the time of every waypoint."""
    waypoints = max(len(drive.reached) for drive in drives)
    names = [f"waypoint_{index + 1}_s" for index in range(waypoints)]
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*_CSV_COLUMNS, *names])
        for drive in drives:
            times = [f"{time:.2f}" for time in drive.reached]
            facts = [
                drive.person,
                int(drive.succeeded),
                f"{drive.length:.3f}",
                drive.engagements,
                _by_gesture(drive),
                len(drive.stops) - _by_gesture(drive),
                drive.asked,
                len(drive.missed),
                drive.failure,
            ]
            writer.writerow([*facts, *times, *[""] * (waypoints - len(times))])


def _by_gesture(drive: Drive) -> int:
    return sum(stop.by_gesture for stop in drive.stops)


def _row(drive: Drive) -> list[str]:
    return [
        str(drive.person),
        "yes" if drive.succeeded else "no",
        f"{drive.reached[-1]:.0f}" if drive.succeeded else _NONE,
        f"{drive.length:.1f}",
        str(drive.engagements),
        str(_by_gesture(drive)),
        str(len(drive.stops) - _by_gesture(drive)),
        str(drive.asked),
        str(len(drive.missed)),
    ]


def _medians(drives: Sequence[Drive]) -> list[str]:
    good = [drive for drive in drives if drive.succeeded]
    numbers = [
        [drive.engagements for drive in drives],
        [_by_gesture(drive) for drive in drives],
        [len(drive.stops) - _by_gesture(drive) for drive in drives],
        [drive.asked for drive in drives],
        [len(drive.missed) for drive in drives],
    ]
    return [
        "median",
        f"{len(good)} of {len(drives)}",
        f"{np.median([drive.reached[-1] for drive in good]):.0f}" if good else _NONE,
        f"{np.median([drive.length for drive in good]):.1f}" if good else _NONE,
        *(f"{np.median(column):g}" for column in numbers),
    ]
