# SPDX-License-Identifier: Apache-2.0
"""How often each of two sources is drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")


def mixed(
    real: Sequence[Item], simulated: Sequence[Item], lengths: tuple[float, float], share: float
) -> tuple[list[Item], float]:
    """Join two sources; of one, all recordings are named several times.

    Windows are drawn so that each second of a list of recordings is equally likely. A recording
    that is in the list twice is drawn from twice as often.

    Parameters
    ----------
    real, simulated : sequence
        Recordings.
    lengths : (float, float)
        Seconds of `real` and of `simulated`.
    share : float
        Wanted share of `real` in what is drawn; above 0 and below 1.

    Returns
    -------
    list
        The recordings.
    float
        The share that is reached: as near as whole repetitions come.
    """
    of_real, of_simulated = lengths
    wanted = share / (1 - share)
    there = of_real / of_simulated
    real_times = max(1, round(wanted / there))
    simulated_times = max(1, round(there / wanted))
    reached = real_times * of_real / (real_times * of_real + simulated_times * of_simulated)
    return [*real] * real_times + [*simulated] * simulated_times, reached
