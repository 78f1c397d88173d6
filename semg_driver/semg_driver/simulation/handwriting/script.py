# SPDX-License-Identifier: Apache-2.0
"""Writing one prompt after another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from semg_driver.devices.device import Hand, WrittenText
from semg_driver.simulation.anatomy import MUSCLE_INDEX
from semg_driver.simulation.handwriting.hand_style import HandStyle
from semg_driver.simulation.handwriting.muscles import PenMuscles
from semg_driver.simulation.handwriting.text import prompts
from semg_driver.simulation.handwriting.track import RATE, Track
from semg_driver.simulation.handwriting.writing import PINCH, Writing, written
from semg_driver.simulation.passage import Effort, Passage, Script
from semg_driver.simulation.person import Person
from semg_driver.simulation.trajectory import SAMPLE_RATE, joined, reach, still

_BEFORE, _AFTER = 0.5, 0.4  # s of a passage before and after what is written in it
_EASE = 0.25  # s in which the hand closes about the pen


@dataclass(frozen=True)
class Posture:
    """How the hand is held while it writes.

    Attributes
    ----------
    angle : float
        Of the wrist, in rad.
    grip, gain : float
        Factors on what holds the pen and on what moves it.
    tone : mapping of str to float
        Drive that holds the hand, by muscle.
    """

    angle: float
    grip: float
    gain: float
    tone: Mapping[str, float]


POSTURES: dict[str, Posture] = {
    "table": Posture(0.3, 1.0, 1.0, {"ECR": 0.01}),
    "leg": Posture(0.0, 0.8, 1.1, {"FCU": 0.02, "FCR": 0.01}),
    "air": Posture(0.15, 1.3, 1.25, {"ECR": 0.04, "ECU": 0.03, "ED3": 0.03, "ED4": 0.02}),
}
"""What people write on. Levels are chosen: in the air nothing carries the hand."""


def handwriting_script(seed: int, person: Person) -> Script:
    """Prompts, 1 to 2 s after one another, in another posture every few of them.

    The wrist's angle is that of the posture: by how little it moves with the pen is left out.

    Parameters
    ----------
    seed : int
        Of the prompts, and of how they turn out.
    person : Person
        Whose hand it is.
    """
    rng = np.random.default_rng(np.random.SeedSequence([seed, person.seed, 12]))
    style = HandStyle.sample(person.seed, spread=person.spread)
    left_handed = person.hand is Hand.LEFT
    muscles = PenMuscles.sample(person.seed, spread=person.spread, mirrored=left_handed)
    angle = 0.0
    left = 0
    posture = POSTURES["table"]
    yield Passage(still(angle, 1.0))
    for prompt in prompts(seed):
        if left == 0:
            posture = list(POSTURES.values())[int(rng.integers(len(POSTURES)))]
            left = int(rng.integers(3, 8))
            to = posture.angle + float(rng.normal(0.0, 0.1))
            yield Passage(joined([reach(angle, to, 1.0), still(to, float(rng.uniform(0.5, 2.0)))]))
            angle = to
        left -= 1
        yield _written(prompt, angle, posture, style, muscles, person.lead, rng)
        yield Passage(still(angle, float(rng.uniform(1.0, 2.0)) - _BEFORE - _AFTER))


def _written(
    prompt: str,
    angle: float,
    posture: Posture,
    style: HandStyle,
    muscles: PenMuscles,
    lead: float,
    rng: np.random.Generator,
) -> Passage:
    writing = written(prompt, style, rng)
    characters = tuple(
        WrittenText(
            c.character,
            round((_BEFORE + c.start) * SAMPLE_RATE),
            round((_BEFORE + c.stop) * SAMPLE_RATE),
        )
        for c in writing.characters
    )
    return Passage(
        still(angle, _BEFORE + writing.duration + _AFTER),
        efforts=(Effort(0, _track(writing, posture, muscles, lead)),),
        characters=characters,
        prompts=(WrittenText(prompt, characters[0].start, characters[-1].stop),),
    )


def _track(writing: Writing, posture: Posture, muscles: PenMuscles, lead: float) -> Track:
    """Drive from the start of a passage; it comes `lead` s before the movement."""
    duration = _BEFORE + writing.duration + _AFTER
    times = np.arange(round(duration * RATE)) / RATE
    moving = times - _BEFORE + lead
    drive = posture.gain * muscles.writing(writing.strokes.velocity(moving), 1.0 / RATE)
    for character in writing.characters:
        if character.character == PINCH:
            drive += muscles.pinching(moving, character.start, character.stop)
    hold = posture.grip * muscles.grip
    for name, level in posture.tone.items():
        hold[MUSCLE_INDEX[name]] += level
    ease = np.clip(np.minimum(times, duration - times) / _EASE, 0.0, 1.0)
    drive += hold[:, None] * (ease * ease * (3.0 - 2.0 * ease))
    return Track(drive)
