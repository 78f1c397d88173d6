# SPDX-License-Identifier: Apache-2.0
"""A matrix of what was done against what was decoded, shaded by the share of the row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from semg_bringup.evaluation.figures import canvas

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw_matrix(
    shares: NDArray[np.float64],
    texts: Sequence[Sequence[str]],
    rows: Sequence[str],
    columns: Sequence[str],
) -> tuple[Figure, Axes]:
    """Draw a shaded matrix.

    Parameters
    ----------
    shares : ndarray, shape (rows, columns)
        0 is white, 1 is dark.
    texts : sequence of sequence of str
        What stands in each field; nothing where it is empty.
    rows, columns : sequence of str
        Their names.

    Returns
    -------
    figure, axes
        Not saved yet.
    """
    size = 2.6 + 0.62 * len(columns)
    figure = canvas.new_figure(size + 1.2, size)
    axes = figure.subplots()
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (row, column), share in np.ndenumerate(shares):
        colour = "black" if share < 0.6 else "white"
        axes.text(column, row, texts[row][column], ha="center", va="center", color=colour)
    axes.set_xticks(
        range(len(columns)), list(columns), rotation=45, ha="right", rotation_mode="anchor"
    )
    axes.set_yticks(range(len(rows)), list(rows))
    axes.set_xticks(np.arange(len(columns)) - 0.5, minor=True)
    axes.set_yticks(np.arange(len(rows)) - 0.5, minor=True)
    axes.grid(which="minor", color="white", linewidth=1.5)
    axes.tick_params(which="minor", length=0)
    figure.colorbar(image, ax=axes, shrink=0.75).set_label("share of the row")
    return figure, axes
