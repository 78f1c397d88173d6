# SPDX-License-Identifier: Apache-2.0
"""What scoring handwriting needs beside the network."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from semg_bringup.evaluation.handwriting import (
    AFTER,
    HandwritingResult,
    WrittenPrompt,
    report_handwriting,
    samples_before,
    score_prompt,
    written_prompts,
)
from semg_bringup.evaluation.parts import Part, open_labelled, parts_of
from semg_driver.recordings.recording import RecordingError

BLANK = 99
BEFORE = 19_014


@pytest.fixture(scope="session")
def text_cases(shared):
    return json.loads((shared / "conformance/metrics/text.json").read_text("utf-8"))


def emissions_of(classes):
    """Log-probabilities with these classes as the likeliest."""
    probabilities = np.full((len(classes), 100), 0.001)
    probabilities[np.arange(len(classes)), classes] = 0.901
    return np.log(probabilities)


def test_no_emissions_are_no_text():
    scored = score_prompt(WrittenPrompt("ab", 0, 9), np.zeros((0, 3)), ("a", "b", "<blank>"))
    assert (scored.text, scored.emissions, scored.errors.cer) == ("", 0, 100.0)


def test_as_much_lies_before_a_prompt_as_the_model_reaches_back(imported):
    bundle = imported("handwriting").bundle
    assert samples_before(bundle) == BEFORE
    assert samples_before(replace(bundle, warm_up=115)) == 115 * 40 - (491 * 40 - BEFORE)


def test_published_prompts_have_their_samples_and_targets(datasets, published, text_cases):
    (part,) = parts_of(datasets, "handwriting", "test")
    with open_labelled(part.path, "handwriting") as recording:
        found = written_prompts(part, recording, BEFORE)
        first = recording.rows_at(recording.labels().prompts["start"])[0]
    expected = published["handwriting"]
    assert expected["padding"] == [BEFORE, AFTER]
    assert found[0].first == first - BEFORE
    assert [prompt.samples for prompt in found] == [p["samples"] for p in expected["prompts"]]
    for prompt, known in zip(found, expected["prompts"], strict=True):
        scored = score_prompt(prompt, emissions_of([BLANK]), text_cases["classes"])
        assert (scored.prompt, scored.target) == (known["prompt"], known["target"])


def test_published_texts_give_the_published_error_rates(published, text_cases):
    expected = published["handwriting"]
    results = []
    for known in expected["prompts"]:
        labels = [label for wanted in known["labels"] for label in (wanted, wanted, BLANK)]
        written = WrittenPrompt(known["prompt"], 0, known["samples"])
        results.append(score_prompt(written, emissions_of(labels), text_cases["classes"]))
    assert [result.text for result in results] == [p["text"] for p in expected["prompts"]]
    report = report_handwriting([HandwritingResult("day1", tuple(results))])
    for rate in ("CER", "IER", "DER", "SER"):
        assert report.facts[rate.lower()] == pytest.approx(expected[rate], rel=0, abs=1e-9)
    rows = report.sections[0].rows
    assert len(rows) == 6
    assert rows[-1][3] == f"{expected['CER']:.2f}"
    assert report.facts["recordings"][0]["prompts"][3]["target"] == "don't st⌫top"


def test_prompts_of_other_parts_are_left_out(write, tmp_path):
    times = {"start": [1000.1, 1000.6, 1001.2], "end": [1000.2, 1000.7, 1001.3]}
    write(prompts={"prompt": ["a", "b", "c"], **times})
    rows = "dataset,start,end,split\nday1,1000.5,1001.0,test\n"
    (tmp_path / "handwriting_corpus.csv").write_text(rows, "utf-8")
    (part,) = parts_of(tmp_path, "handwriting", "test")
    with open_labelled(part.path, "handwriting") as recording:
        (found,) = written_prompts(part, recording, BEFORE)
    assert found == WrittenPrompt("b", 1200 - BEFORE, 1400 + AFTER)


def test_margins_are_as_long_at_another_rate(write):
    path = write(prompts={"prompt": ["a"], "start": [1001.0], "end": [1002.0]}, rate=1000.0)
    with open_labelled(path, "handwriting") as recording:
        (found,) = written_prompts(Part("day1", path), recording, BEFORE)
    assert found == WrittenPrompt("a", 1000 - BEFORE // 2, 2000 + AFTER // 2)


@pytest.mark.parametrize(
    ("prompts", "message"),
    [
        (None, "no table 'prompts' with the columns prompt, start, end"),
        ({"prompt": ["a"], "start": [1000.0]}, "no table 'prompts' with the columns"),
        ({"prompt": ["a"], "start": ["x"], "end": [1000.0]}, "a time is no number"),
        ({"prompt": ["a"], "start": [1000.0], "end": [np.nan]}, "a time is no number"),
        ({"prompt": ["a"], "start": [9.0], "end": [9.5]}, "no prompt begins in rows 0 to 4000"),
    ],
)
def test_a_recording_without_prompts_is_refused(write, prompts, message):
    path = write(prompts=prompts)
    with (
        open_labelled(path, "handwriting") as recording,
        pytest.raises(RecordingError, match=message),
    ):
        written_prompts(Part("day1", path), recording, BEFORE)
