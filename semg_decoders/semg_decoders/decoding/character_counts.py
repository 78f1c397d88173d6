# SPDX-License-Identifier: Apache-2.0
"""Makes a character model from text."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable

from semg_decoders.decoding.character_model import (
    LINE_END,
    LINE_START,
    UNKNOWN,
    CharacterModel,
    CharacterModelError,
    NGram,
    Tokens,
    token,
)

LARGEST_ORDER = 10
_NEVER = -99 * math.log(10)
"""What ARPA files say of the beginning of a line, which never comes after anything."""


def model_of_text(lines: Iterable[str], order: int = 5) -> CharacterModel:
    """Count a text's characters and smooth the counts, as Witten and Bell do.

    After a context h with `types` different characters, seen n times in all, a character seen c
    times has probability ``(c + types P(character | shorter h)) / (n + types)``; the shortest
    context falls back on the same probability for each character, ``<unk>`` among them.

    Source: Witten and Bell (1991), doi 10.1109/18.87000.

    Parameters
    ----------
    lines : iterable of str
        Text in the characters that are written, one line of writing each; empty lines and white
        space at the ends of lines do not count.
    order : int
        Characters that are looked at together, 1 to 10.

    Raises
    ------
    ValueError
        If the order is out of range.
    CharacterModelError
        If there is no text.
    """
    if not 1 <= order <= LARGEST_ORDER:
        raise ValueError(f"order: {order}, must be from 1 to {LARGEST_ORDER}")
    followers = _count(lines, order)
    if not followers:
        raise CharacterModelError("no text to make a model of")
    known = sorted({*followers[()], UNKNOWN})
    ngrams: dict[Tokens, NGram] = {}
    probabilities: dict[Tokens, float] = {}
    # Shorter contexts first: longer ones fall back on them.
    for context in sorted(followers, key=len):
        counts = followers[context]
        types, seen = len(counts), sum(counts.values())
        for one in known if not context else counts:
            tokens = (*context, one)
            shorter = probabilities[tokens[1:]] if context else 1.0 / len(known)
            probabilities[tokens] = (counts[one] + types * shorter) / (seen + types)
            ngrams[tokens] = NGram(math.log(probabilities[tokens]))
    ngrams[(LINE_START,)] = NGram(_NEVER)
    for context, counts in followers.items():
        if context:
            types, seen = len(counts), sum(counts.values())
            before = ngrams[context].log_probability
            ngrams[context] = NGram(before, math.log(types / (seen + types)))
    return CharacterModel(ngrams)


def _count(lines: Iterable[str], order: int) -> dict[Tokens, Counter[str]]:
    """Return for each context, () among them, how often each token came after it."""
    followers: dict[Tokens, Counter[str]] = defaultdict(Counter)
    for line in lines:
        if not line.strip():
            continue
        tokens = (LINE_START, *map(token, line.strip()), LINE_END)
        for end in range(1, len(tokens)):
            for start in range(max(end - order + 1, 0), end + 1):
                followers[tokens[start:end]][tokens[end]] += 1
    return followers
