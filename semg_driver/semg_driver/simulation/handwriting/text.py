# SPDX-License-Identifier: Apache-2.0
"""Prompts: what writers are asked to write."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from semg_driver.simulation.handwriting.alphabet import ALPHABET
from semg_driver.simulation.handwriting.words import WORDS
from semg_driver.simulation.handwriting.writing import PINCH

_ANY = tuple(character for character in ALPHABET if character != PINCH)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_MOST_WORDS = 6

_Kind = Callable[[np.random.Generator], str]


def prompts(seed: int) -> Iterator[str]:
    """Prompts without an end, each ended by a pinch.

    One to six words each: mostly made up of common words in random order, some with capitals,
    punctuation, numbers, words ended by a swipe, letters taken back again, and lines; some of
    random characters, so that every character comes at times.

    Parameters
    ----------
    seed : int
        The same seed gives the same prompts.
    """
    rng = np.random.default_rng(np.random.SeedSequence([seed, 11]))
    kinds, shares = zip(*_KINDS, strict=True)
    while True:
        kind = kinds[int(rng.choice(len(kinds), p=shares))]
        yield kind(rng) + PINCH


def _words(rng: np.random.Generator) -> list[str]:
    count = int(rng.integers(1, _MOST_WORDS + 1))
    return [WORDS[int(i)] for i in rng.integers(len(WORDS), size=count)]


def _plain(rng: np.random.Generator) -> str:
    return " ".join(_words(rng)) + _pick("    .?!", rng).strip()


def _sentence(rng: np.random.Generator) -> str:
    words = _words(rng)
    words[0] = words[0].capitalize()
    for i in range(1, len(words)):
        chance = rng.random()
        if chance < 0.12:
            words[i - 1] += _pick(",,;:-", rng)
        elif chance < 0.2:
            words[i] = words[i].capitalize()
        elif chance < 0.24:
            words[i] = words[i].upper()
        elif chance < 0.3:
            around = _pick(('""', "''", "()", "[]", "{}", "<>", "**"), rng)
            words[i] = around[0] + words[i] + around[1]
        elif chance < 0.34:
            words[i] += _pick(("'s", "'ll", "'t"), rng)
    return " ".join(words) + _pick("..?!", rng)


def _numbers(rng: np.random.Generator) -> str:
    words = _words(rng)[: _MOST_WORDS - 1]
    number = str(int(np.exp(rng.uniform(0.0, np.log(1e5)))))
    hour, minute = int(rng.integers(24)), int(rng.integers(60))
    written = _pick(
        (number, number, f"${number}", f"{number}%", f"#{number}", f"{hour}:{minute:02}",
         f"{hour}+{minute}", f"{minute}/{hour}", f"{number}.{minute:02}", f"{hour}={minute}"),
        rng,
    )  # fmt: skip
    words.insert(int(rng.integers(len(words) + 1)), written)
    return " ".join(words)


def _swiped(rng: np.random.Generator) -> str:
    return "".join(f"{word}_ " for word in _words(rng)[:4]).strip()


def _corrected(rng: np.random.Generator) -> str:
    words = _words(rng)
    where = int(rng.integers(len(words)))
    keep = int(rng.integers(len(words[where])))
    wrong = "".join(_pick(_LETTERS, rng) for _ in range(int(rng.integers(1, 4))))
    words[where] = words[where][:keep] + wrong + "⌫" * len(wrong) + words[where][keep:]
    return " ".join(words)


def _lines(rng: np.random.Generator) -> str:
    return "⏎".join((" ".join(_words(rng)[:3]), " ".join(_words(rng)[:3])))


def _random(rng: np.random.Generator) -> str:
    sizes = rng.integers(2, 7, int(rng.integers(1, 4)))
    return " ".join("".join(_pick(_ANY, rng) for _ in range(size)) for size in sizes.tolist())


def _codes(rng: np.random.Generator) -> str:
    some = _LETTERS + _LETTERS.upper() + "0123456789"
    sizes = rng.integers(2, 7, int(rng.integers(1, 4)))
    return " ".join("".join(_pick(some, rng) for _ in range(size)) for size in sizes.tolist())


def _pick(of: str | tuple[str, ...], rng: np.random.Generator) -> str:
    return of[int(rng.integers(len(of)))]


_KINDS: tuple[tuple[_Kind, float], ...] = (
    (_plain, 0.26),
    (_sentence, 0.27),
    (_numbers, 0.12),
    (_swiped, 0.06),
    (_corrected, 0.06),
    (_lines, 0.04),
    (_random, 0.12),
    (_codes, 0.07),
)
"""Kinds of prompts, and their shares."""
