# SPDX-License-Identifier: Apache-2.0
"""A person's hand: what differs in writing from one person to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from semg_driver.simulation.handwriting.shapes import SHAPES, Shape


@dataclass(frozen=True)
class HandStyle:
    """How a person writes.

    Attributes
    ----------
    shapes : mapping of str to Shape
        The person's own shape of each character, its usual size and slant included.
    tempo : float
        Factor on all durations.
    rounding : float
        Factor on the share of time by which strokes overlap: more rounds corners more.
    skew : float
        S.d. of the logarithm of time in a stroke.
    pause, word_pause : float
        s between characters, and more before and after what separates words.
    progress : float
        How far fingers and wrist go on with each character, in character widths; the rest of
        the way the arm goes.
    unsteadiness : float
        S.d. of points from one writing to the next, in heights of small letters.
    """

    shapes: Mapping[str, Shape]
    tempo: float
    rounding: float
    skew: float
    pause: float
    word_pause: float
    progress: float
    unsteadiness: float

    @staticmethod
    def sample(seed: int, *, spread: float = 1.0) -> HandStyle:
        """Draw the hand of a person.

        People write some 21 words per min in the air or on a leg (Kaifosh, Reardon et al. 2025);
        the spreads are chosen so that hands differ clearly and stay legible.

        Parameters
        ----------
        seed : int
            The person's, at least 0. The same seed is the same hand.
        spread : float
            Factor on all standard deviations between people.
        """
        rng = np.random.default_rng(np.random.SeedSequence([seed, 9]))

        def factor(sd: float) -> float:
            return float(np.exp(np.clip(rng.normal(), -2.5, 2.5) * sd * spread))

        size, aspect = factor(0.15), factor(0.12)
        slant = 0.12 + float(np.clip(rng.normal(), -2.5, 2.5)) * 0.16 * spread
        form = size * np.array([[aspect, np.tan(slant)], [0.0, 1.0]])
        shapes: dict[str, Shape] = {}
        for character, ways in SHAPES.items():
            usual = ways[0 if rng.random() < 0.6 else -1]
            habit = rng.normal(0.0, 0.06 * spread, usual.points.shape)
            bent = usual.turns * np.exp(rng.normal(0.0, 0.08 * spread, usual.turns.shape))
            shapes[character] = replace(
                usual, points=(usual.points + habit) @ form.T, turns=_arcs(bent)
            )
        return HandStyle(
            shapes=shapes,
            tempo=factor(0.12),
            rounding=factor(0.2),
            skew=0.3 * factor(0.12),
            pause=0.045 * factor(0.35),
            word_pause=0.08 * factor(0.5),
            progress=0.3 * factor(0.4),
            unsteadiness=0.045 * factor(0.25),
        )

    def written(self, character: str, rng: np.random.Generator) -> Shape:
        """Shape of a character as it turns out once.

        Raises
        ------
        KeyError
            If nobody writes such a character.
        """
        usual = self.shapes[character]
        size = np.exp(rng.normal(0.0, 0.06, 2))
        moved = rng.normal(0.0, self.unsteadiness, usual.points.shape)
        bent = usual.turns * np.exp(rng.normal(0.0, 0.06, usual.turns.shape))
        return replace(usual, points=usual.points * size + moved, turns=_arcs(bent))


def _arcs(turns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turns that arcs can have: near a full turn they would be endless."""
    return np.clip(turns, np.deg2rad(-270.0), np.deg2rad(270.0))
