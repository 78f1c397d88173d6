# SPDX-License-Identifier: Apache-2.0
"""CTC prefix beam search over a stream of emissions, with a character model if there is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semg_decoders.decoding.line_model import LineModel


@dataclass(frozen=True)
class _Hypothesis:
    """A text, from the settled part on.

    Attributes
    ----------
    classes : tuple of int
        Characters that are not settled yet.
    born : tuple of int
        Emission with which each of them came up.
    last : int
        Class of the last character, settled or not; the blank's before the first.
    before : tuple of str
        What is before the next character, to the character model.
    """

    classes: tuple[int, ...]
    born: tuple[int, ...]
    last: int
    before: tuple[str, ...]


class PrefixBeamSearch:
    """Keeps the likeliest texts, each with the probability of all its alignments together.

    The score of a text is log P(text | emissions) + weight · log P(text | character model), and
    the first term is exact as long as no part of it was dropped for lack of width.

    A character is settled as soon as every kept text agrees on it, at the latest some emissions
    after it came up in the best one; texts that disagree with what is settled are dropped. So
    memory is bounded, and what has been settled is never taken back.

    Source: Graves and Jaitly (2014), Algorithm 1; Hannun et al. (2014), arXiv 1408.2873.

    Parameters
    ----------
    characters : sequence of str
        Every class but the last, which is the blank.
    width : int
        Texts that are kept.
    patience : int
        Emissions after which a character of the best text is settled.
    model : LineModel or None
        Scores characters after the ones before.
    weight : float
        Of the character model.
    """

    def __init__(
        self,
        characters: Sequence[str],
        width: int,
        patience: int,
        model: LineModel | None = None,
        weight: float = 1.0,
    ) -> None:
        self._characters = tuple(characters)
        self._width = width
        self._patience = patience
        self._model = model if weight else None
        self._weight = weight
        self.reset()

    def reset(self) -> None:
        """Forget everything: the next emission starts a new stream."""
        before = self._model.start if self._model is not None else ()
        self._emissions = 0
        self._kept = [_Hypothesis((), (), len(self._characters), before)]
        # Logarithms of the probability that the last emission was, or was not, a blank.
        self._blank = np.zeros(1)
        self._other = np.full(1, -np.inf)

    @property
    def pending(self) -> str:
        """The best reading of what is not settled yet."""
        return self._text(self._kept[0].classes)

    def readings(self) -> list[tuple[str, float]]:
        """Return the kept readings of what is not settled, with their scores over the best's."""
        scores = np.logaddexp(self._blank, self._other)
        texts = [self._text(hypothesis.classes) for hypothesis in self._kept]
        return list(zip(texts, (scores - scores[0]).tolist(), strict=True))

    def push(self, log_probabilities: NDArray[np.floating]) -> str:
        """Take in one emission, (classes,); return the characters that it settles."""
        self._extend(np.asarray(log_probabilities, dtype=np.float64))
        self._emissions += 1
        return self._settle(self._common())

    def finish(self) -> str:
        """Settle the best reading, return the rest of it, and start anew."""
        rest = self.pending
        self.reset()
        return rest

    def _extend(self, emission: NDArray[np.float64]) -> None:
        """Go on with every text as it is and with every further character; keep the best."""
        kept = self._kept
        classes = len(self._characters)
        last = np.array([hypothesis.last for hypothesis in kept])
        either = np.logaddexp(self._blank, self._other)
        blank = either + emission[classes]
        # The same character goes on; before the first one this is -inf.
        other = self._other + emission[last]
        grown = either[:, np.newaxis] + emission[:classes]
        # The same character comes once more: only a blank can lie between.
        again = np.flatnonzero(last < classes)
        grown[again, last[again]] = self._blank[again] + emission[last[again]]
        if self._model is not None:
            rows = [self._model.log_probabilities(hypothesis.before) for hypothesis in kept]
            grown += self._weight * np.array(rows)
        # A text that grows into one that is kept adds to that.
        places = {hypothesis.classes: place for place, hypothesis in enumerate(kept)}
        for place, hypothesis in enumerate(kept):
            parent = places.get(hypothesis.classes[:-1]) if hypothesis.classes else None
            if parent is not None:
                other[place] = np.logaddexp(other[place], grown[parent, hypothesis.last])
                grown[parent, hypothesis.last] = -np.inf
        scores = np.concatenate([np.logaddexp(blank, other), grown.ravel()])
        best = np.argsort(-scores, kind="stable")[: self._width]
        best = best[scores[best] > -np.inf]
        self._kept, firm = [], len(kept)
        for index in best.tolist():
            if index < firm:
                self._kept.append(kept[index])
            else:
                parent, new = divmod(index - firm, classes)
                self._kept.append(self._grown(kept[parent], new))
        # Relative to the best, so that the figures of a long stream lose no precision.
        top = scores[best[0]]
        self._blank = np.concatenate([blank, np.full(grown.size, -np.inf)])[best] - top
        self._other = np.concatenate([other, grown.ravel()])[best] - top

    def _grown(self, parent: _Hypothesis, new: int) -> _Hypothesis:
        before = parent.before
        if self._model is not None:
            before = self._model.after(before, self._characters[new])
        return _Hypothesis((*parent.classes, new), (*parent.born, self._emissions), new, before)

    def _common(self) -> int:
        """Return how many characters of the best text are to be settled."""
        best = self._kept[0]
        due = sum(born < self._emissions - self._patience for born in best.born)
        agreed = len(best.classes)
        for hypothesis in self._kept[1:]:
            pairs = zip(best.classes[:agreed], hypothesis.classes, strict=False)
            agreed = next(
                (place for place, (ours, theirs) in enumerate(pairs) if ours != theirs),
                min(agreed, len(hypothesis.classes)),
            )
        return max(due, agreed)

    def _settle(self, count: int) -> str:
        if count == 0:
            return ""
        settled = self._kept[0].classes[:count]
        agreeing = [
            place
            for place, hypothesis in enumerate(self._kept)
            if hypothesis.classes[:count] == settled
        ]
        self._kept = [
            _Hypothesis(kept.classes[count:], kept.born[count:], kept.last, kept.before)
            for kept in (self._kept[place] for place in agreeing)
        ]
        self._blank, self._other = self._blank[agreeing], self._other[agreeing]
        return self._text(settled)

    def _text(self, classes: tuple[int, ...]) -> str:
        return "".join(self._characters[one] for one in classes)
