# SPDX-License-Identifier: Apache-2.0
from collections import defaultdict
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import log_softmax, logsumexp

from semg_decoders.decoding.beam_search import PrefixBeamSearch
from semg_decoders.decoding.character_counts import model_of_text
from semg_decoders.decoding.ctc import GreedySearch, greedy_text
from semg_decoders.decoding.line_model import LineModel

CHARACTERS = "ab⌫⏎"
NEVER = 10**6
WIDE = 10**4


def emissions(count, seed=0, classes=3, sharpness=1.5):
    rng = np.random.default_rng(seed)
    return log_softmax(sharpness * rng.normal(size=(count, classes)), axis=1)


def by_enumeration(log_probabilities, characters):
    """Log-probability of every text: the sum over all alignments."""
    alignments = defaultdict(list)
    count, classes = log_probabilities.shape
    for path in product(range(classes), repeat=count):
        score = sum(log_probabilities[t, one] for t, one in enumerate(path))
        alignments[greedy_text(path, characters)].append(score)
    return {text: float(logsumexp(scores)) for text, scores in alignments.items()}


@pytest.fixture(scope="module")
def model():
    return model_of_text(["abba", "ab ab", "bba", "a"], order=3)


def model_score(model, text):
    """Log-probability of a text by the character model, worked out from its edits."""
    total, line = 0.0, ["<s>"]
    for one in text:
        wanted = "</s>" if one == "⏎" else one
        total += model.log_probability(wanted, line)
        if one == "⏎":
            line = ["<s>"]
        elif one == "⌫":
            line = line if len(line) == 1 else line[:-1]
        else:
            line = [*line, one]
    return total


def assert_readings(search, expected):
    """Compare readings that nothing has settled with log-probabilities, up to a constant."""
    best = max(expected.values())
    found = dict(search.readings())
    assert found.keys() == expected.keys()
    for text, score in found.items():
        assert score == pytest.approx(expected[text] - best, abs=1e-9), text


@pytest.mark.parametrize("count", [1, 2, 5])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_every_text_has_the_probability_of_all_its_alignments(count, seed):
    rows = emissions(count, seed)
    search = PrefixBeamSearch("ab", WIDE, NEVER)
    # As the empty text is one of them, nothing is agreed on yet.
    assert "".join(search.push(row) for row in rows) == ""
    assert_readings(search, by_enumeration(rows, "ab"))


@pytest.mark.parametrize("weight", [0.3, 1.0, 2.5])
def test_with_a_character_model_each_text_is_scored_by_both(model, weight):
    rows = emissions(4, seed=3, classes=5)
    search = PrefixBeamSearch(CHARACTERS, WIDE, NEVER, LineModel(model, CHARACTERS), weight)
    for row in rows:
        search.push(row)
    expected = {
        text: score + weight * model_score(model, text)
        for text, score in by_enumeration(rows, CHARACTERS).items()
    }
    assert_readings(search, expected)


def test_the_best_text_is_found_where_greedy_search_misses_it():
    # Two alignments of "a" together are likelier than the one of the empty text.
    rows = np.log([[0.4, 0.6], [0.4, 0.6]])
    greedy, beam = GreedySearch("a"), PrefixBeamSearch("a", 4, NEVER)
    assert "".join(greedy.push(row) for row in rows) == ""
    assert "".join(beam.push(row) for row in rows) + beam.pending == "a"


def test_a_character_model_decides_what_the_emissions_leave_open(model):
    a, b, blank = [0.5, 0.49, 0.01], [0.49, 0.5, 0.01], [0.005, 0.005, 0.99]
    rows = np.log([a, blank, b, blank, a, blank, a, blank])
    alone = PrefixBeamSearch("ab", 16, NEVER)
    helped = PrefixBeamSearch("ab", 16, NEVER, LineModel(model, "ab"), 1.0)
    texts = [
        "".join(search.push(row) for row in rows) + search.pending for search in (alone, helped)
    ]
    assert texts == ["abaa", "abba"]


def by_the_textbook(rows, width, model, weight):
    """Readings after each emission by a prefix search that settles nothing, over whole texts."""
    beam, blank, readings = {"": (0.0, -np.inf)}, len(CHARACTERS), []
    for row in rows:
        found = defaultdict(lambda: (-np.inf, -np.inf))
        for text, (ends_blank, ends_other) in beam.items():
            either = np.logaddexp(ends_blank, ends_other)
            before = np.logaddexp(found[text][0], either + row[blank])
            goes_on = ends_other + row[CHARACTERS.index(text[-1])] if text else -np.inf
            found[text] = (before, np.logaddexp(found[text][1], goes_on))
            for place, one in enumerate(CHARACTERS):
                score = (ends_blank if text[-1:] == one else either) + row[place]
                if model is not None:
                    score += weight * (model_score(model, text + one) - model_score(model, text))
                ends_one = np.logaddexp(found[text + one][1], score)
                found[text + one] = (found[text + one][0], ends_one)
        scores = {text: np.logaddexp(*ends) for text, ends in found.items()}
        kept = sorted((text for text in scores if scores[text] > -np.inf), key=lambda t: -scores[t])
        beam = {text: found[text] for text in kept[:width]}
        readings.append({text: scores[text] - scores[kept[0]] for text in beam})
    return readings


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000), st.integers(1, 8), st.booleans())
def test_settling_what_all_agree_on_changes_nothing(model, seed, width, with_model):
    rows = emissions(15, seed, classes=len(CHARACTERS) + 1, sharpness=3.0)
    used = model if with_model else None
    line = None if used is None else LineModel(used, CHARACTERS)
    search, settled = PrefixBeamSearch(CHARACTERS, width, NEVER, line, 0.7), ""
    for row, expected in zip(rows, by_the_textbook(rows, width, used, 0.7), strict=True):
        settled += search.push(row)
        found = {settled + text: score for text, score in search.readings()}
        assert found == pytest.approx(expected, abs=1e-8)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1000), st.integers(1, 6), st.integers(0, 5))
def test_what_is_settled_is_never_taken_back(seed, width, patience):
    search = PrefixBeamSearch("ab", width, patience)
    settled = shown = ""
    for row in emissions(40, seed):
        settled += search.push(row)
        assert len(search.pending) <= patience
        assert len(search.readings()) <= width
        if width == 1:
            assert search.pending == ""
        shown = settled + search.pending
    assert settled + search.finish() == shown
    assert search.pending == ""


def test_a_character_is_settled_when_its_time_has_come():
    search = PrefixBeamSearch("ab", 8, patience=3)
    open_question, silence = np.log([0.55, 0.4, 0.05]), np.log([0.01, 0.01, 0.98])
    came = [search.push(row) for row in (open_question, silence, silence, silence, silence)]
    assert came == ["", "", "", "a", ""]


def test_what_all_agree_on_is_settled_at_once():
    search = PrefixBeamSearch("ab", 8, NEVER)
    sure = np.array([0.0, -np.inf, -np.inf])
    assert search.push(sure) == "a"


def test_a_certain_blank_separates_and_changes_nothing_else():
    search = PrefixBeamSearch("ab", 8, NEVER)
    blank, sure = np.array([-np.inf, -np.inf, 0.0]), np.array([0.0, -np.inf, -np.inf])
    assert [search.push(row) for row in (sure, blank, blank, sure, sure)] == ["a", "", "", "a", ""]


def test_after_a_reset_it_is_as_new(model):
    rows = emissions(20, seed=7)
    search = PrefixBeamSearch("ab", 8, 4, LineModel(model, "ab"), 0.5)
    first = [search.push(row) for row in rows]
    search.finish()
    assert [search.push(row) for row in rows] == first
    search.reset()
    assert [search.push(row) for row in rows] == first


def test_figures_stay_exact_over_a_long_stream():
    silence = np.array([-np.inf, -np.inf, -500.0])
    rows = emissions(3, seed=8)
    fresh, late = PrefixBeamSearch("ab", 20, NEVER), PrefixBeamSearch("ab", 20, NEVER)
    for _ in range(2000):
        late.push(silence)
    for row in rows:
        fresh.push(row)
        late.push(row)
    assert late.readings() == fresh.readings()
