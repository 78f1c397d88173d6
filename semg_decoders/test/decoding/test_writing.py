# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import numpy as np
import pytest

from semg_decoders.decoding.character_counts import model_of_text
from semg_decoders.decoding.text_line import LineUpdate
from semg_decoders.decoding.writing import Writing, WritingSettings, writing_settings
from semg_decoders.inference.bundle import BundleError
from semg_node.settings import SettingError

LABELS = (*"abelop", "_", "⌫", "⏎", "🤏", "<blank>")
PERIOD = 0.16


def emission(*characters):
    """Log-probabilities of one emission: nearly all on the characters, each half the one before."""
    values = np.full(len(LABELS), 1e-6)
    for place, one in enumerate(characters):
        values[LABELS.index(one)] = 0.5**place
    return np.log(values / values.sum())


BLANK = emission("<blank>")


def write(writing, text):
    """Write characters, a blank after each; return what changed."""
    updates = []
    for one in text:
        updates += writing.push(emission(one))
        updates += writing.push(BLANK)
    return updates


def test_greedy_text_comes_character_by_character():
    writing = Writing(LABELS, PERIOD, WritingSettings())
    assert write(writing, "ab⌫l") == [
        LineUpdate("a", "a", False),
        LineUpdate("b", "ab", False),
        LineUpdate("⌫", "a", False),
        LineUpdate("l", "al", False),
    ]


@pytest.mark.parametrize("end", ["⏎", "🤏"])
def test_a_line_ends_and_the_next_one_is_empty(end):
    writing = Writing(LABELS, PERIOD, WritingSettings())
    assert write(writing, f"a{end}b")[1:] == [
        LineUpdate(end, "a", True),
        LineUpdate("b", "b", False),
    ]


def test_a_backspace_on_an_empty_line_is_told_and_removes_nothing():
    writing = Writing(LABELS, PERIOD, WritingSettings())
    assert write(writing, "⌫") == [LineUpdate("⌫", "", False)]


def test_a_swipe_writes_what_is_chosen():
    for swipe, line in (("underscore", "a_"), ("space", "a ")):
        writing = Writing(LABELS, PERIOD, WritingSettings(swipe=swipe))
        assert write(writing, "a_")[-1] == LineUpdate("_", line, False)


@pytest.fixture
def beam():
    return Writing(LABELS, PERIOD, WritingSettings(decoder="beam", beam_width=8, settle_after=0.8))


def test_a_beam_search_shows_the_line_before_its_text_is_settled(beam):
    updates = beam.push(emission("p", "o"))
    assert updates == [LineUpdate("", "p", False)]
    assert beam.line == "p"
    # 0.8 s are five emissions.
    later = [beam.push(BLANK) for _ in range(6)]
    assert later == [[], [], [], [], [LineUpdate("p", "p", False)], []]


def test_a_beam_search_may_revise_the_line_but_never_its_text(tmp_path):
    model_of_text(["bello", "bellpa", "bellpa"], order=6).save(tmp_path / "text.arpa")
    settings = WritingSettings(
        decoder="beam",
        settle_after=3.0,
        language_model=str(tmp_path / "text.arpa"),
        language_model_weight=1.0,
    )
    writing = Writing(LABELS, PERIOD, settings)
    updates = write(writing, "be")
    updates += write(writing, "ll")
    # The emissions cannot tell o from p, and p is more usual; but only o ends a line.
    updates += writing.push(np.logaddexp(emission("p"), emission("o")) - np.log(2))
    assert updates[-1].line == "bellp"
    updates += write(writing, "⏎")
    assert updates[-1].line == "bello"
    updates += writing.finish()
    assert updates[-1].complete
    assert "".join(update.text for update in updates) == "bello⏎"


@pytest.mark.parametrize(("swipe", "line"), [("underscore", "al"), ("space", "a ")])
def test_a_swipe_that_is_a_space_is_one_to_the_character_model(tmp_path, swipe, line):
    model_of_text(["a b"], order=2).save(tmp_path / "text.arpa")
    model = str(tmp_path / "text.arpa")
    writing = Writing(
        LABELS, PERIOD, WritingSettings(decoder="beam", language_model=model, swipe=swipe)
    )
    write(writing, "a")
    # The emission leaves it open; the text has a space there, and neither l nor an underscore.
    writing.push(np.logaddexp(emission("l"), emission("_")) - np.log(2))
    assert writing.line == line


def test_a_line_that_a_beam_search_may_not_have_ended_is_not_complete(beam):
    updates = write(beam, "ab⏎")
    assert not any(update.complete for update in updates)
    assert updates[-1].line == "ab"
    updates += [update for _ in range(6) for update in beam.push(BLANK)]
    assert [update.line for update in updates if update.complete] == ["ab"]
    assert "".join(update.text for update in updates) == "ab⏎"
    assert beam.line == ""


@pytest.mark.parametrize("decoder", ["greedy", "beam"])
def test_the_end_of_a_stream_settles_the_line_as_it_stands(decoder):
    writing = Writing(LABELS, PERIOD, WritingSettings(decoder=decoder))
    updates = [*write(writing, "bel"), *writing.finish()]
    assert "".join(update.text for update in updates) == "bel"
    assert updates[-1].line == "bel"
    assert not any(update.complete for update in updates)
    assert writing.line == ""
    assert writing.finish() == []
    assert write(writing, "a")[-1].line == "a"


def test_a_bundle_recommends_settings(handwriting_model):
    bundle = handwriting_model.bundle
    assert writing_settings(bundle) == WritingSettings()
    advised = replace(bundle, decoding={"decoder": "beam", "language_model": "text.arpa"})
    found = writing_settings(advised)
    assert found.decoder == "beam"
    assert found.language_model == str(bundle.folder / "text.arpa")
    with pytest.raises(BundleError, match=r"decoding.colour: no such setting"):
        writing_settings(replace(bundle, decoding={"colour": 1}))


def test_settings_that_do_not_fit_are_refused(tmp_path):
    with pytest.raises(SettingError, match="decoder: 'best' is not allowed"):
        Writing(LABELS, PERIOD, WritingSettings(decoder="best"))
    missing = WritingSettings(decoder="beam", language_model=str(tmp_path / "none.arpa"))
    with pytest.raises(SettingError, match=r"language_model: .*none.arpa: cannot be read"):
        Writing(LABELS, PERIOD, missing)
