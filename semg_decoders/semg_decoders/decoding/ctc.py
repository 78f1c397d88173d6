# SPDX-License-Identifier: Apache-2.0
"""From log-probabilities of characters to text, by connectionist temporal classification (CTC).

Source: Graves et al. (2006), doi 10.1145/1143844.1143891.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class TextSearch(Protocol):
    """Reads a stream of emissions.

    Text is settled once: a character that `push` has returned is never taken back. What has
    been read beyond that is `pending` and may still change.
    """

    @property
    def pending(self) -> str:
        """The best reading of what is not settled yet."""

    def push(self, log_probabilities: NDArray[np.floating]) -> str:
        """Take in one emission, (classes,); return the characters that it settles."""

    def finish(self) -> str:
        """Settle what is pending, return it, and start anew."""

    def reset(self) -> None:
        """Forget everything: the next emission starts a new stream."""


class GreedySearch:
    """Takes the likeliest class of each emission, collapses repeats, then drops blanks.

    Every character is settled at once.

    Parameters
    ----------
    characters : sequence of str
        Every class but the last, which is the blank.
    """

    pending = ""

    def __init__(self, characters: Sequence[str]) -> None:
        self._characters = tuple(characters)
        self.reset()

    def reset(self) -> None:
        """Forget everything: the next emission starts a new stream."""
        self._last = len(self._characters)

    def push(self, log_probabilities: NDArray[np.floating]) -> str:
        """Take in one emission, (classes,); return the character that begins with it, if any."""
        return self.push_class(int(np.argmax(log_probabilities)))

    def push_class(self, best: int) -> str:
        """Take in the likeliest class of one emission."""
        repeats, self._last = best == self._last, best
        return "" if repeats or best == len(self._characters) else self._characters[best]

    def finish(self) -> str:
        """Return nothing, as all is settled, and start anew."""
        self.reset()
        return ""


def greedy_text(classes: Iterable[int], characters: Sequence[str]) -> str:
    """Return the text of the likeliest class of each emission of a whole stream."""
    search = GreedySearch(characters)
    return "".join(search.push_class(best) for best in classes)
