# SPDX-License-Identifier: Apache-2.0
"""What all figures have in common: size, colours, and that no window opens."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from semg_bringup.command.refusal import CommandError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DECODED = "#0b6e99"
TRUE = "#e08214"
RIGHT = "#2b8a3e"
WRONG = "#c92a2a"
QUIET = "#868e96"
EXCERPT = 20.0
"""Seconds that are shown of a long recording."""


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure, inches; it belongs to no window."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def save(figure: Figure, path: Path) -> None:
    """Write a figure as PNG.

    Raises
    ------
    CommandError
        If it cannot be written.
    """
    try:
        figure.savefig(path, dpi=130)
    except OSError as error:
        raise CommandError(f"{path}: cannot be written: {error.strerror}") from None


def tidy(axes: Axes) -> None:
    """Leave out the frame's upper and right edge."""
    axes.spines[["top", "right"]].set_visible(False)
