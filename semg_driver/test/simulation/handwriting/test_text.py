# SPDX-License-Identifier: Apache-2.0
import itertools
from collections import Counter

from semg_driver.simulation.handwriting.shapes import SHAPES
from semg_driver.simulation.handwriting.text import prompts
from semg_driver.simulation.handwriting.words import WORDS

PINCH = "🤏"


def some(seed=1, count=3000):
    return list(itertools.islice(prompts(seed), count))


def test_the_seed_decides_on_the_prompts():
    assert some(1, 50) == some(1, 50) != some(2, 50)


def test_every_prompt_ends_with_its_only_pinch():
    for prompt in some():
        assert prompt.endswith(PINCH)
        assert prompt.count(PINCH) == 1
        assert len(prompt) > 1


def test_prompts_have_one_to_six_words():
    counts = Counter(len(prompt.replace("⏎", " ").split()) for prompt in some())
    assert set(counts) == {1, 2, 3, 4, 5, 6}
    assert min(counts.values()) > 100


def test_every_character_comes_at_times():
    counts = Counter("".join(some()))
    assert set(counts) == set(SHAPES)
    assert min(counts.values()) > 20
    assert sum(counts[c] for c in "abcdefghijklmnopqrstuvwxyz ") > 0.75 * counts.total()


def test_corrections_take_back_what_was_wrong():
    for prompt in some():
        letters = prompt.replace("⌫", "")
        if "⌫" in prompt and letters.replace(" ", "").rstrip(PINCH).isalpha():
            text = ""
            for character in prompt[:-1]:
                text = text[:-1] if character == "⌫" else text + character
            if all(word in WORDS for word in text.split()):
                return
    raise AssertionError("no prompt is a correction")


def test_words_are_common_ones_each_once():
    assert 300 < len(WORDS) == len(set(WORDS))
    assert list(WORDS) == sorted(WORDS)
    assert all(word.isascii() and word.islower() for word in WORDS)
