# SPDX-License-Identifier: Apache-2.0
"""Real beside simulated: spectra are not drawn, correlation around the ring and levels are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from semg_bringup.evaluation.figures import canvas
from test.realism.held import POSTURES
from test.realism.measures import Measures


def draw(
    path: Path,
    real: Sequence[Mapping[str, Measures]],
    simulated: Sequence[Mapping[str, Measures]],
) -> None:
    """Draw, for each held posture, the correlation by distance on the ring of every person.

    Raises
    ------
    CommandError
        If the file cannot be written.
    """
    figure = canvas.new_figure(9.0, 2.6)
    panels = figure.subplots(1, len(POSTURES) - 1, sharey=True)
    for axes, name in zip(panels, POSTURES[1:], strict=True):
        for people, colour, label in (
            (simulated, canvas.QUIET, "simulated"),
            (real, canvas.DECODED, "real"),
        ):
            for i, person in enumerate(people):
                correlation = person[name].correlation
                axes.plot(
                    np.arange(len(correlation)),
                    correlation,
                    color=colour,
                    linewidth=2.0 if people is real else 0.8,
                    label=label if i == 0 else None,
                )
        axes.axhline(0.0, color="0.8", linewidth=0.6)
        axes.set_title(name, fontsize=9)
        axes.set_xlabel("places on the ring", fontsize=8)
        canvas.tidy(axes)
    panels[0].set_ylabel("correlation of channels", fontsize=8)
    panels[0].legend(frameon=False, fontsize=8)
    canvas.save(figure, path)
