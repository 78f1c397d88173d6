# SPDX-License-Identifier: Apache-2.0
"""Which gestures are taken for which."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from semg_bringup.evaluation.figures import canvas
from semg_decoders.evaluation.cler import GestureErrors


def draw_confusion(path: Path, errors: GestureErrors, names: Sequence[str]) -> None:
    """Draw what was done against what was detected, with counts.

    Parameters
    ----------
    path : Path
        File to write.
    errors : GestureErrors
        All recordings together.
    names : sequence of str
        Gestures, in the order of rows and columns.
    """
    counts = np.zeros((len(names) + 1, len(names) + 1), int)
    for (label, found), count in errors.confusion.items():
        column = len(names) if found is None else names.index(found)
        counts[names.index(label), column] = count
    for name, count in errors.false_alarms.items():
        counts[len(names), names.index(name)] = count
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    shares[-1] = 0.0
    size = 2.6 + 0.62 * len(counts)
    figure = canvas.new_figure(size + 1.2, size)
    axes = figure.subplots()
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(counts):
        if count:
            pale = shares[row, column] < 0.6
            axes.text(
                column,
                row,
                str(count),
                ha="center",
                va="center",
                color="black" if pale else "white",
            )
    edge = len(names) - 0.5
    axes.axhline(edge, color=canvas.QUIET, linewidth=1.2)
    axes.axvline(edge, color=canvas.QUIET, linewidth=1.2)
    places = range(len(counts))
    axes.set_xticks(places, [*names, "missed"], rotation=45, ha="right", rotation_mode="anchor")
    axes.set_yticks(places, [*names, "nothing"])
    axes.set(xlabel="detected", ylabel="done")
    axes.set_title(
        f"Gestures done and detected: CLER {errors.cler:.3f},\n"
        f"{errors.misses_per_minute:.1f} misses and {errors.false_per_minute:.1f} false alarms "
        f"per minute"
    )
    axes.set_xticks(np.arange(len(counts)) - 0.5, minor=True)
    axes.set_yticks(np.arange(len(counts)) - 0.5, minor=True)
    axes.grid(which="minor", color="white", linewidth=1.5)
    axes.tick_params(which="minor", length=0)
    bar = figure.colorbar(image, ax=axes, shrink=0.75)
    bar.set_label("share of the row")
    canvas.save(figure, path)
