# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semg_decoders.evaluation.prompt_cleaning import clean_prompt

CLASSES = {*string.ascii_letters, *string.digits, *string.punctuation, *"⌫⏎ ⇧🤏"}


@pytest.mark.parametrize("i", range(7))
def test_published_cases_hold(text_cases, i):
    classes, case = text_cases["classes"], text_cases["clean"][i]
    cleaned = clean_prompt(case["input"], classes)
    assert cleaned == case["cleaned"]
    assert [classes.index(character) for character in cleaned] == case["labels"]


@pytest.mark.parametrize(
    ("prompt", "cleaned"),
    [
        ("a←b→", "a⌫b_"),
        ("a\r\nb", "a⏎⏎b"),
        ("— \N{EN DASH}", "- -"),
        ("\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK} “”", "'' \"\""),
        ("é Ø ł ñ", "e O l n"),
        ("ß… æ", " "),
        ("\t⌫\b", ""),
        ("  a  ", "  a  "),
        ("🤏🏽", "🤏"),
    ],
)
def test_characters_are_written_dropped_or_kept(prompt, cleaned):
    assert clean_prompt(prompt, CLASSES) == cleaned


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=20))
def test_only_classes_are_left(prompt):
    assert set(clean_prompt(prompt, CLASSES)) <= CLASSES


@given(st.text(sorted(CLASSES - {"⌫"}), max_size=20))
def test_what_can_be_written_stays(prompt):
    assert clean_prompt(prompt, CLASSES) == prompt


def test_a_model_without_a_character_does_not_get_it():
    assert clean_prompt("a←é_", "a_") == "a_"
