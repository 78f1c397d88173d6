# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semg_decoders.evaluation.text_error import TextErrors, edits, pool_text_errors, score_text

TEXTS = st.text("ab⌫🤏", max_size=12)


def distance(one, other):
    """Levenshtein's distance by its recursion."""
    row = list(range(len(other) + 1))
    for i, character in enumerate(one, 1):
        previous, row[0] = row[0], i
        for j, wanted in enumerate(other, 1):
            cheapest = min(row[j] + 1, row[j - 1] + 1, previous + (character != wanted))
            previous, row[j] = row[j], cheapest
    return row[-1]


@pytest.mark.parametrize("i", range(60))
def test_published_cases_hold(text_cases, i):
    case = text_cases["cer"][i]
    errors = score_text(case["prediction"], case["target"])
    parts = (errors.cer, errors.ier, errors.der, errors.ser)
    assert parts == pytest.approx(
        (case["CER"], case["IER"], case["DER"], case["SER"]), rel=0, abs=1e-9
    )


@settings(max_examples=200, deadline=None)
@given(TEXTS, TEXTS)
def test_there_are_as_few_edits_as_can_be(prediction, target):
    assert score_text(prediction, target).edits == distance(prediction, target)


@settings(max_examples=200, deadline=None)
@given(TEXTS, TEXTS)
def test_edits_turn_the_prediction_into_the_target(prediction, target):
    steps = edits(prediction, target)
    assert "".join(step.predicted for step in steps) == prediction
    assert "".join(step.target for step in steps) == target
    for step in steps:
        assert (step.kind == "equal") == (step.predicted == step.target)


def test_parts_are_named_after_what_has_to_be_done_to_the_prediction():
    assert score_text("robt", "robot") == TextErrors(insertions=1, characters=5)
    assert score_text("roobot", "robot") == TextErrors(deletions=1, characters=5)
    assert score_text("rabot", "robot") == TextErrors(replacements=1, characters=5)


def test_a_backspace_is_a_character_like_any_other():
    assert score_text("ab⌫", "a").cer == 200.0


def test_prompts_are_pooled_by_characters():
    pooled = pool_text_errors([score_text("a", "b"), score_text("abcdefghi", "abcdefghi")])
    assert (pooled.cer, pooled.characters) == (10.0, 10)
    assert pool_text_errors([]).cer == 0.0


def test_rates_add_up():
    told = TextErrors(1, 2, 3, 50).to_dict()
    assert told["cer"] == told["ier"] + told["der"] + told["ser"] == 12.0
