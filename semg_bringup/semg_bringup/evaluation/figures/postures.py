# SPDX-License-Identifier: Apache-2.0
"""Which postures are taken for which."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from semg_bringup.evaluation.figures import canvas
from semg_bringup.evaluation.figures.matrix import draw_matrix
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
    texts = [
        [f"{share:.2f}" if count else "" for share, count in zip(*row, strict=True)]
        for row in zip(shares, counts, strict=True)
    ]
    figure, axes = draw_matrix(shares, texts, names, [name or "none" for name in held])
    axes.set(xlabel="held", ylabel="asked for")
    axes.set_title(
        f"Postures asked for and held:\nbalanced accuracy {score.balanced_accuracy:.3f}, "
        f"{score.decisions} decisions"
    )
    canvas.save(figure, path)
