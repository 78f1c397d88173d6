# SPDX-License-Identifier: Apache-2.0
"""From emissions to lines of text: the search, the character model, and the edits."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semg_decoders.decoding.beam_search import PrefixBeamSearch
from semg_decoders.decoding.character_model import CharacterModel, CharacterModelError
from semg_decoders.decoding.ctc import GreedySearch, TextSearch
from semg_decoders.decoding.line_model import LineModel
from semg_decoders.decoding.text_line import LineUpdate, TextLine
from semg_decoders.inference.bundle import ModelBundle
from semg_decoders.inference.strict_mapping import BundleError
from semg_node.settings import SettingError, from_mapping, setting, validate

NO_MODEL = "none"


@dataclass(frozen=True)
class WritingSettings:
    """How text is read from a model's emissions."""

    decoder: str = setting(
        "greedy",
        "greedy: the likeliest character each time; beam: the likeliest text, by prefix search",
        choices=("greedy", "beam"),
    )
    beam_width: int = setting(16, "texts that the beam search keeps", minimum=1, maximum=256)
    settle_after: float = setting(
        2.0,
        "time after which a character that the beam search has read is not revised any more",
        unit="s",
        minimum=0.0,
        maximum=60.0,
    )
    language_model: str = setting(
        NO_MODEL, "character model for the beam search: path of an ARPA file, or none"
    )
    language_model_weight: float = setting(
        0.5, "weight of the character model beside the emissions", minimum=0.0, maximum=10.0
    )
    swipe: str = setting(
        "underscore",
        "what a right swipe writes: an underscore, as in the class set, or a space",
        choices=("underscore", "space"),
    )


def writing_settings(bundle: ModelBundle) -> WritingSettings:
    """Return the settings that a bundle recommends.

    A relative path of a character model is one in the bundle's folder.

    Raises
    ------
    BundleError
        If a setting is unknown or out of range.
    """
    try:
        settings = from_mapping(WritingSettings, bundle.decoding, "decoding.")
    except SettingError as error:
        raise BundleError(f"bundle '{bundle.name}': {error}") from None
    if settings.language_model == NO_MODEL:
        return settings
    return dataclasses.replace(
        settings, language_model=str(bundle.folder / os.path.expanduser(settings.language_model))
    )


class Writing:
    """Follows the line that is being written.

    Parameters
    ----------
    labels : sequence of str
        Of the model's outputs; the last is the blank.
    period : float
        Time between emissions in s.
    settings : WritingSettings
        How text is read.

    Raises
    ------
    SettingError
        If a setting is out of range, or the character model cannot be read or is no such file.
    """

    def __init__(self, labels: Sequence[str], period: float, settings: WritingSettings) -> None:
        validate(settings)
        swipe_is_space = settings.swipe == "space"
        self._search = _search(labels[:-1], period, settings, swipe_is_space)
        self._line = TextLine(swipe_is_space)
        self._shown = ""

    @property
    def line(self) -> str:
        """The line so far, after edits, with what may still change."""
        return self._line.with_pending(self._search.pending)

    def reset(self) -> None:
        """Begin a new stream, and an empty line."""
        self._search.reset()
        self._line.clear()
        self._shown = ""

    def push(self, log_probabilities: NDArray[np.floating]) -> list[LineUpdate]:
        """Take in the next emission, (classes,); return what it changes."""
        return self._updates(self._search.push(log_probabilities))

    def finish(self) -> list[LineUpdate]:
        """End the stream: settle what is pending, and begin an empty line.

        The line is returned as it stands; only an edit completes it.
        """
        updates = self._updates(self._search.finish())
        self.reset()
        return updates

    def _updates(self, settled: str) -> list[LineUpdate]:
        updates = self._line.write(settled)
        if updates:
            self._shown = ""
        text, line = self._line.take_new(), self.line
        if text or line != self._shown:
            updates.append(LineUpdate(text, line, False))
            self._shown = line
        return updates


def _search(
    characters: Sequence[str], period: float, settings: WritingSettings, swipe_is_space: bool
) -> TextSearch:
    if settings.decoder == "greedy":
        return GreedySearch(characters)
    model = None
    if settings.language_model != NO_MODEL:
        try:
            read = CharacterModel.load(settings.language_model)
        except CharacterModelError as error:
            raise SettingError(f"language_model: {error}") from None
        model = LineModel(read, characters, swipe_is_space)
    return PrefixBeamSearch(
        characters,
        settings.beam_width,
        round(settings.settle_after / period),
        model,
        settings.language_model_weight,
    )
