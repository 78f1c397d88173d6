# SPDX-License-Identifier: Apache-2.0
"""Handwriting by a linear discriminant of characters on half a second of log amplitudes.

Moment by moment it says which character is being written, and repeats are collapsed into text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semg_bringup.evaluation.baselines.discriminant import Discriminant, DiscriminantFit
from semg_bringup.evaluation.baselines.features import log_amplitudes, stacked
from semg_bringup.evaluation.people.handwriting import BEFORE, Reading, prompts
from semg_bringup.evaluation.people.performance import performance
from semg_decoders.decoding.characters import CHARACTERS
from semg_decoders.decoding.ctc import greedy_text
from semg_decoders.evaluation.text_error import score_text

FRAME = 80
LAGS = 12
SECONDS = 60.0
"""Of writing of each training person."""
_BLANK = len(CHARACTERS)
_MIDDLE = (0.25, 0.75)
"""Part of a character's time that is taken for it; the rest is between characters."""
_LATENESS = LAGS // 2
"""Frames by which an answer comes after what it is about, so that both sides are seen."""
_PATIENCE = (-2.0, 0.0, 2.0, 4.0, 6.0, 8.0)


@dataclass(frozen=True)
class Example:
    """What a person wrote.

    Attributes
    ----------
    amplitudes : ndarray of float64, shape (frames, 32)
        As `log_amplitudes` gives them.
    classes : ndarray of int, shape (frames,)
        What is being written in each frame, as index into `CHARACTERS` or, for nothing, their
        number.
    texts : tuple of (ndarray, str)
        Amplitudes around each prompt, and the prompt.
    """

    amplitudes: NDArray[np.float64]
    classes: NDArray[np.intp]
    texts: tuple[tuple[NDArray[np.float64], str], ...]


def examples(person: int) -> Example:
    """Let a training person do what the baseline learns from."""
    done = performance(person, "handwriting", SECONDS)
    amplitudes = log_amplitudes(done.emg, FRAME)
    middles = (np.arange(len(amplitudes)) + 0.5) * FRAME
    classes = np.full(len(middles), _BLANK, np.intp)
    for character in done.truth.characters:
        part = (middles - character.start) / max(character.stop - character.start, 1)
        inside = (part >= _MIDDLE[0]) & (part < _MIDDLE[1])
        classes[inside] = CHARACTERS.index(character.text)
    texts = tuple((log_amplitudes(emg, FRAME), text) for emg, text in prompts(done))
    return Example(amplitudes, classes, texts)


@dataclass(frozen=True)
class HandwritingBaseline:
    """A discriminant of all characters and nothing.

    Attributes
    ----------
    discriminant : Discriminant
        Of `LAGS` frames.
    patience : float
        Added to the log-probability of nothing: more of it gives fewer characters.
    """

    discriminant: Discriminant
    patience: float

    @staticmethod
    def fit(people: Sequence[Example]) -> HandwritingBaseline:
        """Fit to people; the patience is the one with the fewest mistakes on them."""
        fit = DiscriminantFit(LAGS * people[0].amplitudes.shape[1], len(CHARACTERS) + 1)
        for example in people:
            features = stacked(example.amplitudes, LAGS)[_LATENESS:]
            fit.add(features, example.classes[: len(features)])
        discriminant = fit.fitted()
        texts = [pair for example in people for pair in example.texts]

        def edits(patience: float) -> int:
            baseline = HandwritingBaseline(discriminant, patience)
            return sum(score_text(baseline.text(a), text).edits for a, text in texts)

        return HandwritingBaseline(discriminant, min(_PATIENCE, key=edits))

    def read(self, emg: NDArray[np.float32]) -> Reading:
        """Read conditioned EMG (samples, 16), which begins `BEFORE` samples ahead of a prompt."""
        return Reading(self.text(log_amplitudes(emg, FRAME)))

    def text(self, amplitudes: NDArray[np.float64]) -> str:
        """Read the frames around a prompt (frames, 32)."""
        likely = self.discriminant.log_probabilities(stacked(amplitudes, LAGS))
        likely[:, _BLANK] += self.patience
        classes = likely[BEFORE // FRAME + _LATENESS :].argmax(axis=1)
        return greedy_text(classes.tolist(), CHARACTERS)
