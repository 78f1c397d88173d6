# SPDX-License-Identifier: Apache-2.0
"""Alignment of two sequences of events in time (Needleman and Wunsch 1970)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

GAP = 1.0
_LEFT_ALONE, _RIGHT_ALONE, _TOGETHER = 0, 1, 2


@dataclass(frozen=True)
class Span:
    """An event, and when another one may be taken for it.

    Attributes
    ----------
    name : str
        Such as ``index_press``.
    time : float
        When it was, s.
    start, end : float
        Two events can be matched if these closed intervals overlap, s.
    """

    name: str
    time: float
    start: float
    end: float


def align(left: Sequence[Span], right: Sequence[Span]) -> list[tuple[int | None, int | None]]:
    """Align two sequences at the least cost.

    A cost is a pair, compared in lexicographic order: an event without partner costs (1, 0), two
    matched events (0 if their names are equal, else 1, seconds between them). So as few events
    as can be are wrong or alone, and of all ways to do that the closest in time is taken. Among
    equal costs, seen from the end, a left event is rather alone than a right one, and that rather
    than matched. Before, the starts of the intervals are made to never fall, and the ends too.

    Parameters
    ----------
    left, right : sequence of Span
        In order.

    Returns
    -------
    list of (int or None, int or None)
        Indices into `left` and `right` in order, each once; None where there is no partner.
    """
    moves = _moves(left, right)
    i, j = len(left), len(right)
    pairs: list[tuple[int | None, int | None]] = []
    while i or j:
        move = moves[i, j]
        i -= move != _RIGHT_ALONE
        j -= move != _LEFT_ALONE
        pairs.append((None if move == _RIGHT_ALONE else i, None if move == _LEFT_ALONE else j))
    return pairs[::-1]


def _moves(left: Sequence[Span], right: Sequence[Span]) -> NDArray[np.int8]:
    """Return by which move each pair of prefixes is best reached, (left + 1, right + 1).

    Costs are complex numbers, count + time * i: numpy orders these lexicographically. A row
    depends on itself only by gaps on its right side; all gaps cost the same, so that a running
    minimum over the costs without them finds the best place for them to begin.
    """
    left_starts, left_ends = _edges(left)
    right_starts, right_ends = _edges(right)
    right_times = np.array([span.time for span in right])
    right_names = np.array([span.name for span in right], object)
    gaps = GAP * np.arange(len(right) + 1)
    moves = np.full((len(left) + 1, len(right) + 1), _TOGETHER, np.int8)
    moves[0] = _RIGHT_ALONE
    costs = gaps.astype(np.complex128)
    for i, span in enumerate(left):
        overlaps = (left_starts[i] <= right_ends) & (right_starts <= left_ends[i])
        matching = np.where(overlaps, right_names != span.name, np.inf).astype(np.complex128)
        matching.imag = np.abs(right_times - span.time)
        alone = costs + GAP
        reached = alone.copy()
        reached[1:] = np.minimum(alone[1:], costs[:-1] + matching)
        costs = np.minimum.accumulate(reached - gaps) + gaps
        moves[i + 1, 1:][costs[1:] == costs[:-1] + GAP] = _RIGHT_ALONE
        moves[i + 1, costs == alone] = _LEFT_ALONE
    return moves


def _edges(spans: Sequence[Span]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return starts that never fall and ends that never fall."""
    starts = np.array([span.start for span in spans], np.float64)
    ends = np.array([span.end for span in spans], np.float64)
    return np.maximum.accumulate(starts), np.minimum.accumulate(ends[::-1])[::-1]
