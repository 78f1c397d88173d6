# SPDX-License-Identifier: Apache-2.0
"""Gesture probabilities over the gestures that were done."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from semg_bringup.evaluation.figures import canvas
from semg_decoders.evaluation.cler import possible
from semg_decoders.evaluation.events import EARLIEST, LATEST, TimedEvent, match_times

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw_probabilities(
    path: Path,
    name: str,
    times: NDArray[np.float64],
    probabilities: NDArray[np.floating],
    labels: Sequence[str],
    done: Sequence[TimedEvent],
    detected: Sequence[TimedEvent],
    threshold: float,
) -> None:
    """Draw one row for each gesture, over the first 20 s in which gestures were done.

    Parameters
    ----------
    path : Path
        File to write.
    name : str
        What was decoded, for the title.
    times : array, (frames,)
        s.
    probabilities : array, (frames, labels)
        0 to 1.
    labels : sequence of str
        Meaning of the columns.
    done, detected : sequence of TimedEvent
        On the same clock as `times`.
    threshold : float
        Probability whose crossing is a detection.
    """
    origin = times[0] if len(times) else 0.0
    start = max(min((event.time for event in done), default=origin) - 1.0, origin)
    stop = min(start + canvas.EXCERPT, times[-1] if len(times) else start)
    shown = (times >= start) & (times <= stop)
    kept = possible(detected, done)
    scored = [detected[i] for i in kept]
    dropped = [detected[i] for i in sorted(set(range(len(detected))) - set(kept))]
    figure = canvas.new_figure(13, 1.0 + 0.95 * len(labels))
    figure.suptitle(
        f"{name}: probability of each gesture, from {start - origin:.1f} s to {stop - origin:.1f} s"
    )
    rows = figure.subplots(len(labels), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    for column, (axes, name) in enumerate(zip(rows, labels, strict=True)):
        own = [event.time for event in done if event.name == name]
        found = [event.time for event in scored if event.name == name]
        right = {i for i, _ in match_times(found, own)}
        for time in own:
            axes.axvspan(
                time + EARLIEST - origin,
                time + LATEST - origin,
                color=canvas.TRUE,
                alpha=0.35,
                linewidth=0,
            )
            axes.axvline(time - origin, color=canvas.TRUE, linewidth=1.2)
        axes.axhline(threshold, color=canvas.QUIET, linewidth=0.8, linestyle="--")
        seconds, values = times[shown] - origin, probabilities[shown, column]
        axes.plot(seconds, values, color=canvas.DECODED, linewidth=0.9)
        for i, time in enumerate(found):
            colour = canvas.RIGHT if i in right else canvas.WRONG
            axes.plot(time - origin, 1.14, "v", color=colour, markersize=6)
        impossible = [event.time - origin for event in dropped if event.name == name]
        heights = [1.14] * len(impossible)
        axes.plot(impossible, heights, "v", color=canvas.QUIET, markersize=6, fillstyle="none")
        axes.set_ylabel(name, rotation=0, ha="right", va="center")
        canvas.tidy(axes)
    rows[-1].set(xlim=(start - origin, max(stop, start + 0.1) - origin), ylim=(0, 1.28))
    rows[-1].set_yticks([0, 0.5, 1])
    rows[-1].set_xlabel("time since the recording's first frame (s)")
    _legend(figure, threshold)
    canvas.save(figure, path)


def _legend(figure: Figure, threshold: float) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    def marker(colour: str, label: str, fill: Literal["full", "none"] = "full") -> Line2D:
        return Line2D([], [], color=colour, marker="v", fillstyle=fill, linestyle="", label=label)

    figure.legend(
        handles=[
            Line2D([], [], color=canvas.DECODED, label="probability"),
            Line2D([], [], color=canvas.QUIET, linestyle="--", label=f"threshold {threshold:.2f}"),
            Patch(color=canvas.TRUE, alpha=0.35, label="done; a detection may come here"),
            marker(canvas.RIGHT, "detected, as done"),
            marker(canvas.WRONG, "detected, not done"),
            marker(canvas.QUIET, "release without its press, not scored", "none"),
        ],
        loc="outside lower center",
        ncols=6,
        frameon=False,
    )
