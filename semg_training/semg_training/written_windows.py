# SPDX-License-Identifier: Apache-2.0
"""Stretches of recordings that hold whole prompts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semg_decoders.decoding.characters import CHARACTERS
from semg_decoders.evaluation.prompt_cleaning import clean_prompt
from semg_decoders.signal.conditioning import SAMPLE_RATE
from semg_decoders.signal.mpf import HANDWRITING_WINDOW, STRIDE, samples_needed
from semg_training.handwriting_recordings import WrittenRecording
from semg_training.networks.handwriting import HandwritingNetworkSettings

BLANK = len(CHARACTERS)
"""Index of CTC's blank."""
UNKNOWN = -1
"""In place of a class where none can be told."""
AFTER = 974
"""Samples that a stretch goes on after its last prompt, as published."""
_FIRST_EMISSION = 839
"""Samples from the start of a stretch's first prompt to the end of the MPF frame of its first
emission: what the 19,014 samples before a prompt leave of the published reach."""
_FIRST_END = samples_needed(HANDWRITING_WINDOW) - 1
_INDEX = {character: index for index, character in enumerate(CHARACTERS)}


def padding_before(settings: HandwritingNetworkSettings) -> int:
    """Return the samples that a stretch begins before its first prompt; 19,014 as published."""
    return STRIDE * settings.warm_up + _FIRST_END - _FIRST_EMISSION


@dataclass(frozen=True)
class WrittenWindow:
    """A stretch of a recording, in MPF frames, that may reach beyond it.

    Attributes
    ----------
    first, frames : int
        First frame, and how many.
    text : str
        What was written.
    """

    first: int
    frames: int
    text: str


def window_of_prompts(
    recording: WrittenRecording,
    first: int,
    last: int,
    settings: HandwritingNetworkSettings,
    after: int = AFTER,
) -> WrittenWindow:
    """Return the window from prompt `first` to prompt `last`, with the padding around.

    Parameters
    ----------
    recording : WrittenRecording
        With prompts.
    first, last : int
        Their numbers.
    settings : HandwritingNetworkSettings
        Of the network that will read it.
    after : int
        Samples after the last prompt.
    """
    prompts = recording.prompts[first : last + 1]
    begin = prompts[0].start - padding_before(settings)
    samples = prompts[-1].stop + after - begin
    text = "".join(clean_prompt(prompt.text, CHARACTERS) for prompt in prompts)
    return WrittenWindow(round(begin / STRIDE), (samples - _FIRST_END - 1) // STRIDE + 1, text)


def joined_prompts(recording: WrittenRecording, first: int, seconds: float) -> tuple[int, int]:
    """Return the first and last of the prompts from `first` on that fill `seconds`.

    At the end of a recording earlier ones are taken as well.
    """
    prompts = recording.prompts
    wanted = seconds * SAMPLE_RATE
    last = first
    while prompts[last].stop - prompts[first].start < wanted and last + 1 < len(prompts):
        last += 1
    while prompts[last].stop - prompts[first].start < wanted and first:
        first -= 1
    return first, last


def is_silent(recording: WrittenRecording) -> bool:
    """Return whether nobody writes in a recording, as far as is known."""
    return not (recording.prompts or recording.characters)


def draw_window(
    recording: WrittenRecording,
    rng: np.random.Generator,
    seconds: float,
    settings: HandwritingNetworkSettings,
    after: int = AFTER,
) -> WrittenWindow:
    """Draw a window of joined prompts, or of nothing where nobody writes.

    Raises
    ------
    ValueError
        If there is no whole prompt in a recording in which somebody writes.
    """
    if recording.prompts:
        chosen = int(rng.integers(len(recording.prompts)))
        joined = joined_prompts(recording, chosen, seconds)
        return window_of_prompts(recording, *joined, settings, after)
    if not is_silent(recording):
        raise ValueError("no prompt of the recording is whole")
    frames = settings.warm_up + 1 + round(seconds * SAMPLE_RATE / STRIDE)
    first = int(rng.integers(max(1, recording.frames - frames + 1)))
    return WrittenWindow(first, frames, "")


def frame_targets(
    recording: WrittenRecording,
    window: WrittenWindow,
    settings: HandwritingNetworkSettings,
    pulse: float,
) -> NDArray[np.int64]:
    """Return for each emission of a window the character whose writing has just ended.

    Parameters
    ----------
    recording : WrittenRecording
        With the times of its characters, if they are known.
    window : WrittenWindow
        Of the recording.
    settings : HandwritingNetworkSettings
        Which emissions there are.
    pulse : float
        Seconds that "just" lasts; the next character's end cuts it short.

    Returns
    -------
    ndarray of int64, shape (emissions,)
        Index of the class, `BLANK` while no writing has just ended, or `UNKNOWN` everywhere
        where prompts have no characters.
    """
    emissions = settings.emissions(window.frames)
    if recording.prompts and not recording.characters:
        return np.full(emissions, UNKNOWN, np.int64)
    at = _emission_samples(window, settings, emissions)
    targets = np.full(emissions, BLANK, np.int64)
    for character in recording.characters:
        cleaned = clean_prompt(character.text, CHARACTERS)
        first, last = np.searchsorted(
            at, [character.stop - 1, character.stop - 1 + pulse * SAMPLE_RATE]
        )
        # A pulse shorter than the time between emissions still has one.
        last = max(last, first + 1)
        targets[first:last] = _INDEX.get(cleaned, BLANK)
    return targets


def _emission_samples(
    window: WrittenWindow, settings: HandwritingNetworkSettings, emissions: int
) -> NDArray[np.int64]:
    """Last sample, in the recording, of each emission's newest frame."""
    frames = window.first + settings.warm_up + settings.frames_per_emission * np.arange(emissions)
    return _FIRST_END + STRIDE * frames


def class_indices(text: str) -> list[int]:
    """Return the class of each character of a cleaned text."""
    return [_INDEX[character] for character in text]
