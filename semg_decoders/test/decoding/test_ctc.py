# SPDX-License-Identifier: Apache-2.0
from itertools import groupby

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from semg_decoders.decoding.characters import CHARACTERS
from semg_decoders.decoding.ctc import GreedySearch, greedy_text


def test_text_is_that_of_the_published_system(text_cases):
    assert len(text_cases["ctc_greedy"]) == 20
    for case in text_cases["ctc_greedy"]:
        assert greedy_text(case["argmax"], CHARACTERS) == case["text"]
        assert [CHARACTERS.index(one) for one in case["text"]] == case["labels"]


def test_emission_by_emission_it_is_the_same_text(text_cases):
    for case in text_cases["ctc_greedy"]:
        search = GreedySearch(CHARACTERS)
        text = ""
        for best in case["argmax"]:
            text += search.push(np.log(np.where(np.arange(100) == best, 0.9, 0.1 / 99)))
        assert text == case["text"]
        assert search.pending == search.finish() == ""


@given(st.lists(st.integers(0, 3), max_size=30))
def test_repeats_collapse_and_blanks_are_dropped(classes):
    runs = [one for one, _ in groupby(classes)]
    assert greedy_text(classes, "abc") == "".join("abc"[one] for one in runs if one != 3)


def test_after_a_reset_the_same_character_counts_again():
    search = GreedySearch("ab")
    assert search.push_class(0) == "a"
    assert search.push_class(0) == ""
    search.reset()
    assert search.push_class(0) == "a"
