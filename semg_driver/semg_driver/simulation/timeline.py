# SPDX-License-Identifier: Apache-2.0
"""A script laid out in time, as far as it is needed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from semg_driver.devices.device import WrittenText
from semg_driver.simulation.passage import Cue, Effort, HeldPosture, Jolt, Script


@dataclass(frozen=True)
class Events:
    """What comes with the passages beside wrist movement; samples count from the first one.

    Attributes
    ----------
    cues : list of Cue
        Gestures to do.
    efforts : list of Effort
        What else the muscles do.
    jolts : list of Jolt
        What happens to the band.
    postures : list of tuple of int and HeldPosture
        Where the posture's passage begins, and the posture.
    characters, prompts : list of WrittenText
        What is written.
    """

    cues: list[Cue] = field(default_factory=list)
    efforts: list[Effort] = field(default_factory=list)
    jolts: list[Jolt] = field(default_factory=list)
    postures: list[tuple[int, HeldPosture]] = field(default_factory=list)
    characters: list[WrittenText] = field(default_factory=list)
    prompts: list[WrittenText] = field(default_factory=list)


class Timeline:
    """Wrist movement and events of a script by sample index.

    Parameters
    ----------
    script : Script
        Without an end.
    """

    def __init__(self, script: Script) -> None:
        self._script = script
        self._first = 0
        self._angle: NDArray[np.float64] = np.empty(0)
        self._velocity: NDArray[np.float64] = np.empty(0)
        self._new = Events()

    def movement(self, start: int, stop: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Wrist angle in rad and velocity in rad/s of samples [start, stop)."""
        self._extend(stop)
        inside = slice(start - self._first, stop - self._first)
        return self._angle[inside], self._velocity[inside]

    def events_until(self, sample: int) -> Events:
        """Events of the passages that begin before `sample`, be they later; each only once."""
        self._extend(sample)
        found, self._new = self._new, Events()
        return found

    def forget(self, sample: int) -> None:
        """Let go of movement before `sample`."""
        count = sample - self._first
        self._angle = self._angle[count:]
        self._velocity = self._velocity[count:]
        self._first = sample

    def _extend(self, stop: int) -> None:
        while self._first + self._angle.size < stop:
            passage = next(self._script)
            start = self._first + self._angle.size
            self._angle = np.concatenate([self._angle, passage.movement.angle])
            self._velocity = np.concatenate([self._velocity, passage.movement.velocity])
            new = self._new
            new.cues.extend(replace(cue, sample=start + cue.sample) for cue in passage.cues)
            new.efforts.extend(replace(e, sample=start + e.sample) for e in passage.efforts)
            new.jolts.extend(replace(jolt, sample=start + jolt.sample) for jolt in passage.jolts)
            new.postures.extend((start, posture) for posture in passage.postures)
            new.characters.extend(_from(start, text) for text in passage.characters)
            new.prompts.extend(_from(start, text) for text in passage.prompts)


def _from(start: int, text: WrittenText) -> WrittenText:
    return replace(text, start=start + text.start, stop=start + text.stop)
