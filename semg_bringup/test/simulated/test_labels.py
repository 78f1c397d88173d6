# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from semg_bringup.simulated.labels import labels_of
from semg_bringup.simulated.plan import Plan
from semg_decoders.decoding.characters import CHARACTERS
from semg_decoders.evaluation.prompt_cleaning import clean_prompt
from semg_driver.devices.device import GestureLabel, PostureLabel, Truth, WrittenText


@pytest.fixture
def label():
    """Label 60 s in which all kinds of things were done."""

    def make(task, script="demo", **truth):
        still = np.zeros(120_000, np.float32)
        truth = {"gestures": (GestureLabel("thumb_in", 3000),), **truth}
        return labels_of(Plan(1, task, script, 1.0, 1), Truth(still, still, **truth))

    return make


def test_gestures_have_names_and_times(label):
    labels = label("gestures")
    assert list(labels.prompts.rows()) == [{"name": "thumb_in", "time": 1.5}]
    assert list(labels.stages.rows()) == [{"start": 0.0, "end": 60.0, "name": "demo"}]


def test_wrist_recordings_have_stages_only(label):
    labels = label("wrist")
    assert labels.prompts is None
    assert list(labels.stages.columns) == ["start", "end", "name"]


def test_a_posture_lasts_until_the_next(label):
    held = (PostureLabel("rest", 0), PostureLabel("fist", 20_000), PostureLabel("open", 30_000))
    labels = label("postures", postures=held)
    assert list(labels.prompts.rows()) == [
        {"name": "rest", "time": 0.0},
        {"name": "fist", "time": 10.0},
        {"name": "open", "time": 15.0},
    ]
    assert list(labels.stages.rows()) == [
        {"start": 0.0, "end": 10.0, "name": "rest"},
        {"start": 10.0, "end": 15.0, "name": "fist"},
        {"start": 15.0, "end": 60.0, "name": "open"},
    ]


def test_handwriting_has_prompts_and_the_postures_where_they_are_known(label):
    labels = label(
        "handwriting",
        prompts=(WrittenText("to_by⌫e⏎🤏", 2000, 9000), WrittenText("or", 10_000, 12_000)),
        postures=(PostureLabel("on_lap", 8000),),
    )
    assert list(labels.prompts.rows()) == [
        {"prompt": "to→by←e\n🤏", "start": 1.0, "end": 4.5},
        {"prompt": "or", "start": 5.0, "end": 6.0},
    ]
    assert list(labels.stages.rows()) == [
        {"start": 0.0, "end": 4.0, "name": "demo", "posture": ""},
        {"start": 4.0, "end": 60.0, "name": "demo", "posture": "on_lap"},
    ]


def test_nothing_done_is_an_empty_table(label):
    prompts = label("gestures", gestures=()).prompts
    assert (len(prompts), list(prompts.columns)) == (0, ["name", "time"])


def test_prompts_are_cleaned_to_what_was_written(label):
    characters = "".join(CHARACTERS)
    prompts = label("handwriting", prompts=(WrittenText(characters, 0, 10),)).prompts
    assert clean_prompt(prompts["prompt"][0], CHARACTERS) == characters
