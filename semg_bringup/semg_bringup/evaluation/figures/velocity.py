# SPDX-License-Identifier: Apache-2.0
"""Decoded wrist velocity against the true one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semg_bringup.evaluation.figures import canvas


def draw_velocity(
    path: Path,
    name: str,
    times: NDArray[np.float64],
    decoded: NDArray[np.float64],
    true: NDArray[np.float64],
) -> None:
    """Draw both over the first 20 s, and each frame's decoded over its true velocity.

    Parameters
    ----------
    path : Path
        File to write.
    name : str
        What was decoded, for the title.
    times : array, (frames,)
        s.
    decoded, true : array, (frames,)
        rad/s.
    """
    ours, theirs = np.degrees(decoded), np.degrees(true)
    shown = times < times[0] + canvas.EXCERPT
    figure = canvas.new_figure(14, 4.2)
    error = np.abs(ours - theirs).mean()
    figure.suptitle(f"{name}: wrist velocity, mean absolute error {error:.1f} deg/s")
    over_time, each = figure.subplots(1, 2, width_ratios=(3, 1))
    over_time.axhline(0, color=canvas.QUIET, linewidth=0.6)
    over_time.plot(times[shown], theirs[shown], color=canvas.TRUE, label="true", linewidth=1.4)
    over_time.plot(times[shown], ours[shown], color=canvas.DECODED, label="decoded", linewidth=1)
    over_time.set(xlabel="time since the recording's first sample (s)", ylabel="extension (deg/s)")
    over_time.legend(frameon=False, loc="lower right", bbox_to_anchor=(1, 1), ncols=2)
    limit = 1.05 * max(np.abs(ours).max(), np.abs(theirs).max(), 1.0)
    each.plot([-limit, limit], [-limit, limit], color=canvas.QUIET, linewidth=0.8)
    each.plot(theirs, ours, ".", color=canvas.DECODED, markersize=3, alpha=0.4)
    each.set(
        xlabel="true (deg/s)",
        ylabel="decoded (deg/s)",
        xlim=(-limit, limit),
        ylim=(-limit, limit),
        aspect="equal",
        title=f"all {len(times)} frames",
    )
    for axes in (over_time, each):
        canvas.tidy(axes)
    canvas.save(figure, path)
