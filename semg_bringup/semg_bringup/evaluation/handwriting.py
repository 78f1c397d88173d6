# SPDX-License-Identifier: Apache-2.0
"""Handwriting in recordings: character error rate of each prompt and of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semg_bringup.command.report import Report, Section
from semg_bringup.evaluation.decoding import decode, padded_block
from semg_bringup.evaluation.parts import Part, open_labelled
from semg_decoders.decoding.ctc import greedy_text
from semg_decoders.evaluation.prompt_cleaning import clean_prompt
from semg_decoders.evaluation.text_error import TextErrors, pool_text_errors, score_text
from semg_decoders.inference.bundle import ModelBundle
from semg_decoders.inference.session import Model
from semg_decoders.signal.conditioning import SAMPLE_RATE
from semg_driver.recordings.recording import RecordingError
from semg_driver.recordings.released_hdf5 import Hdf5Recording

TASK = "handwriting"
AFTER = 974
"""Samples at 2 kHz after a prompt that are decoded with it, as published."""
_LESS = 626
"""Samples by which fewer than a model's reach lie before a prompt."""


def samples_before(bundle: ModelBundle) -> int:
    """Return the samples at 2 kHz before a prompt that are decoded with it.

    As many as the model wants before its first emission, less as many as is published: 19,014
    where it wants 491 feature frames.
    """
    stride = bundle.mpf.stride if bundle.mpf is not None else 1
    return max(0, bundle.warm_up * stride - _LESS)


@dataclass(frozen=True)
class WrittenPrompt:
    """A prompt, and where it was written.

    Attributes
    ----------
    prompt : str
        As shown.
    first, stop : int
        Rows [first, stop) of the recording with the EMG around it; may reach beyond both ends.
    """

    prompt: str
    first: int
    stop: int

    @property
    def samples(self) -> int:
        """Samples that are decoded."""
        return self.stop - self.first


@dataclass(frozen=True)
class PromptResult:
    """How well a prompt was decoded.

    Attributes
    ----------
    prompt : str
        As shown.
    target : str
        The same in the model's characters.
    text : str
        What was decoded; a backspace is a character of its own.
    samples, emissions : int
        What was decoded, and what the model gave for it.
    errors : TextErrors
        From `text` to `target`.
    """

    prompt: str
    target: str
    text: str
    samples: int
    emissions: int
    errors: TextErrors


@dataclass(frozen=True)
class HandwritingResult:
    """How well the prompts of one part of a recording were decoded.

    Attributes
    ----------
    name : str
        Of the part.
    prompts : tuple of PromptResult
        In order.
    """

    name: str
    prompts: tuple[PromptResult, ...]


def evaluate_handwriting(
    part: Part, bundle: Path, figures: Path | None = None
) -> HandwritingResult:
    """Decode the EMG of each prompt as a stream of its own, and compare with its text.

    Parameters
    ----------
    part : Part
        Prompts that begin in it are decoded.
    bundle : Path
        Folder of the model bundle.
    figures : Path, optional
        Folder for figures.

    Raises
    ------
    RecordingError
        If there are no prompts.
    """
    model = Model.load(str(bundle))
    labels = model.bundle.output.labels
    results = []
    with open_labelled(part.path, TASK) as recording:
        for written in written_prompts(part, recording, samples_before(model.bundle)):
            block = padded_block(recording, written.first, written.stop)
            emissions = decode(model, [block])["output"]
            results.append(score_prompt(written, emissions, labels))
    if figures is not None:
        from semg_bringup.evaluation.figures.text import draw_texts

        texts = [(result.text, result.target) for result in results]
        draw_texts(figures / f"{part.name}-text.png", part.name, texts)
    return HandwritingResult(part.name, tuple(results))


def written_prompts(part: Part, recording: Hdf5Recording, before: int) -> list[WrittenPrompt]:
    """Return the prompts that begin in a part of a recording.

    Parameters
    ----------
    part : Part
        Where they begin.
    recording : Hdf5Recording
        With prompts.
    before : int
        Samples at 2 kHz before a prompt that are decoded with it.

    Raises
    ------
    RecordingError
        If there are none, or the table that names them is no such table.
    """
    prompts = recording.labels().prompts
    columns = ("prompt", "start", "end")
    if prompts is None or any(column not in prompts for column in columns):
        raise RecordingError(
            f"{recording.path}: no table 'prompts' with the columns {', '.join(columns)}, "
            f"which says what was written"
        )
    if any(prompts[column].dtype.kind not in "fiu" for column in columns[1:]):
        raise RecordingError(f"{recording.path}: table 'prompts': a time is no number")
    times = np.array([prompts[column] for column in columns[1:]], np.float64)
    if not np.isfinite(times).all():
        raise RecordingError(f"{recording.path}: table 'prompts': a time is no number")
    first, stop = part.rows(recording)
    begins, ends = recording.rows_at(times)
    ratio = recording.info.sample_rate / SAMPLE_RATE
    earlier, later = round(before * ratio), round(AFTER * ratio)
    found = [
        WrittenPrompt(str(text), int(begin) - earlier, int(end) + later)
        for text, begin, end in zip(prompts["prompt"], begins, ends, strict=True)
        if first <= begin < stop and begin < end
    ]
    if not found:
        raise RecordingError(f"{recording.path}: no prompt begins in rows {first} to {stop}")
    return found


def score_prompt(
    written: WrittenPrompt, emissions: NDArray[np.floating], labels: Sequence[str]
) -> PromptResult:
    """Compare what a model gives for a prompt with its text.

    Parameters
    ----------
    written : WrittenPrompt
        What was to be written.
    emissions : array, (emissions, labels)
        Log-probabilities.
    labels : sequence of str
        The characters, and last the blank.
    """
    characters = labels[:-1]
    target = clean_prompt(written.prompt, characters)
    text = greedy_text(emissions.argmax(axis=1).tolist(), characters)
    return PromptResult(
        written.prompt, target, text, written.samples, len(emissions), score_text(text, target)
    )


def report_handwriting(results: Sequence[HandwritingResult]) -> Report:
    """Sum up the results of all parts."""
    pooled = pool_text_errors(p.errors for result in results for p in result.prompts)
    facts = {
        **pooled.to_dict(),
        "recordings": [
            {
                "name": result.name,
                **pool_text_errors(prompt.errors for prompt in result.prompts).to_dict(),
                "prompts": [
                    {
                        "prompt": prompt.prompt,
                        "target": prompt.target,
                        "text": prompt.text,
                        "samples": prompt.samples,
                        "emissions": prompt.emissions,
                        **prompt.errors.to_dict(),
                    }
                    for prompt in result.prompts
                ],
            }
            for result in results
        ],
    }
    rows = [
        [result.name, prompt.target, prompt.text, *_rates(prompt.errors)]
        for result in results
        for prompt in result.prompts
    ]
    rows.append(["all prompts", "", "", *_rates(pooled)])
    columns = ("recording", "to write", "decoded", "CER %", "IER %", "DER %", "SER %")
    title = (
        "Character error rate and its parts: characters missing (IER), too many (DER), taken for "
        "others (SER). Read greedily, as published, whatever the bundle recommends; ⌫ is a "
        "character, and not applied."
    )
    return Report(title, facts, [Section("handwriting", rows, columns)])


def _rates(errors: TextErrors) -> list[str]:
    return [f"{rate:.2f}" for rate in (errors.cer, errors.ier, errors.der, errors.ser)]
