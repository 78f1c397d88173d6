# SPDX-License-Identifier: Apache-2.0
"""CER: how far decoded text is from what was to be written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from itertools import zip_longest
from typing import Any

from rapidfuzz.distance import Levenshtein


@dataclass(frozen=True)
class TextErrors:
    """Single-character edits that turn predictions into their targets.

    Attributes
    ----------
    insertions : int
        Characters of the target that the prediction lacks.
    deletions : int
        Characters of the prediction that should not be there.
    replacements : int
        Characters that are there as others.
    characters : int
        Length of the targets.
    """

    insertions: int = 0
    deletions: int = 0
    replacements: int = 0
    characters: int = 0

    @property
    def edits(self) -> int:
        """All edits."""
        return self.insertions + self.deletions + self.replacements

    @property
    def cer(self) -> float:
        """Character error rate: edits in % of the targets' length; 0 for no targets at all."""
        return self._percent(self.edits)

    @property
    def ier(self) -> float:
        """The part of the character error rate that is insertions, %."""
        return self._percent(self.insertions)

    @property
    def der(self) -> float:
        """The part of the character error rate that is deletions, %."""
        return self._percent(self.deletions)

    @property
    def ser(self) -> float:
        """The part of the character error rate that is replacements, %."""
        return self._percent(self.replacements)

    def __add__(self, other: TextErrors) -> TextErrors:
        return TextErrors(
            self.insertions + other.insertions,
            self.deletions + other.deletions,
            self.replacements + other.replacements,
            self.characters + other.characters,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return counts and rates for a file."""
        return {**asdict(self), "cer": self.cer, "ier": self.ier, "der": self.der, "ser": self.ser}

    def _percent(self, count: int) -> float:
        return 100.0 * count / self.characters if self.characters else 0.0


@dataclass(frozen=True)
class Edit:
    """One step of an alignment of two texts.

    Attributes
    ----------
    kind : str
        ``equal``, ``insert``, ``delete`` or ``replace``.
    predicted, target : str
        The character on either side; empty where there is none.
    """

    kind: str
    predicted: str
    target: str


def edits(prediction: str, target: str) -> list[Edit]:
    """Return the steps, equal characters among them, that turn a prediction into its target."""
    steps = []
    for run in Levenshtein.opcodes(prediction, target):
        left = prediction[run.src_start : run.src_end]
        right = target[run.dest_start : run.dest_end]
        steps += [Edit(run.tag, *pair) for pair in zip_longest(left, right, fillvalue="")]
    return steps


def score_text(prediction: str, target: str) -> TextErrors:
    """Count the edits that turn a prediction into its target.

    Of all shortest sequences of edits the one that the Levenshtein package traces is taken, as
    published: the parts of an error rate depend on that, their sum does not.
    """
    kinds = [edit.kind for edit in edits(prediction, target)]
    return TextErrors(
        kinds.count("insert"), kinds.count("delete"), kinds.count("replace"), len(target)
    )


def pool_text_errors(errors: Iterable[TextErrors]) -> TextErrors:
    """Return the errors over several prompts, every character counting the same."""
    return sum(errors, TextErrors())
