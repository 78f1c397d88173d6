# SPDX-License-Identifier: Apache-2.0
"""What is asked of each simulated person, in a process of its own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from test.realism.discriminant import Discriminant
from test.realism.held import simulated
from test.realism.measures import Measures, measure

_TURNED = 270.0  # degrees: 12 of 16 places
_TRIALS, _NEXT_TRIALS = 6, 3
_OTHERS = 3


def measured(person: int) -> dict[str, Measures]:
    """Measure a person's postures."""
    return measure(simulated(person, _NEXT_TRIALS))


def tried(person: int, seeds: Sequence[int]) -> tuple[float, float, float, float]:
    """Train a discriminant on a person, and try it.

    Returns
    -------
    tuple of float
        Balanced accuracy on the person's next recording, after the ring was put on turned, on the
        next three of `seeds` with the ring in the same place, and with the ring anywhere.
    """
    model = Discriminant(simulated(person, _TRIALS))
    later = [seed for seed in seeds if seed > person] + [seed for seed in seeds if seed < person]
    others = later[:_OTHERS]
    same = [simulated(o, _NEXT_TRIALS, seed=2) for o in others]
    anywhere = [simulated(o, _NEXT_TRIALS, seed=2, rotation=_any_angle(o)) for o in others]
    return (
        model.balanced_accuracy(simulated(person, _NEXT_TRIALS, seed=2)),
        model.balanced_accuracy(simulated(person, _NEXT_TRIALS, seed=2, rotation=_TURNED)),
        float(np.mean([model.balanced_accuracy(held) for held in same])),
        float(np.mean([model.balanced_accuracy(held) for held in anywhere])),
    )


def _any_angle(person: int) -> float:
    return float(np.random.default_rng(person).uniform(0.0, 360.0))
