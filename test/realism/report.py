# SPDX-License-Identifier: Apache-2.0
"""The comparison as tables, with what is asked of each figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from test.realism.bursts import Burst
from test.realism.held import POSTURES
from test.realism.measures import Measures

FREQUENCY_TOLERANCE = 0.2
SLOPE_TOLERANCE = 0.3
OWN, OTHERS, TURNED = 0.9, 0.5, 0.4


@dataclass(frozen=True)
class Difficulty:
    """Balanced accuracies of discriminants, each trained on one person.

    Attributes
    ----------
    own, turned, same_place, any_place : tuple of float
        On the person's next recording; after the ring was put on turned; on others who wear it in
        the same place; on others who wear it turned by any angle.
    """

    own: tuple[float, ...]
    turned: tuple[float, ...]
    same_place: tuple[float, ...]
    any_place: tuple[float, ...] = ()


def postures_table(
    real: Sequence[Mapping[str, Measures]], simulated: Sequence[Mapping[str, Measures]]
) -> str:
    """Table of all postures, real (may be none) beside simulated, and the mean of those held."""
    rows = [
        "| posture | median frequency, Hz | correlation of neighbours | slope per place, 1 to 4 "
        "| strongest channel over rest | median channel over rest |",
        "|---|---|---|---|---|---|",
    ]
    rows += [_row(n, [p[n] for p in real], [p[n] for p in simulated]) for n in POSTURES]
    held = [[p[name] for p in people for name in POSTURES[1:]] for people in (real, simulated)]
    rows.append(_row("**held, mean**", *held))
    return "\n".join(rows)


def agreement(
    real: Sequence[Mapping[str, Measures]], simulated: Sequence[Mapping[str, Measures]]
) -> tuple[float, float]:
    """How much higher the median frequency and the slope are than in real EMG, as shares."""

    def of(people: Sequence[Mapping[str, Measures]], name: str) -> float:
        return _mean([getattr(p[n], name) for p in people for n in POSTURES[1:]])

    frequency, slope = (
        of(simulated, name) / of(real, name) - 1.0 for name in ("median_frequency", "slope")
    )
    return frequency, slope


def difficulty_table(real: Difficulty | None, simulated: Difficulty) -> str:
    """Table of what a linear discriminant reaches."""
    rows = [
        "| trained on one person, five postures, tried on | real | simulated, mean (range) "
        "| asked |",
        "|---|---|---|---|",
    ]
    for what, name, asked in (
        ("that person's next recording", "own", f"≥ {OWN}"),
        ("the same person, ring put on turned", "turned", f"≤ {TURNED}"),
        ("others, ring in the same place", "same_place", ""),
        ("others, ring anywhere around the arm", "any_place", f"≤ {OTHERS}"),
    ):
        theirs = getattr(real, name) if real else ()
        ours = getattr(simulated, name)
        spread = f"{_mean(ours):.2f} ({min(ours):.2f} to {max(ours):.2f})"
        rows.append(f"| {what} | {' and '.join(f'{x:.2f}' for x in theirs)} | {spread} | {asked} |")
    return "\n".join(rows)


def bursts_table(found: Mapping[str, Sequence[Burst]]) -> str:
    """Table of what each gesture looks like at the wrist; medians."""
    rows = [
        "| gesture | times | peak over rest | width at half of the peak, ms "
        "| above 3 times rest, ms from the label | channels |",
        "|---|---|---|---|---|---|",
    ]
    for name, bursts in sorted(found.items()):
        over, width, start, stop, channels = (
            float(np.median([getattr(burst, field) for burst in bursts]))
            for field in ("over_rest", "half_width", "start", "stop", "channels")
        )
        rows.append(
            f"| {name} | {len(bursts)} | {over:.0f} | {1e3 * width:.0f} "
            f"| {1e3 * start:.0f} to {1e3 * stop:.0f} | {channels:.0f} |"
        )
    return "\n".join(rows)


def _row(name: str, real: Sequence[Measures], simulated: Sequence[Measures]) -> str:
    cells = []
    for field, digits in (
        ("median_frequency", 0),
        ("neighbours", 2),
        ("slope", 3),
        ("strongest", 1),
        ("typical", 1),
    ):
        means = [
            _mean([getattr(m, field) for m in people]) for people in (real, simulated) if people
        ]
        cells.append(" / ".join(f"{mean:.{digits}f}" for mean in means))
    return f"| {name} | {' | '.join(cells)} |"


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))
