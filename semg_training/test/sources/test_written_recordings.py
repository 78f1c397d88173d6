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


def test_each_side_counts_as_long_as_its_share_of_the_prompts(write):
    found = read_written_recordings([write(prompts=PROMPTS)], HandwritingEmgRecording)
    assert [one.seconds for one in (*found.training, *found.choice)] == [3.2, 0.8]


def test_a_corpus_says_which_part_is_for_what_and_which_is_not_used(write, tmp_path):
    write("day1.hdf5", prompts=PROMPTS)
    rows = ("1000.0,1001.5,train", "1001.5,1002.2,val", "1002.2,1003.9,test")
    text = "dataset,start,end,split\n" + "".join(f"day1,{row}\n" for row in rows)
    (tmp_path / "handwriting_corpus.csv").write_text(text)
    found = read_written_recordings([tmp_path], HandwritingEmgRecording)
    assert (texts(found.training), texts(found.choice)) == (list("ab"), ["c"])
    assert len(set(found.digests)) == 2


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
