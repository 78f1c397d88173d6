# SPDX-License-Identifier: Apache-2.0
"""What is sent to the robot in one cycle."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

Vector = tuple[float, ...]


@dataclass(frozen=True)
class Text:
    """Characters for a text output.

    Attributes
    ----------
    output : str
        Name of the output.
    text : str
        What to send.
    """

    output: str
    text: str


@dataclass(frozen=True)
class Command:
    """One value for every component of every output, and texts.

    Attributes
    ----------
    vectors : mapping of str to tuple of float
        For each output that is not text, by name, its components in the order and units of
        `Output.components`.
    texts : tuple of Text
        In the order they are to be sent.
    """

    vectors: Mapping[str, Vector]
    texts: tuple[Text, ...] = ()

    @property
    def is_zero(self) -> bool:
        """Whether nothing moves, is pressed or is written."""
        return not self.texts and not any(any(vector) for vector in self.vectors.values())

    @property
    def is_finite(self) -> bool:
        """Whether all components are finite."""
        return all(math.isfinite(value) for vector in self.vectors.values() for value in vector)
