# SPDX-License-Identifier: Apache-2.0
"""Postures of hand and wrist that are held for seconds, as in recordings of myoelectric control."""

from __future__ import annotations

import numpy as np

from semg_driver.simulation.anatomy import MUSCLE_INDEX
from semg_driver.simulation.gestures import Activity
from semg_driver.simulation.passage import HeldPosture, Passage, Script
from semg_driver.simulation.trajectory import SAMPLE_RATE, still

_LEVELS: dict[str, dict[str, float]] = {
    "rest": {},
    "fist": {
        "FDS2": 0.16, "FDS3": 0.18, "FDS4": 0.16, "FDS5": 0.14, "FDP2": 0.12, "FDP3": 0.14,
        "FDP4": 0.13, "FDP5": 0.12, "FPL": 0.12, "thenar": 0.1, "ECR": 0.14, "ECU": 0.08,
    },
    "raise": {"ECR": 0.4, "ECU": 0.3, "ED3": 0.12, "ED4": 0.08, "FCU": 0.05},
    "lower": {"FCR": 0.24, "FCU": 0.22, "FDS3": 0.08, "FDS4": 0.08, "FDP4": 0.06, "ECU": 0.05},
    "open": {
        "ED2": 0.2, "ED3": 0.22, "ED4": 0.2, "ED5": 0.18, "EI": 0.16, "EPL": 0.14, "APL": 0.12,
        "ECU": 0.08, "ECR": 0.06,
    },
}  # fmt: skip
POSTURES: tuple[str, ...] = tuple(_LEVELS)
"""Names of the postures."""
_HELD = 5.0  # s
_BEFORE, _AFTER = 5.0, 3.0  # s of rest
_REACTION = (0.0, 0.2)  # mean and s.d. in s
_FIRST_REACTION, _LAST_REACTION = -0.4, 0.5
_RISE = 0.25  # s


def posture_script(seed: int) -> Script:
    """Trials of 28 s: rest, four postures of 5 s each in random order, rest.

    People begin a posture from 0.4 s before to 0.5 s after its cue, which is where its label is.
    """
    rng = np.random.default_rng(np.random.SeedSequence([seed, 6, 10]))
    while True:
        order = [POSTURES[i] for i in rng.permutation(np.arange(1, len(POSTURES)))]
        cues = _BEFORE + _HELD * np.arange(len(order) + 1)
        begins = cues + np.clip(rng.normal(*_REACTION, cues.size), _FIRST_REACTION, _LAST_REACTION)
        held = [HeldPosture("rest", 0, 0.0, 0.0)]
        for name, cue, start, stop in zip(order, cues, begins, begins[1:], strict=False):
            held.append(HeldPosture(name, round(cue * SAMPLE_RATE), float(start), float(stop)))
        held.append(HeldPosture("rest", round(cues[-1] * SAMPLE_RATE), 0.0, 0.0))
        yield Passage(still(0.0, float(cues[-1]) + _AFTER), postures=tuple(held))


def posture_activity(held: HeldPosture, rng: np.random.Generator) -> Activity | None:
    """Muscle activity of one posture from the start of its passage, at everybody's usual levels.

    Force wavers by some tenths, at about 1 to 3 Hz.

    Parameters
    ----------
    held : HeldPosture
        Which, and when.
    rng : numpy.random.Generator
        Source of chance.

    Returns
    -------
    Activity or None
        None for rest.
    """
    levels = _LEVELS[held.name]
    if not levels:
        return None
    rows = [(0.85, held.start, _RISE, held.stop, _RISE)]
    time = held.start + _RISE
    while time < held.stop - 0.2:
        length = min(float(rng.uniform(0.3, 0.9)), held.stop - time)
        rows.append((float(rng.uniform(0.0, 0.5)), time, length / 2, time + length / 2, length / 2))
        time += length / 2
    table = np.array(
        [
            (MUSCLE_INDEX[name], level * share, *times)
            for name, level in levels.items()
            for share, *times in rows
        ]
    )
    return Activity(table[:, 0].astype(np.intp), *table[:, 1:].T)
