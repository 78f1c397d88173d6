# SPDX-License-Identifier: Apache-2.0
r"""How likely each character is after those before it: a back-off n-gram model from a text file.

The file is in the ARPA format, whose "words" are single characters; a space is written
``<space>``, the beginning and end of a line ``<s>`` and ``</s>``, any other character ``<unk>``:

    \data\
    ngram 1=4
    ngram 2=2

    \1-grams:
    -99     <s>     -0.30
    -0.60   </s>
    -0.48   a       -0.18
    -0.90   <space>

    \2-grams:
    -0.12   <s> a
    -0.40   a <space>

    \end\

First the logarithm to base 10 of the last character's probability after the others, then the
characters, then the logarithm of the weight with which shorter contexts stand in, 0 if left out.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SPACE = "<space>"
LINE_START = "<s>"
LINE_END = "</s>"
UNKNOWN = "<unk>"

Tokens = tuple[str, ...]


class CharacterModelError(ValueError):
    """A file that is no character model. The message is one line that says where and why."""


@dataclass(frozen=True)
class NGram:
    """What is known of one sequence of tokens.

    Attributes
    ----------
    log_probability : float
        Natural logarithm of the probability of the last token after the others.
    log_backoff : float
        Natural logarithm of the weight of shorter contexts where this one is the context.
    """

    log_probability: float
    log_backoff: float = 0.0


def token(character: str) -> str:
    """Return how a character is written in the file."""
    return SPACE if character.isspace() else character


class CharacterModel:
    """Back-off n-gram model over characters.

    Parameters
    ----------
    ngrams : mapping of tuple of str to NGram
        All sequences, of one token up to the model's order. Without ``<unk>`` among them, a token
        that is not known is as likely as the least likely one.

    Raises
    ------
    CharacterModelError
        If there is no single token.
    """

    def __init__(self, ngrams: Mapping[Tokens, NGram]) -> None:
        self.ngrams = dict(ngrams)
        singles = {
            tokens: ngram
            for tokens, ngram in self.ngrams.items()
            if len(tokens) == 1 and tokens != (LINE_START,)
        }
        if not singles:
            raise CharacterModelError("no 1-grams: a model needs at least one character")
        self.order = max(len(tokens) for tokens in self.ngrams)
        if (UNKNOWN,) not in singles:
            least = min(ngram.log_probability for ngram in singles.values())
            self.ngrams[(UNKNOWN,)] = NGram(least)

    @classmethod
    def load(cls, path: str | Path) -> CharacterModel:
        """Read an ARPA file.

        Raises
        ------
        CharacterModelError
            If it cannot be read or is no such file.
        """
        path = Path(os.path.expanduser(path))
        try:
            lines = path.read_text(encoding="utf-8-sig").split("\n")
        except OSError as error:
            raise CharacterModelError(f"{path}: cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise CharacterModelError(f"{path}: is not text in UTF-8") from None
        try:
            return cls(_parse(lines))
        except CharacterModelError as error:
            raise CharacterModelError(f"{path}: {error}") from None

    def save(self, path: str | Path) -> None:
        """Write an ARPA file.

        Raises
        ------
        OSError
            If it cannot be written.
        """
        orders: list[list[Tokens]] = [[] for _ in range(self.order)]
        for tokens in sorted(self.ngrams):
            orders[len(tokens) - 1].append(tokens)
        lines = ["\\data\\", *(f"ngram {n}={len(of)}" for n, of in enumerate(orders, 1))]
        for n, of in enumerate(orders, 1):
            lines += ["", f"\\{n}-grams:"]
            for tokens in of:
                ngram = self.ngrams[tokens]
                line = f"{ngram.log_probability / math.log(10):.7f}\t{' '.join(tokens)}"
                if n < self.order:
                    line += f"\t{ngram.log_backoff / math.log(10):.7f}"
                lines.append(line)
        lines += ["", "\\end\\", ""]
        Path(path).write_text("\n".join(lines), encoding="utf-8")

    def log_probability(self, wanted: str, context: Sequence[str]) -> float:
        """Return the natural logarithm of the probability of a token after others.

        Source: Katz (1987), doi 10.1109/TASSP.1987.1165125, as ARPA files are to be read.
        """
        known = self._known(wanted)
        before = tuple(self._known(one) for one in context[max(len(context) - self.order + 1, 0) :])
        weight = 0.0
        while before:
            found = self.ngrams.get((*before, known))
            if found is not None:
                return weight + found.log_probability
            stands_in = self.ngrams.get(before)
            weight += stands_in.log_backoff if stands_in is not None else 0.0
            before = before[1:]
        return weight + self.ngrams[(known,)].log_probability

    def _known(self, one: str) -> str:
        return one if (one,) in self.ngrams else UNKNOWN


def _parse(lines: Sequence[str]) -> dict[Tokens, NGram]:
    found: dict[Tokens, NGram] = {}
    promised: dict[int, int] = {}
    order: int | None = None
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if text == "\\end\\":
            break
        if not text:
            continue
        where = f"line {number}"
        if text == "\\data\\":
            order = 0
        elif order is None:
            continue  # a heading is allowed
        elif text.startswith("\\"):
            order = _section(text, promised, where)
        elif order == 0:
            key, value = _promise(text, where)
            promised[key] = value
        else:
            tokens, ngram = _ngram(text, order, where)
            if tokens in found:
                raise CharacterModelError(f"{where}: '{' '.join(tokens)}' is there twice")
            found[tokens] = ngram
    else:
        raise CharacterModelError("no \\end\\: not an ARPA file, or cut off")
    for n, count in promised.items():
        there = sum(len(tokens) == n for tokens in found)
        if there != count:
            raise CharacterModelError(f"{there} {n}-grams, must be {count} as \\data\\ says")
    return found


def _section(text: str, promised: Mapping[int, int], where: str) -> int:
    for order in promised:
        if text == f"\\{order}-grams:":
            return order
    raise CharacterModelError(f"{where}: '{text}' is no section that \\data\\ names")


def _promise(text: str, where: str) -> tuple[int, int]:
    try:
        word, sizes = text.split()
        order, count = (int(part) for part in sizes.split("="))
    except ValueError:
        word, order, count = "", 0, 0
    if word != "ngram" or order < 1 or count < 0:
        raise CharacterModelError(f"{where}: '{text}', must be such as 'ngram 1=100'")
    return order, count


def _ngram(text: str, order: int, where: str) -> tuple[Tokens, NGram]:
    parts = text.split()
    tokens = tuple(parts[1 : 1 + order])
    try:
        numbers = [float(parts[0]), *(float(part) for part in parts[1 + order :])]
    except ValueError:
        numbers = []
    if len(tokens) < order or len(numbers) not in (1, 2) or not all(map(math.isfinite, numbers)):
        raise CharacterModelError(
            f"{where}: '{text}', must be a logarithm, {order} characters and at most one more "
            f"logarithm"
        )
    for one in tokens:
        if len(one) != 1 and one not in (SPACE, LINE_START, LINE_END, UNKNOWN):
            raise CharacterModelError(f"{where}: '{one}' is no single character")
    if numbers[0] > 0:
        raise CharacterModelError(f"{where}: {numbers[0]:g} is no logarithm of a probability")
    probability, *backoff = (math.log(10) * value for value in numbers)
    return tokens, NGram(probability, *backoff)
