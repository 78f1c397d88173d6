# SPDX-License-Identifier: Apache-2.0
"""The table of all people, and what it comes to."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from test.personalisation.person import Personalised


def to_markdown(people: Sequence[Personalised]) -> str:
    """Return one row for each person, and the medians."""
    rows = [
        "| person | CER of the bundle, % | of their own, % | errors gone, % |",
        "|---|---|---|---|",
    ]
    rows += [f"| {p.person} | {p.before:.1f} | {p.after:.1f} | {p.cut:.0f} |" for p in people]
    before, after = (np.array([getattr(p, name) for p in people]) for name in ("before", "after"))
    rows.append(
        f"| **median** | **{np.median(before):.1f}** | **{np.median(after):.1f}** | "
        f"**{cut_of_medians(people):.0f}** |"
    )
    worst = worst_quarter(people)
    rows.append(
        f"| worst quarter, mean | {np.mean([p.before for p in worst]):.1f} | "
        f"{np.mean([p.after for p in worst]):.1f} | {cut_of_worst(people):.0f} |"
    )
    return "\n".join(rows)


def cut_of_medians(people: Sequence[Personalised]) -> float:
    """By how many % the median error is less."""
    return _cut([np.median([p.before for p in people]), np.median([p.after for p in people])])


def worst_quarter(people: Sequence[Personalised]) -> list[Personalised]:
    """Return the quarter (rounded up) of the people with the highest error before."""
    ordered = sorted(people, key=lambda person: person.before, reverse=True)
    return ordered[: -(-len(people) // 4)]


def cut_of_worst(people: Sequence[Personalised]) -> float:
    """By how many % the mean error of the worst quarter is less."""
    worst = worst_quarter(people)
    return _cut([np.mean([p.before for p in worst]), np.mean([p.after for p in worst])])


def save_csv(people: Sequence[Personalised], path: Path) -> None:
    """Write one row for each person."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["person", "cer_before_percent", "cer_after_percent"])
        writer.writerows([p.person, f"{p.before:.3f}", f"{p.after:.3f}"] for p in people)


def _cut(pair: Sequence[float | np.floating]) -> float:
    before, after = map(float, pair)
    return 100.0 * (1.0 - after / before) if before else 0.0
