# SPDX-License-Identifier: Apache-2.0
"""What the wearer is to do: gestures and wrist movements, without an end."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from semg_driver.simulation.everyday import (
    daily_script,
    grasp_script,
    scratching_script,
    typing_script,
    walking_script,
)
from semg_driver.simulation.gestures import RELEASE_OF
from semg_driver.simulation.handwriting.script import handwriting_script
from semg_driver.simulation.intents import IntentScript
from semg_driver.simulation.passage import Cue, Passage, Script
from semg_driver.simulation.person import Person
from semg_driver.simulation.postures import posture_script
from semg_driver.simulation.trajectory import (
    LIMIT,
    SAMPLE_RATE,
    Movement,
    joined,
    pursuit,
    reach,
    still,
    targets,
)

_ACTIONS = (
    "index_press",
    "middle_press",
    "thumb_click",
    "thumb_down",
    "thumb_in",
    "thumb_out",
    "thumb_up",
)


def rest_script(seed: int) -> Script:
    """Only rest, the wrist nearly still."""
    rng = _rng(seed, 0)
    angle = 0.0
    while True:
        movement = _posture(angle, 10.0, rng)
        angle = float(movement.angle[-1])
        yield Passage(movement)


def gesture_script(seed: int) -> Script:
    """Gestures every 0.7 to 1.5 s, in a quarter of the passages while the wrist moves."""
    rng = _rng(seed, 1)
    angle = 0.0
    yield Passage(still(angle, 1.0))
    while True:
        if rng.random() < 0.25:
            moves = targets(angle, 8.0, rng) if rng.random() < 0.5 else pursuit(angle, 8.0, rng)
        else:
            moves = _posture(angle, 10.0, rng)
        angle = float(moves.angle[-1])
        yield Passage(moves, _cues(moves.angle.size, rng))
        if rng.random() < 0.3:
            yield Passage(still(angle, float(rng.uniform(1.0, 4.0))))


def wrist_script(seed: int) -> Script:
    """Wrist movement: pursuit and reaches to targets in turn, with short rests."""
    rng = _rng(seed, 2)
    angle = 0.0
    yield Passage(still(angle, 0.5))
    while True:
        for move in (pursuit, targets):
            moves = move(angle, float(rng.uniform(8.0, 15.0)), rng)
            angle = float(moves.angle[-1])
            yield Passage(moves)
        if rng.random() < 0.3:
            yield Passage(still(angle, float(rng.uniform(0.3, 1.5))))


def demo_script(seed: int) -> Script:
    """Gestures, wrist movement, both at once, and a rest, over and over."""
    rng = _rng(seed, 3)
    angle = 0.0
    yield Passage(still(angle, 1.0))
    while True:
        moves = joined([reach(angle, 0.0, 0.8), _posture(0.0, 8.0, rng)])
        angle = float(moves.angle[-1])
        yield Passage(moves, _cues(moves.angle.size, rng))
        moves = targets(angle, 4.0, rng) if rng.random() < 0.5 else pursuit(angle, 6.0, rng)
        angle = float(moves.angle[-1])
        yield Passage(moves)
        moves = pursuit(angle, 6.0, rng)
        angle = float(moves.angle[-1])
        yield Passage(moves, _cues(moves.angle.size, rng))
        yield Passage(still(angle, 2.0))


def _by_anybody(script: Callable[[int], Script]) -> Callable[[int, Person], Script]:
    return lambda seed, person: script(seed)


SCRIPTS: dict[str, Callable[[int, Person], Script]] = {
    "demo": _by_anybody(demo_script),
    "gestures": _by_anybody(gesture_script),
    "wrist": _by_anybody(wrist_script),
    "rest": _by_anybody(rest_script),
    "handwriting": handwriting_script,
    "grasp": _by_anybody(grasp_script),
    "typing": _by_anybody(typing_script),
    "walking": _by_anybody(walking_script),
    "scratching": _by_anybody(scratching_script),
    "daily": _by_anybody(daily_script),
    "postures": _by_anybody(posture_script),
    "intent": lambda seed, person: IntentScript(),
}
"""Scripts by name; each takes a seed and who does it, which matters where it takes longer."""


def _rng(seed: int, script: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence([seed, 6, script]))


def _posture(angle: float, duration: float, rng: np.random.Generator) -> Movement:
    """Slow drift towards another resting angle."""
    end = float(np.clip(rng.normal(0.0, 0.15), -0.5 * LIMIT, 0.5 * LIMIT))
    return reach(angle, end, duration)


def _cues(samples: int, rng: np.random.Generator) -> tuple[Cue, ...]:
    cues: list[Cue] = []
    last = samples / SAMPLE_RATE - 0.4
    time = float(rng.uniform(0.4, 0.9))
    while True:
        gesture = _ACTIONS[int(rng.integers(len(_ACTIONS)))]
        hold = 0.0
        if gesture in RELEASE_OF:
            long = rng.random() < 0.12
            hold = float(rng.uniform(0.5, 1.5) if long else rng.uniform(0.15, 0.5))
        if time + hold > last:
            return tuple(cues)
        cues.append(Cue(gesture, round(time * SAMPLE_RATE), hold))
        if gesture in RELEASE_OF:
            cues.append(Cue(RELEASE_OF[gesture], round((time + hold) * SAMPLE_RATE)))
        time += hold + float(rng.uniform(0.7, 1.5) if hold == 0.0 else rng.uniform(0.5, 1.2))
