# SPDX-License-Identifier: Apache-2.0
"""How often the posture that is held is the one that was asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

DECISION_PERIOD = 0.2
"""s from one decision to the next."""
AROUND_CHANGES = 0.3
"""s before and after a cue in which no decision is judged."""


@dataclass(frozen=True)
class PostureSpan:
    """A posture that was asked for during a time.

    Attributes
    ----------
    name : str
        Of the posture.
    start, end : float
        s.
    """

    name: str
    start: float
    end: float


@dataclass(frozen=True)
class PostureScore:
    """What decisions were right.

    Attributes
    ----------
    counts : mapping of (str, str or None) to int
        Decisions, by what was asked for and what was held; None where nothing was that has a name.
    """

    counts: Mapping[tuple[str, str | None], int] = field(default_factory=dict)

    @property
    def decisions(self) -> int:
        """How many were judged."""
        return sum(self.counts.values())

    @property
    def recalls(self) -> dict[str, float]:
        """Share of right decisions for each posture that was asked for, in alphabetical order."""
        asked: Counter[str] = Counter()
        for (name, _), count in self.counts.items():
            asked[name] += count
        return {name: self.counts.get((name, name), 0) / asked[name] for name in sorted(asked)}

    @property
    def balanced_accuracy(self) -> float:
        """Mean of the recalls; NaN without decisions."""
        return float(np.mean(list(self.recalls.values()))) if self.counts else float("nan")

    @property
    def accuracy(self) -> float:
        """Share of right decisions; NaN without any."""
        right = sum(count for (asked, held), count in self.counts.items() if asked == held)
        return right / self.decisions if self.counts else float("nan")

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {
            "balanced_accuracy": self.balanced_accuracy,
            "accuracy": self.accuracy,
            "decisions": self.decisions,
            "recall": self.recalls,
            "confusion": [[*names, count] for names, count in sorted(self.counts.items(), key=str)],
        }


def decision_times(
    spans: Sequence[PostureSpan],
    start: float,
    end: float,
    period: float = DECISION_PERIOD,
    around: float = AROUND_CHANGES,
) -> tuple[NDArray[np.float64], list[str]]:
    """Return when a stream is asked what is held, and what should be.

    Every `period` from `start` on, where a posture was asked for and neither the beginning nor,
    unless the stream is over then, the end of its span is nearer than `around`: people do not
    react at once, and some before the cue.

    Parameters
    ----------
    spans : sequence of PostureSpan
        Of the stream.
    start, end : float
        Of the stream, in s.
    period, around : float
        s.

    Returns
    -------
    times : array, (decisions,)
        s.
    names : list of str
        What was asked for at each of them.
    """
    count = int(np.floor((end - start) / period + 1e-6))
    grid = start + period * np.arange(1, count + 1)
    times: list[float] = []
    names: list[str] = []
    for span in spans:
        last = span.end if span.end >= end - 1e-6 else span.end - around
        # The margin keeps rounding from letting in a decision that is just too near.
        inside = (grid >= span.start + around - 1e-6) & (grid <= last + 1e-6)
        times += grid[inside].tolist()
        names += [span.name] * int(inside.sum())
    return np.array(times), names


def score_postures(asked: Iterable[str], held: Iterable[str | None]) -> PostureScore:
    """Count decisions by what was asked for and what was held, one of each for a decision."""
    return PostureScore(dict(Counter(zip(asked, held, strict=True))))


def pool_postures(scores: Iterable[PostureScore]) -> PostureScore:
    """Return the score of all decisions together."""
    total: Counter[tuple[str, str | None]] = Counter()
    for score in scores:
        total.update(score.counts)
    return PostureScore(dict(total))
