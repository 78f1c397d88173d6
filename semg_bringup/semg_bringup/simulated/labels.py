# SPDX-License-Identifier: Apache-2.0
"""What a simulated person did, in the tables of a released recording."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from semg_bringup.simulated.plan import Plan
from semg_driver.devices.device import Truth
from semg_driver.recordings.pandas_table import Table
from semg_driver.recordings.released_hdf5 import Labels
from semg_driver.simulation.band import SAMPLE_RATE

_SHOWN_AS = str.maketrans({"⌫": "←", "_": "→", "⏎": "\n"})
"""How prompts of released recordings show what is written by a gesture."""


def labels_of(plan: Plan, truth: Truth) -> Labels:
    """Return the tables of a recording, whose time stamps count from 0.

    Parameters
    ----------
    plan : Plan
        What was simulated. Gestures have prompts (name, time), as have held postures, whose
        prompts say when each begins. Handwriting has prompts (prompt, start, end), and stages
        that also name the posture, empty where none is known. The wrist has no prompts.
    truth : Truth
        Of all of it.

    Returns
    -------
    Labels
        Stages are the postures where there are any, else one of the script's name.
    """
    return Labels(_prompts(plan, truth), _stages(plan, truth))


def _prompts(plan: Plan, truth: Truth) -> Table | None:
    match plan.task:
        case "wrist":
            return None
        case "handwriting":
            return Table(
                {
                    "prompt": _texts(
                        [prompt.text.translate(_SHOWN_AS) for prompt in truth.prompts]
                    ),
                    "start": _seconds([prompt.start for prompt in truth.prompts]),
                    "end": _seconds([prompt.stop for prompt in truth.prompts]),
                }
            )
        case "postures":
            labels = [(posture.name, posture.sample) for posture in truth.postures]
        case _:
            labels = [(gesture.name, gesture.sample) for gesture in truth.gestures]
    return Table(
        {
            "name": _texts([name for name, _ in labels]),
            "time": _seconds([sample for _, sample in labels]),
        }
    )


def _stages(plan: Plan, truth: Truth) -> Table:
    postures = [(posture.name, posture.sample) for posture in truth.postures]
    if not postures or postures[0][1] > 0:
        postures = [("", 0), *postures]
    starts = [start for _, start in postures]
    # A posture lasts until the next one.
    stops = [*starts[1:], plan.samples]
    times = {"start": _seconds(starts), "end": _seconds(stops)}
    held = _texts([name for name, _ in postures])
    if plan.task == "handwriting":
        return Table({**times, "name": _texts([plan.script] * len(held)), "posture": held})
    return Table({**times, "name": _texts([name or plan.script for name in held])})


def _texts(texts: Sequence[str]) -> np.ndarray:
    column = np.empty(len(texts), object)
    column[:] = texts
    return column


def _seconds(samples: Sequence[int]) -> np.ndarray:
    return np.array(samples, np.float64) / SAMPLE_RATE
