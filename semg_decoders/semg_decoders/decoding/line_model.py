# SPDX-License-Identifier: Apache-2.0
"""What a character model says of the next character of a line that is being written."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from semg_decoders.decoding.character_model import (
    LINE_END,
    LINE_START,
    SPACE,
    CharacterModel,
    Tokens,
    token,
)
from semg_decoders.decoding.characters import BACKSPACE, SWIPE
from semg_decoders.decoding.text_line import LINE_ENDS

_REMEMBERED = 32
"""Tokens of the line that are kept beyond those the model looks at, for ⌫ to bring back."""
_CACHED = 4096


class LineModel:
    """Scores characters after the line so far, edits applied.

    ⏎ and 🤏 are the end of the line to the model. It does not know edits: ⌫ is as likely as any
    character that is not in its text.

    Parameters
    ----------
    model : CharacterModel
        What is known of text.
    characters : sequence of str
        The classes to score, without the blank.
    swipe_is_space : bool
        Whether ``_`` is a space to the model.

    Attributes
    ----------
    start : tuple of str
        What is before the first character of a line.
    """

    start: Tokens = (LINE_START,)

    def __init__(
        self, model: CharacterModel, characters: Sequence[str], swipe_is_space: bool = False
    ) -> None:
        self._model = model
        self._swipe = SPACE if swipe_is_space else SWIPE
        self._tokens = [self._token(character) for character in characters]
        self._longest = model.order - 1 + _REMEMBERED
        self._cache: dict[Tokens, NDArray[np.float64]] = {}

    def after(self, before: Tokens, character: str) -> Tokens:
        """Return what is before the character that comes after `character`."""
        if character in LINE_ENDS:
            return self.start
        if character == BACKSPACE:
            return before[:-1] if before[-1:] != self.start else before
        return (*before, self._token(character))[-self._longest :]

    def log_probabilities(self, before: Tokens) -> NDArray[np.float64]:
        """Return the natural logarithm of each character's probability, (characters,)."""
        seen = before[max(len(before) - self._model.order + 1, 0) :]
        found = self._cache.get(seen)
        if found is None:
            if len(self._cache) >= _CACHED:
                self._cache.clear()
            found = np.array([self._model.log_probability(one, seen) for one in self._tokens])
            self._cache[seen] = found
        return found

    def _token(self, character: str) -> str:
        if character in LINE_ENDS:
            return LINE_END
        return self._swipe if character == SWIPE else token(character)
