# SPDX-License-Identifier: Apache-2.0
"""Which prompts of recordings are trained on, and which recordings are left out."""

import pytest

pytest.importorskip("torch", reason="torch is only installed for training")

from semg_training.handwriting_recordings import HandwritingEmgRecording
from semg_training.refusal import TrainingRefused
from semg_training.sources.written_recordings import read_written_recordings

STARTS = [1000.2, 1000.9, 1001.6, 1002.3, 1003.0]
PROMPTS = {"prompt": list("abcde"), "start": STARTS, "end": [start + 0.5 for start in STARTS]}


def texts(recordings):
    return [prompt.text for recording in recordings for prompt in recording.prompts]


def test_the_last_fifth_of_the_prompts_is_to_choose_on(write):
    found = read_written_recordings([write(prompts=PROMPTS)], HandwritingEmgRecording)
    assert texts(found.training) == list("abcd")
    assert texts(found.choice) == ["e"]


def test_what_cannot_be_used_is_named_and_left_out(write, tmp_path):
    lines = []
    paths = [tmp_path / "none.hdf5", write(prompts=PROMPTS)]
    found = read_written_recordings(paths, HandwritingEmgRecording, log=lines.append)
    assert found.names == [paths[1].name]
    assert len(lines) == 1
    assert "none.hdf5" in lines[0]


def test_what_cannot_be_used_is_refused_if_that_is_asked_for(write, tmp_path):
    paths = [tmp_path / "none.hdf5", write(prompts=PROMPTS)]
    with pytest.raises(TrainingRefused, match=r"none\.hdf5"):
        read_written_recordings(paths, HandwritingEmgRecording, strict=True)


def test_recordings_of_which_none_can_be_used_are_refused(tmp_path):
    with pytest.raises(TrainingRefused, match=r"none of .* can be used.*none\.hdf5"):
        read_written_recordings([tmp_path / "none.hdf5"], HandwritingEmgRecording, log=len)
