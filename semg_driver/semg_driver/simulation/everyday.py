# SPDX-License-Identifier: Apache-2.0
"""What hands do all day and is none of the nine gestures: nothing of it may be taken for one.

The muscles are those that move the joints in question. Levels are chosen so that grasps are
stronger than what a press is held with and keystrokes weaker than presses, as forces are.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping

import numpy as np

from semg_driver.simulation.anatomy import MUSCLE_INDEX
from semg_driver.simulation.gestures import Activity
from semg_driver.simulation.passage import Effort, Jolt, Passage, Script
from semg_driver.simulation.trajectory import SAMPLE_RATE, joined, reach, rhythm, still

_Levels = Mapping[str, float]
_Row = tuple[_Levels, float, float, float, float]
"""Levels by muscle, and the start, rise, stop and fall of an `Activity`."""
_Bout = Callable[[float, np.random.Generator], Passage]

_CLENCH: _Levels = {
    "FDS2": 1.0, "FDS3": 1.0, "FDS4": 0.9, "FDS5": 0.8, "FDP2": 0.8, "FDP3": 0.8, "FDP4": 0.8,
    "FDP5": 0.7, "FPL": 0.5, "thenar": 0.4, "ECR": 0.6, "ECU": 0.4, "FCU": 0.2,
}  # fmt: skip
_OPEN: _Levels = {
    "ED2": 1.0, "ED3": 1.0, "ED4": 0.9, "ED5": 0.9, "EI": 0.5, "EPL": 0.4, "APL": 0.3,
}  # fmt: skip
_CURL: _Levels = {
    "FDS2": 0.8, "FDS3": 1.0, "FDS4": 0.8, "FDS5": 0.6, "FDP2": 0.5, "FDP3": 0.6, "FDP4": 0.5,
    "FCR": 0.3,
}  # fmt: skip
_FINGERS: tuple[tuple[float, _Levels, _Levels], ...] = (
    (0.14, {"thenar": 0.6, "FPL": 0.5}, {"APL": 0.6, "EPL": 0.4}),
    (0.3, {"FDS2": 1.0, "FDP2": 0.6}, {"EI": 0.7, "ED2": 0.7}),
    (0.24, {"FDS3": 1.0, "FDP3": 0.6, "FDS4": 0.2}, {"ED3": 1.0, "ED2": 0.2}),
    (0.18, {"FDS4": 1.0, "FDP4": 0.6, "FDS3": 0.2}, {"ED4": 1.0, "ED3": 0.3}),
    (0.14, {"FDS5": 1.0, "FDP5": 0.5, "FDS4": 0.2}, {"ED5": 1.0, "ED4": 0.3, "ECU": 0.2}),
)
"""Thumb to little finger: share of keystrokes, what flexes it, and what lifts it."""
_SWING_FORWARD: _Levels = {"FCR": 0.6, "FCU": 0.5, "FDS3": 0.6, "FDS4": 0.5, "FDP3": 0.4}
_SWING_BACK: _Levels = {"ECR": 0.8, "ECU": 0.8, "ED3": 0.6, "ED4": 0.6, "APL": 0.3}


def grasp_script(seed: int) -> Script:
    """Grasps of 0.5 to 5 s, and the opening of the hand before and after each.

    Most grasps of household and workshop last a few seconds (Bullock, Zheng, De La Rosa, Guertler,
    Dollar 2013, IEEE Trans Haptics 6, 296). The wrist's extensors work against the fingers'
    flexors (Mogk and Keir 2003, Ergonomics 46, 956).
    """
    return _repeated(_grasp, seed, 5, pause=(0.4, 1.5))


def typing_script(seed: int) -> Script:
    """Bursts of 2 to 6 keystrokes per s with one hand, the wrist held extended.

    People type some 4 characters per s with both hands, the fastest over 10 (Dhakal, Feit,
    Kristensson, Oulasvirta 2018, CHI, paper 646).
    """
    return _repeated(_typing, seed, 6, pause=(0.3, 2.0))


def walking_script(seed: int) -> Script:
    """Walking with 1.6 to 2.2 steps per s: arm swing, and the band's jolts at each step.

    Men walk about 117 steps per min at free speed (Murray, Drought, Kory 1964, J Bone Joint Surg
    46-A, 335). Arms swing once in two steps.
    """
    return _repeated(_walking, seed, 7, pause=(0.5, 2.0))


def scratching_script(seed: int) -> Script:
    """Scratching of 1 to 4 s at 3 to 6 Hz, up to the rate at which people tap fastest."""
    return _repeated(_scratching, seed, 8, pause=(0.5, 2.0))


def daily_script(seed: int) -> Script:
    """All of this in random order, a few bouts of each at a time, with rests."""
    rng = _rng(seed, 9)
    angle = 0.0
    yield Passage(still(angle, 1.0))
    kinds: list[tuple[_Bout, int]] = [(_grasp, 4), (_typing, 3), (_walking, 2), (_scratching, 3)]
    while True:
        for kind in rng.permutation(len(kinds)):
            bout, most = kinds[kind]
            for _ in range(int(rng.integers(1, most + 1))):
                passage = bout(angle, rng)
                angle = float(passage.movement.angle[-1])
                yield passage
                yield Passage(still(angle, float(rng.uniform(0.3, 1.0))))
            yield Passage(still(angle, float(rng.uniform(1.0, 4.0))))


def _rng(seed: int, script: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence([seed, 6, script]))


def _repeated(bout: _Bout, seed: int, script: int, *, pause: tuple[float, float]) -> Script:
    rng = _rng(seed, script)
    angle = 0.0
    yield Passage(still(angle, 1.0))
    while True:
        passage = bout(angle, rng)
        angle = float(passage.movement.angle[-1])
        yield passage
        yield Passage(still(angle, float(rng.uniform(*pause))))


def _effort(rows: list[_Row], rng: np.random.Generator) -> Effort:
    """Effort from the start of a passage; each muscle's share varies from one to the next."""
    share = {name: float(np.exp(rng.normal(0.0, 0.2))) for name in MUSCLE_INDEX}
    table = np.array(
        [
            (MUSCLE_INDEX[name], level * share[name], *times)
            for levels, *times in rows
            for name, level in levels.items()
        ]
    )
    return Effort(0, Activity(table[:, 0].astype(np.intp), *table[:, 1:].T))


def _times(levels: _Levels, factor: float) -> _Levels:
    return {name: level * factor for name, level in levels.items()}


def _grasp(angle: float, rng: np.random.Generator) -> Passage:
    approach = float(rng.uniform(0.5, 1.0))
    hold = float(np.exp(rng.uniform(np.log(0.5), np.log(5.0))))
    force = float(rng.uniform(0.1, 0.4))
    opening = float(rng.uniform(0.08, 0.2))
    closing = min(float(rng.uniform(0.1, 0.35)), hold)
    end = approach + hold
    rows: list[_Row] = [
        (_times(_OPEN, 0.7 * opening), 0.1, 0.15, approach - 0.1, 0.15),
        (_times(_CLENCH, 0.7 * force), approach, closing, end, 0.15),
        (_times(_OPEN, opening), end - 0.05, 0.1, end + 0.2, 0.2),
    ]
    time = approach + closing
    while time < end - 0.2:
        # Force wavers by some tenths, at about 1 to 3 Hz.
        length = min(float(rng.uniform(0.3, 0.9)), end - time)
        more = _times(_CLENCH, force * float(rng.uniform(0.0, 0.6)))
        rows.append((more, time, length / 2, time + length / 2, length / 2))
        time += length / 2
    there = float(np.clip(angle + rng.normal(0.0, 0.2), -0.5, 0.6))
    movement = joined([reach(angle, there, approach), still(there, hold + 0.6)])
    return Passage(movement, efforts=(_effort(rows, rng),))


def _typing(angle: float, rng: np.random.Generator) -> Passage:
    rate = float(rng.uniform(2.0, 6.0))
    length = float(rng.uniform(2.0, 6.0))
    raised = float(rng.uniform(0.25, 0.5))
    raising = max(1.2 * abs(raised - angle), 0.4)
    posture = _times({"ECR": 1.0, "ECU": 0.8, "ED2": 0.5, "ED3": 0.5, "ED4": 0.6}, 0.035)
    rows: list[_Row] = [(posture, raising / 2, raising / 2, raising + length, 0.3)]
    shares = np.array([share for share, _, _ in _FINGERS])
    time, last = raising + 0.1, -1
    while time < raising + length:
        finger = int(rng.choice(len(_FINGERS), p=shares / shares.sum()))
        if finger == last and rng.random() < 0.7:
            continue
        _, flexors, extensors = _FINGERS[finger]
        force = float(rng.uniform(0.12, 0.35))
        down = float(rng.uniform(0.03, 0.07))
        # A finger is lifted, strikes, and is lifted off the key.
        lifted = _times(extensors, float(rng.uniform(0.05, 0.15)))
        rows.append((lifted, time - 0.09, 0.03, time - 0.03, 0.03))
        rows.append((_times(flexors, force), time - 0.02, 0.025, time + down, 0.03))
        rows.append((lifted, time + down, 0.03, time + down + 0.04, 0.05))
        last = finger
        time += float(np.exp(rng.normal(0.0, 0.3))) / rate
    movement = joined([reach(angle, raised, raising), still(raised, time - raising + 0.2)])
    return Passage(movement, efforts=(_effort(rows, rng),))


def _walking(angle: float, rng: np.random.Generator) -> Passage:
    step = 1.0 / float(rng.uniform(1.6, 2.2))
    steps = int(rng.integers(12, 40))
    hanging = float(rng.uniform(-0.2, 0.1))
    lowering = max(1.2 * abs(hanging - angle), 0.4)
    swing = float(rng.uniform(np.deg2rad(2.0), np.deg2rad(8.0)))
    tone = float(rng.uniform(0.02, 0.06))
    rows: list[_Row] = []
    jolts: list[Jolt] = []
    for count, levels in zip(range(steps), itertools.cycle([_SWING_FORWARD, _SWING_BACK])):
        time = lowering + step * (count + float(rng.normal(0.0, 0.03)))
        level = tone * float(rng.uniform(0.7, 1.3))
        rows.append((_times(levels, level), time, step / 2, time + step / 2, step / 2))
        # The foot of the same side is felt more.
        strength = (1.0 if count % 2 else 0.6) * float(np.exp(rng.normal(0.0, 0.3)))
        jolts.append(Jolt(round(time * SAMPLE_RATE), strength))
    movement = joined(
        [
            reach(angle, hanging, lowering),
            rhythm(hanging, steps * step, 0.5 / step, swing),
            still(hanging, 0.5),
        ]
    )
    return Passage(movement, efforts=(_effort(rows, rng),), jolts=tuple(jolts))


def _scratching(angle: float, rng: np.random.Generator) -> Passage:
    stroke = 1.0 / float(rng.uniform(3.0, 6.0))
    strokes = int(float(rng.uniform(1.0, 4.0)) / stroke)
    bent = float(rng.uniform(-0.4, 0.2))
    bending = max(1.2 * abs(bent - angle), 0.4)
    force = float(rng.uniform(0.1, 0.3))
    rows: list[_Row] = [
        (_times(_CURL, 0.2 * force), bending / 2, bending / 2, bending + strokes * stroke, 0.2)
    ]
    for count in range(strokes):
        time = bending + stroke * count
        for levels, start in ((_CURL, time), (_times(_OPEN, 0.7), time + stroke / 2)):
            level = force * float(rng.uniform(0.7, 1.3))
            rise = stroke / 5
            rows.append((_times(levels, level), start, rise, start + stroke / 4, rise))
    movement = joined(
        [
            reach(angle, bent, bending),
            rhythm(bent, strokes * stroke, 1.0 / stroke, float(rng.uniform(0.05, 0.18))),
            still(bent, 0.4),
        ]
    )
    return Passage(movement, efforts=(_effort(rows, rng),))
