# SPDX-License-Identifier: Apache-2.0
"""Which gestures are taken for which."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from semg_bringup.evaluation.figures import canvas
from semg_bringup.evaluation.figures.matrix import draw_matrix
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
    texts = [[str(count) if count else "" for count in row] for row in counts]
    figure, axes = draw_matrix(shares, texts, [*names, "nothing"], [*names, "missed"])
    edge = len(names) - 0.5
    axes.axhline(edge, color=canvas.QUIET, linewidth=1.2)
    axes.axvline(edge, color=canvas.QUIET, linewidth=1.2)
    axes.set(xlabel="detected", ylabel="done")
    axes.set_title(
        f"Gestures done and detected: CLER {errors.cler:.3f},\n"
        f"{errors.misses_per_minute:.1f} misses and {errors.false_per_minute:.1f} false alarms "
        f"per minute"
    )
    canvas.save(figure, path)
