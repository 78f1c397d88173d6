# SPDX-License-Identifier: Apache-2.0
"""A picture of what each person gains."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from test.personalisation.person import Personalised


def draw(path: Path, people: Sequence[Personalised]) -> None:
    """Draw a line from each person's error before to that after."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(4.0, 4.0), layout="constrained")
    for person in people:
        axes.plot([0, 1], [person.before, person.after], "o-", color="C0", alpha=0.7)
    axes.set_xticks([0, 1], ["default bundle", "personalised"])
    axes.set_xlim(-0.3, 1.3)
    axes.set_ylim(bottom=0)
    axes.set_ylabel("character error rate, %")
    axes.set_title(f"{len(people)} simulated people")
    axes.grid(axis="y", alpha=0.3)
    figure.savefig(path, dpi=120)
    plt.close(figure)
