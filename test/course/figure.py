# SPDX-License-Identifier: Apache-2.0
"""The ways of all people around the course, and how long they took; readable without colours."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from semg_bringup.evaluation.figures import canvas
from test.course.course import Course
from test.course.result import Drive

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK = "0.15"
FAINT = "0.55"
PATH = "0.35"


def draw(path: Path, drives: Sequence[Drive], course: Course) -> None:
    """Draw drives around a course.

    Parameters
    ----------
    path : Path
        File to write; its ending says which format.
    drives : sequence of Drive
        At least one.
    course : Course
        Where they went.

    Raises
    ------
    CommandError
        If the file cannot be written.
    """
    figure = canvas.new_figure(7.2, 3.5)
    floor, times = figure.subplots(1, 2, width_ratios=(3, 2))
    _draw_floor(floor, drives, course)
    _draw_times(times, drives, course)
    for axes in (floor, times):
        canvas.tidy(axes)
    canvas.save(figure, path)


def _draw_floor(axes: Axes, drives: Sequence[Drive], course: Course) -> None:
    from matplotlib.patches import Circle

    for number, (x, y) in enumerate(course.waypoints, 1):
        axes.add_patch(Circle((x, y), course.radius, facecolor="0.9", edgecolor=FAINT))
        axes.text(x - course.radius, y + course.radius, str(number), ha="center", color=INK)
    for drive in drives:
        xs, ys = zip(*drive.path, strict=True)
        if drive.succeeded:
            axes.plot(xs, ys, color=PATH, linewidth=0.6)
        else:
            axes.plot(xs, ys, color=canvas.WRONG, linewidth=1.2, linestyle="--")
            axes.plot(xs[-1], ys[-1], "x", color=canvas.WRONG)
    axes.plot(0.0, 0.0, marker=(3, 0, -90), markersize=11, color=INK)
    succeeded = sum(drive.succeeded for drive in drives)
    failed = "" if succeeded == len(drives) else "; dashed, to a cross: not"
    axes.set(
        xlabel="x, m",
        ylabel="y, m",
        xlim=(course.lower[0], course.upper[0]),
        ylim=(course.lower[1], course.upper[1]),
        aspect="equal",
        title=f"{succeeded} of {len(drives)} simulated people succeeded{failed}",
    )
    axes.title.set_fontsize(9)


def _draw_times(axes: Axes, drives: Sequence[Drive], course: Course) -> None:
    ranks = range(len(drives))
    ordered = sorted(drives, key=lambda drive: (not drive.succeeded, max(drive.reached, default=0)))
    for rank, drive in zip(ranks, ordered, strict=True):
        if drive.reached:
            axes.plot((0.0, drive.reached[-1]), (rank, rank), color=FAINT, linewidth=0.8)
        for number, time in enumerate(drive.reached, 1):
            last = number == len(course.waypoints)
            axes.plot(
                time, rank, "o", color=INK, markersize=3, markerfacecolor=INK if last else "white"
            )
    axes.set(
        xlabel="time of each waypoint, s",
        xlim=(0.0, None),
        yticks=list(ranks),
        ylabel="person",
    )
    axes.set_yticklabels([str(drive.person) for drive in ordered], fontsize=6)
    axes.invert_yaxis()
