# SPDX-License-Identifier: Apache-2.0
"""Cuts a stream into the fixed, overlapping windows that a model is run on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray


class Regrouper:
    """Turns blocks of any length into windows of one length, whatever the cut.

    Parameters
    ----------
    left_context : int
        Rows at the beginning of a window that the window before held too.
    advance : int
        Rows that are new in each window.
    row_shape : tuple of int
        Shape of one row of the stream.
    """

    def __init__(self, left_context: int, advance: int, row_shape: tuple[int, ...]) -> None:
        self.length = left_context + advance
        self.advance = advance
        self._row_shape = row_shape
        self.reset()

    def reset(self, leading: int = 0) -> None:
        """Forget the rows that wait; the first window begins with `leading` rows of zeros."""
        self._waiting = np.zeros((leading, *self._row_shape), dtype=np.float32)

    def push(self, block: NDArray[np.floating]) -> Iterator[NDArray[np.float32]]:
        """Yield the windows, (left_context + advance, *row_shape), that the block completes."""
        rows = np.concatenate([self._waiting, np.asarray(block, dtype=np.float32)])
        count = max(0, (len(rows) - self.length) // self.advance + 1)
        self._waiting = rows[count * self.advance :].copy()
        for start in range(0, count * self.advance, self.advance):
            yield rows[start : start + self.length]
