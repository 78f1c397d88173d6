# SPDX-License-Identifier: Apache-2.0
"""Random draws whose distance from the usual can be stretched."""

from __future__ import annotations

from typing import Any

import numpy as np


class Draw:
    """Normal and uniform numbers around the usual ones.

    The same generator with another spread draws the same directions, nearer or farther away.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of chance.
    spread : float
        Factor on every distance from the middle.
    """

    def __init__(self, rng: np.random.Generator, spread: float = 1.0) -> None:
        self.rng = rng
        self.spread = spread

    def normal(self, mean: float = 0.0, sd: float = 1.0, size: Any = None) -> Any:
        """Draw from a normal distribution, `size` numbers or one."""
        return mean + self.spread * sd * self.rng.standard_normal(size)

    def uniform(self, low: float, high: float, size: Any = None) -> Any:
        """Draw from a uniform distribution, `size` numbers or one."""
        middle = 0.5 * (low + high)
        return middle + self.spread * (high - low) * (self.rng.random(size) - 0.5)
