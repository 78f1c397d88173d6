# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semg_decoders.evaluation.alignment import Span, align

# Quarters are exact in binary, so that equal costs are equal.
SPANS = st.lists(
    st.builds(
        lambda name, time, before, after: Span(
            name, time / 4, (time - before) / 4, (time + after) / 4
        ),
        st.sampled_from("abc"),
        st.integers(0, 12),
        st.integers(0, 3),
        st.integers(0, 3),
    ),
    max_size=5,
).map(lambda spans: sorted(spans, key=lambda span: span.time))


def overlaps(left, right):
    """Whether spans i of one and j of the other may be matched."""

    def edges(spans):
        starts = [max(s.start for s in spans[: i + 1]) for i in range(len(spans))]
        ends = [min(s.end for s in spans[i:]) for i in range(len(spans))]
        return list(zip(starts, ends, strict=True))

    one, other = edges(left), edges(right)
    return lambda i, j: one[i][0] <= other[j][1] and other[j][0] <= one[i][1]


def best_by_recursion(left, right):
    """The alignment by its definition: all costs of prefixes, ties by preference."""
    may_match = overlaps(left, right)

    @cache
    def cost(i, j):
        return min(cost_by(move, i, j) for move in range(3)) if i or j else (0, 0.0)

    def cost_by(move, i, j):
        if move == 0 and i:
            return (cost(i - 1, j)[0] + 1, cost(i - 1, j)[1])
        if move == 1 and j:
            return (cost(i, j - 1)[0] + 1, cost(i, j - 1)[1])
        if move == 2 and i and j and may_match(i - 1, j - 1):
            a, b = left[i - 1], right[j - 1]
            count, time = cost(i - 1, j - 1)
            return (count + (a.name != b.name), time + abs(a.time - b.time))
        return (float("inf"), 0.0)

    i, j, pairs = len(left), len(right), []
    while i or j:
        move = next(move for move in range(3) if cost_by(move, i, j) == cost(i, j))
        i, j = i - (move != 1), j - (move != 0)
        pairs.append((None if move == 1 else i, None if move == 0 else j))
    return pairs[::-1]


def cost_of(pairs, left, right):
    matched = [(left[i], right[j]) for i, j in pairs if i is not None and j is not None]
    count = len(pairs) - sum(a.name == b.name for a, b in matched)
    return (count, sum(abs(a.time - b.time) for a, b in matched))


def every_alignment(left, right):
    """All ways to pair two sequences in order."""
    may_match = overlaps(left, right)

    def continued(i, j):
        if i == len(left) and j == len(right):
            yield []
        if i < len(left):
            yield from ([(i, None), *rest] for rest in continued(i + 1, j))
        if j < len(right):
            yield from ([(None, j), *rest] for rest in continued(i, j + 1))
        if i < len(left) and j < len(right) and may_match(i, j):
            yield from ([(i, j), *rest] for rest in continued(i + 1, j + 1))

    return continued(0, 0)


@settings(max_examples=300, deadline=None)
@given(SPANS, SPANS)
def test_ties_are_broken_as_the_definition_says(left, right):
    assert align(left, right) == best_by_recursion(left, right)


@settings(max_examples=60, deadline=None)
@given(SPANS.map(lambda spans: spans[:4]), SPANS.map(lambda spans: spans[:4]))
def test_no_other_alignment_costs_less(left, right):
    cost = cost_of(align(left, right), left, right)
    assert cost == min(cost_of(pairs, left, right) for pairs in every_alignment(left, right))


@settings(max_examples=100, deadline=None)
@given(SPANS, SPANS)
def test_the_cost_does_not_depend_on_which_is_left(left, right):
    there, back = align(left, right), align(right, left)
    assert cost_of(there, left, right) == cost_of(back, right, left)


@settings(max_examples=100, deadline=None)
@given(SPANS, SPANS)
def test_each_event_comes_once_and_in_order(left, right):
    pairs = align(left, right)
    assert [i for i, _ in pairs if i is not None] == list(range(len(left)))
    assert [j for _, j in pairs if j is not None] == list(range(len(right)))


@pytest.mark.parametrize(("end", "matched"), [(0.9, False), (1.0, True), (1.1, True)])
def test_intervals_are_closed(end, matched):
    pairs = align([Span("a", 0.5, 0.0, end)], [Span("a", 1.0, 1.0, 1.0)])
    assert (pairs == [(0, 0)]) is matched


def test_a_wrong_match_is_cheaper_than_two_alone():
    pairs = align([Span("a", 1.0, 0.5, 1.5)], [Span("b", 1.2, 1.2, 1.2)])
    assert pairs == [(0, 0)]
