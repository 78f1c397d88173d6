# SPDX-License-Identifier: Apache-2.0
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semg_decoders.decoding.character_counts import model_of_text
from semg_decoders.decoding.character_model import CharacterModel, CharacterModelError

TEXT = ["hello hello", "", "help me", "the lamp"]


def tokens(model):
    return [of[0] for of in model.ngrams if len(of) == 1 and of[0] != "<s>"]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.text("ab c", max_size=8), min_size=1, max_size=4).filter(
        lambda t: "".join(t).strip()
    ),
    st.integers(1, 4),
    st.lists(st.sampled_from(["a", "b", "<space>", "<s>", "x"]), max_size=4),
)
def test_whatever_came_before_the_probabilities_add_up_to_one(lines, order, context):
    model = model_of_text(lines, order)
    total = sum(math.exp(model.log_probability(one, context)) for one in tokens(model))
    assert total == pytest.approx(1.0)


def test_counts_are_smoothed_as_by_witten_and_bell():
    model = model_of_text(["ab", "aa"], order=2)
    # Seen: a 3 times, b once, the end twice; <unk> never: three types in 6 tokens.
    a, b, end = ((c + 3 / 4) / (6 + 3) for c in (3, 1, 2))
    assert math.exp(model.log_probability("a", [])) == pytest.approx(a)
    assert math.exp(model.log_probability("z", [])) == pytest.approx(3 / 4 / 9)
    # After a: b once, a once, the end once.
    assert math.exp(model.log_probability("b", ["a"])) == pytest.approx((1 + 3 * b) / 6)
    # After b: the end once. After the beginning: a twice.
    assert math.exp(model.log_probability("</s>", ["b"])) == pytest.approx((1 + end) / 2)
    assert math.exp(model.log_probability("a", ["b"])) == pytest.approx(a / 2)
    assert math.exp(model.log_probability("a", ["<s>"])) == pytest.approx((2 + a) / 3)


def test_longer_contexts_know_more():
    model = model_of_text(TEXT, order=4)
    known = math.exp(model.log_probability("l", ["<s>", "h", "e"]))
    assert known > 0.8 > 3 * math.exp(model.log_probability("l", []))


def test_the_file_holds_all_of_it(tmp_path):
    model = model_of_text(TEXT, order=3)
    model.save(tmp_path / "text.arpa")
    again = CharacterModel.load(tmp_path / "text.arpa")
    for context in (["<s>"], ["l", "l"], ["e", "<space>"], ["q"]):
        for one in tokens(model):
            assert again.log_probability(one, context) == pytest.approx(
                model.log_probability(one, context), abs=1e-5
            )


def test_nothing_to_count_is_refused():
    with pytest.raises(CharacterModelError, match="no text"):
        model_of_text(["", " \t "])
    with pytest.raises(ValueError, match="order: 0, must be from 1 to 10"):
        model_of_text(TEXT, 0)
