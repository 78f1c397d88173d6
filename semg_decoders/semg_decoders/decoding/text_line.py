# SPDX-License-Identifier: Apache-2.0
"""The line that is being written: characters come in, edits among them."""

from __future__ import annotations

from dataclasses import dataclass

from semg_decoders.decoding.characters import BACKSPACE, ENTER, PINCH, SWIPE

LINE_ENDS = (ENTER, PINCH)


@dataclass(frozen=True)
class LineUpdate:
    """A change of the line.

    Attributes
    ----------
    text : str
        Characters that are new and settled, as they were decoded, edits among them.
    line : str
        The line after them, with what may still change.
    complete : bool
        Whether the line has ended, and the next one is empty.
    """

    text: str
    line: str
    complete: bool


class TextLine:
    """Applies edits: ⌫ removes the last character, ⏎ and 🤏 end the line.

    On an empty line ⌫ removes nothing: the line before stays as it was completed. Everything
    else, ⇧ too, is written as it is.

    Parameters
    ----------
    swipe_is_space : bool
        Whether a right swipe, in the class set ``_``, is written as a space.
    """

    def __init__(self, swipe_is_space: bool = False) -> None:
        self._swipe = " " if swipe_is_space else SWIPE
        self.clear()

    @property
    def text(self) -> str:
        """The settled line so far."""
        return self._line

    def clear(self) -> None:
        """Begin an empty line."""
        self._line = self._raw = ""

    def write(self, characters: str) -> list[LineUpdate]:
        """Write settled characters; return the lines that they complete."""
        completed = []
        for character in characters:
            self._raw += character
            if character in LINE_ENDS:
                completed.append(LineUpdate(self.take_new(), self._line, True))
                self._line = ""
            else:
                self._line = self._edited(self._line, character)
        return completed

    def take_new(self) -> str:
        """Return the characters of this line that were written since the last call."""
        new, self._raw = self._raw, ""
        return new

    def with_pending(self, characters: str) -> str:
        """Return the line as if `characters` were written too, up to where they would end it."""
        line = self._line
        for character in characters:
            if character in LINE_ENDS:
                break
            line = self._edited(line, character)
        return line

    def _edited(self, line: str, character: str) -> str:
        if character == BACKSPACE:
            return line[:-1]
        return line + (self._swipe if character == SWIPE else character)
