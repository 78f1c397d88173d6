# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from semg_bringup.evaluation.parts import ALL, open_labelled, parts_of
from semg_driver.devices.device import DeviceInfo, Hand, Source
from semg_driver.recordings.bag_writer import write_bag
from semg_driver.recordings.recording import RecordedBlock, RecordingError

ROWS = """dataset,start,end,split
day1,1000.0,1000.5,test
day2,1000.0,1001.0,test
day1,1001.0,1001.5,test
day1,1001.5,1002.0,train
"""


@pytest.fixture
def corpus(tmp_path, write):
    for name in ("day1", "day2"):
        write(f"{name}.hdf5")
    for task in ("wrist", "discrete_gestures"):
        (tmp_path / f"{task}_corpus.csv").write_text(ROWS, "utf-8")
    return tmp_path


def test_each_row_of_a_split_is_a_part_with_a_name_of_its_own(corpus):
    parts = parts_of(corpus, "wrist", "test")
    assert [part.name for part in parts] == ["day1-1", "day2", "day1-2"]
    assert [part.row.start for part in parts] == [1000.0, 1000.0, 1001.0]
    assert len(parts_of(corpus, "wrist", ALL)) == 4


def test_gestures_are_scored_over_whole_recordings(corpus):
    parts = parts_of(corpus, "discrete_gestures", ALL)
    assert [(part.name, part.row) for part in parts] == [("day1", None), ("day2", None)]


def test_of_a_recording_in_several_splits_only_the_part_is_scored(corpus):
    parts = parts_of(corpus, "discrete_gestures", "test")
    starts = [(part.name, part.row and part.row.start) for part in parts]
    assert starts == [("day1-1", 1000.0), ("day2", None), ("day1-2", 1001.0)]


def test_a_recording_is_one_part(write):
    path = write()
    (part,) = parts_of(path, "wrist", "test")
    with open_labelled(path, "wrist") as recording:
        assert part.rows(recording) == (0, 4000)


def test_a_row_is_the_part_that_it_names(corpus):
    part = parts_of(corpus, "wrist", "test")[2]
    with open_labelled(part.path, "wrist") as recording:
        assert part.rows(recording) == (2000, 3000)


def test_a_folder_without_a_corpus_is_refused(tmp_path):
    with pytest.raises(RecordingError, match=r"no wrist_corpus.csv in the folder"):
        parts_of(tmp_path, "wrist", "test")


def test_a_recording_of_another_task_is_refused(write):
    with pytest.raises(RecordingError, match=r"of task handwriting, but the bundle is for wrist"):
        open_labelled(write(task="handwriting"), "wrist")


def test_a_bag_is_refused(tmp_path):
    info = DeviceInfo(
        "band",
        "",
        2000.0,
        900.0,
        4,
        tuple("abcd"),
        (),
        Hand.UNKNOWN,
        "noise_sd",
        1.0,
        0.0,
        True,
        Source.PLAYBACK,
    )
    write_bag(tmp_path / "bag", [RecordedBlock(0, np.zeros((20, 4), np.float32), info, 0.0)])
    with pytest.raises(RecordingError, match="a bag does not say what was really done"):
        parts_of(tmp_path / "bag", "wrist", "test")
    with pytest.raises(RecordingError, match="a bag does not say what was really done"):
        open_labelled(tmp_path / "bag", "wrist")
