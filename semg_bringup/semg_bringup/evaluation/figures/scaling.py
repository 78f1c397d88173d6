# SPDX-License-Identifier: Apache-2.0
"""Error on people held out against the number of people trained on."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from semg_bringup.evaluation.figures import canvas
from semg_bringup.scaling.power_law import PowerLaw
from semg_bringup.scaling.table import ScalingTable

_NAMES = {
    "cler": "class-balanced error (CLER)",
    "misses": "share of gestures missed",
    "one_minus_f1": "1 - F1",
    "false_per_minute": "false events per minute without gestures",
    "deg_per_s": "error of wrist velocity (deg/s)",
    "of_zero": "error / error of always answering zero",
    "one_minus_correlation": "1 - correlation",
    "cer": "character error rate (%)",
}
_SPREAD = 0.03


def draw_scaling(path: Path, table: ScalingTable, error: str, law: PowerLaw | None) -> None:
    """Draw every person, the mean and the law, on logarithmic axes.

    Parameters
    ----------
    path : Path
        File to write.
    table : ScalingTable
        Errors.
    error : str
        Which of them.
    law : PowerLaw, optional
        Fitted to it.
    """
    values = table.errors[error]
    people = table.people.astype(np.float64)
    shown = np.where(values > 0, values, np.nan)
    # Persons who have the same error lie beside each other.
    beside = np.exp(_SPREAD * np.linspace(-1, 1, values.shape[1]))
    figure = canvas.new_figure(7, 5)
    axes = figure.subplots()
    axes.plot(
        (people[:, None] * beside).ravel(),
        shown.ravel(),
        ".",
        color=canvas.QUIET,
        alpha=0.35,
        markersize=4,
        label=f"one of {values.shape[1]} people held out",
    )
    there = np.isfinite(values).any(axis=1)
    means = np.full(len(people), np.nan)
    means[there] = np.nanmean(values[there], axis=1)
    axes.plot(
        people,
        np.where(means > 0, means, np.nan),
        "o",
        color=canvas.DECODED,
        markersize=8,
        markeredgecolor="black",
        label="their mean",
    )
    if law is not None:
        along = np.geomspace(people.min(), people.max(), 200)
        axes.plot(along, law(along), "--", color=canvas.TRUE, linewidth=2, label=formula(law))
    axes.set_xscale("log")
    if np.isfinite(shown).any():
        axes.set_yscale("log")
    axes.set_xticks(people, [f"{number}" for number in table.people])
    axes.minorticks_off()
    axes.set(
        title=f"{table.task}: error on people never trained on",
        xlabel="simulated people trained on",
        ylabel=_NAMES.get(error, error),
    )
    axes.legend(frameon=False)
    canvas.tidy(axes)
    canvas.save(figure, path)


def formula(law: PowerLaw) -> str:
    """Return a law as a line of text, N for the number of people."""
    low, high = law.interval
    floor = f" + {law.floor:.3g}" if law.floor else ""
    return (
        f"{law.factor:.3g} · N^({-law.exponent:.2f}){floor}   (exponent: {low:.2f} to {high:.2f})"
    )
