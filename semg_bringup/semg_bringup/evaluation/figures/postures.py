# SPDX-License-Identifier: Apache-2.0
"""Which postures are taken for which."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from semg_bringup.evaluation.figures import canvas
from semg_decoders.evaluation.postures import PostureScore


def draw_postures(path: Path, score: PostureScore, names: Sequence[str]) -> None:
    """Draw what was asked for against what was held, with shares of the row.

    Parameters
    ----------
    path : Path
        File to write.
    score : PostureScore
        All recordings together.
    names : sequence of str
        Postures, in the order of rows and columns.
    """
    held = [*names, *([None] if any(name is None for _, name in score.counts) else [])]
    counts = np.array([[score.counts.get((asked, one), 0) for one in held] for asked in names])
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    size = 2.6 + 0.62 * len(held)
    figure = canvas.new_figure(size + 1.2, size)
    axes = figure.subplots()
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(counts):
        if count:
            pale = shares[row, column] < 0.6
            axes.text(
                column,
                row,
                f"{shares[row, column]:.2f}",
                ha="center",
                va="center",
                color="black" if pale else "white",
            )
    axes.set_xticks(
        range(len(held)),
        [name or "none" for name in held],
        rotation=45,
        ha="right",
        rotation_mode="anchor",
    )
    axes.set_yticks(range(len(names)), list(names))
    axes.set(xlabel="held", ylabel="asked for")
    axes.set_title(
        f"Postures asked for and held:\nbalanced accuracy {score.balanced_accuracy:.3f}, "
        f"{score.decisions} decisions"
    )
    axes.set_xticks(np.arange(len(held)) - 0.5, minor=True)
    axes.set_yticks(np.arange(len(names)) - 0.5, minor=True)
    axes.grid(which="minor", color="white", linewidth=1.5)
    axes.tick_params(which="minor", length=0)
    bar = figure.colorbar(image, ax=axes, shrink=0.75)
    bar.set_label("share of the row")
    canvas.save(figure, path)
