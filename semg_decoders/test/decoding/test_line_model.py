# SPDX-License-Identifier: Apache-2.0
import pytest

from semg_decoders.decoding.character_counts import model_of_text
from semg_decoders.decoding.characters import CHARACTERS
from semg_decoders.decoding.line_model import LineModel


@pytest.fixture(scope="module")
def model():
    return model_of_text(["the cat", "the hat", "a hat"], order=4)


def before(line_model, text):
    context = line_model.start
    for character in text:
        context = line_model.after(context, character)
    return context


def scores(line_model, text):
    found = line_model.log_probabilities(before(line_model, text))
    return dict(zip(CHARACTERS, found.tolist(), strict=True))


def test_characters_are_scored_after_the_line_so_far(model):
    line = LineModel(model, CHARACTERS)
    found = scores(line, "the ca")
    assert found["t"] == model.log_probability("t", ["<s>", "t", "h", "e", "<space>", "c", "a"])
    assert max(found, key=found.get) == "t"


def test_edits_are_applied_before_the_next_character_is_scored(model):
    line = LineModel(model, CHARACTERS)
    assert scores(line, "the hx⌫a") == scores(line, "the ha")
    assert scores(line, "a hat⏎") == scores(line, "")
    assert scores(line, "a hat🤏the") == scores(line, "the")
    assert scores(line, "⌫⌫t") == scores(line, "t")


def test_enter_and_pinch_are_the_end_of_the_line(model):
    found = scores(LineModel(model, CHARACTERS), "the cat")
    expected = model.log_probability("</s>", ["c", "a", "t"])
    assert found["⏎"] == found["🤏"] == expected
    assert max(found, key=found.get) in "⏎🤏"


def test_what_no_text_holds_is_as_likely_as_an_unknown_character(model):
    found = scores(LineModel(model, CHARACTERS), "th")
    unknown = model.log_probability("<unk>", ["<s>", "t", "h"])
    assert found["⌫"] == found["⇧"] == found["Z"] == unknown


def test_a_swipe_can_be_a_space_to_the_model(model):
    space = LineModel(model, CHARACTERS, swipe_is_space=True)
    assert scores(space, "the_") == scores(space, "the ")
    assert scores(space, "the")["_"] == scores(space, "the")[" "]
    underscore = scores(LineModel(model, CHARACTERS), "the")
    assert underscore["_"] < underscore[" "]


def test_a_line_of_any_length_keeps_a_context_of_limited_length(model):
    line = LineModel(model, CHARACTERS)
    assert len(before(line, "the cat " * 100)) < 40
    assert scores(line, "the cat " * 100) == scores(line, "cat ")
