# SPDX-License-Identifier: Apache-2.0
"""Which layers can have 8 bits without harm."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from semg_training.int8.layers import Layer


def choose_layers(
    layers: Sequence[Layer],
    harm: Callable[[Sequence[Layer]], float],
    tolerance: float,
) -> tuple[Layer, ...]:
    """Take layers back to float32, the most harmful first, until what is left does no harm.

    Parameters
    ----------
    layers : sequence of Layer
        All that could have 8 bits.
    harm : callable
        Returns how much a metric changes when just these layers have 8 bits.
    tolerance : float
        Harm that is accepted.

    Returns
    -------
    tuple of Layer
        Those that can have 8 bits together; none if every one does too much harm.
    """
    chosen = tuple(layers)
    while chosen and harm(chosen) > tolerance:
        without = [tuple(other for other in chosen if other is not layer) for layer in chosen]
        chosen = min(without, key=lambda rest: harm(rest) if rest else 0.0)
    return chosen
