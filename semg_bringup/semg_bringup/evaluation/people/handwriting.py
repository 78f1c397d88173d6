# SPDX-License-Identifier: Apache-2.0
"""Handwriting of simulated people: character error rates of all that they write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semg_bringup.evaluation.handwriting import AFTER, samples_before
from semg_bringup.evaluation.people.performance import Performance, pieces
from semg_decoders.decoding.ctc import greedy_text
from semg_decoders.decoding.handwriting import HandwritingDecoder
from semg_decoders.decoding.writing import NO_MODEL, Writing, writing_settings
from semg_decoders.evaluation.text_error import TextErrors, pool_text_errors, score_text
from semg_decoders.inference.session import Model
from semg_decoders.signal.mpf import MultiWindowMpf

BEFORE = 19_014
"""Samples at 2 kHz before a prompt that are handed over with it, as published."""


@dataclass(frozen=True)
class Reading:
    """The text of one prompt.

    Attributes
    ----------
    greedy : str
        The likeliest character each time.
    searched : str or None
        The likeliest text, by beam search with a character model; None without one.
    """

    greedy: str
    searched: str | None = None


Reader = Callable[[NDArray[np.float32]], Reading]
"""Reads conditioned EMG (samples, 16), which begins `BEFORE` samples ahead of a prompt."""


@dataclass(frozen=True)
class WritingScore:
    """How well the writing of one person, or of several, is read.

    Attributes
    ----------
    prompts : int
        How many were written.
    greedy : TextErrors
        Of the likeliest characters.
    searched : TextErrors or None
        Of the beam search, where there is one.
    """

    prompts: int
    greedy: TextErrors
    searched: TextErrors | None

    def to_dict(self) -> dict[str, Any]:
        """Return everything for a file."""
        return {
            "prompts": self.prompts,
            "greedy": self.greedy.to_dict(),
            "searched": None if self.searched is None else self.searched.to_dict(),
        }


def score_person(read: Reader, written: Performance) -> WritingScore:
    """Score what reads handwriting on all prompts that one person finished."""
    readings = [(read(emg), text) for emg, text in prompts(written)]
    searched = [
        score_text(reading.searched, text)
        for reading, text in readings
        if reading.searched is not None
    ]
    return WritingScore(
        len(readings),
        pool_text_errors(score_text(reading.greedy, text) for reading, text in readings),
        pool_text_errors(searched) if searched else None,
    )


def prompts(written: Performance) -> Iterator[tuple[NDArray[np.float32], str]]:
    """Yield the EMG around each prompt, as published, and its text; zeros beyond both ends."""
    padded = np.pad(written.emg, ((BEFORE, AFTER), (0, 0)))
    for prompt in written.truth.prompts:
        yield padded[prompt.start : BEFORE + prompt.stop + AFTER], prompt.text


def reader(model: Model) -> Reader:
    """Return what reads handwriting by a bundle, each prompt streamed from a fresh start.

    Raises
    ------
    SettingError
        If the character model that the bundle recommends cannot be read.
    """
    bundle = model.bundle
    settings = writing_settings(bundle)
    assert bundle.mpf is not None
    window = bundle.mpf.window
    searching = settings.language_model != NO_MODEL
    unwanted = max(0, BEFORE - samples_before(bundle))

    def read(emg: NDArray[np.float32]) -> Reading:
        decoder = HandwritingDecoder(model)
        features = MultiWindowMpf(decoder.channels, (window,))
        emissions = []
        for first, piece in pieces(emg[unwanted:]):
            frames = features.push(piece, first)[window]
            # The topic between the nodes carries single precision, frame by frame.
            matrices = frames.log_matrices.astype(np.float32)
            for i, last in enumerate(frames.last_samples.tolist()):
                emissions += decoder.push(matrices[i : i + 1], last)
        rows = [emission.log_probabilities for emission in emissions]
        greedy = greedy_text((int(row.argmax()) for row in rows), decoder.labels[:-1])
        if not searching:
            return Reading(greedy)
        writing = Writing(decoder.labels, decoder.stride / decoder.sample_rate, settings)
        updates = [update for row in rows for update in writing.push(row)] + writing.finish()
        return Reading(greedy, "".join(update.text for update in updates))

    return read
