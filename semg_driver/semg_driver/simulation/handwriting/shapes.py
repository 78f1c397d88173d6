# SPDX-License-Identifier: Apache-2.0
"""The shapes of characters."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semg_driver.simulation.handwriting.alphabet import ALPHABET

_STEP = re.compile(r"(\^?)(-?[\d.]+),(-?[\d.]+)(?:@(-?\d+))?")


@dataclass(frozen=True)
class Shape:
    """Where the pen goes for a character.

    Attributes
    ----------
    points : ndarray, shape (strokes + 1, 2)
        To the right and upwards, in heights of small letters; see `ALPHABET`.
    turns : ndarray, shape (strokes,)
        rad by which the heading turns to the left on the way to the next point.
    lifted : ndarray of bool, shape (strokes,)
        Whether the pen is in the air on the way.
    """

    points: NDArray[np.float64]
    turns: NDArray[np.float64]
    lifted: NDArray[np.bool_]


def parsed(row: str) -> Shape:
    """Read a row of `ALPHABET`.

    Raises
    ------
    ValueError
        If it is none.
    """
    steps = [_STEP.fullmatch(word) for word in row.split()]
    if not steps or not all(steps):
        raise ValueError(f"'{row}': must be points x,y with ^ before and @degrees behind")
    found = [step.groups() for step in steps if step]
    return Shape(
        points=np.array([(float(x), float(y)) for _, x, y, _ in found]),
        turns=np.deg2rad([float(turn or 0) for *_, turn in found[1:]]),
        lifted=np.array([bool(lift) for lift, *_ in found[1:]]),
    )


SHAPES: dict[str, tuple[Shape, ...]] = {
    character: tuple(parsed(row) for row in rows) for character, rows in ALPHABET.items()
}
"""Ways of writing each character."""
