# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json

import h5py
import numpy as np
import pytest

from semg_driver.recordings.corpus import corpus_file, read_corpus, recordings_outside
from semg_driver.recordings.recording import RecordingError
from semg_driver.recordings.released_hdf5 import Hdf5Recording

HEADER = "dataset,start,end,split\n"


@pytest.fixture
def recording(tmp_path):
    """1000 samples from time 100 s on, every stamp twice."""
    rows = np.zeros(1000, [("time", "<f8"), ("emg", "<f4", (16,))])
    rows["time"] = 100.0 + np.arange(1000) // 2 / 1000.0
    with h5py.File(tmp_path / "day1.hdf5", "w") as file:
        file["data"] = rows
    return tmp_path / "day1.hdf5"


@pytest.fixture
def write(tmp_path, recording):
    def write(text, name="wrist_corpus.csv"):
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return tmp_path / name

    return write


@pytest.fixture
def refusal(write):
    def refusal(text, split=""):
        path = write(text)
        with pytest.raises(RecordingError) as error:
            read_corpus(path, split)
        assert "\n" not in str(error.value)
        assert str(error.value).startswith(str(path))
        return str(error.value).removeprefix(str(path))

    return refusal


def test_rows_come_in_order_with_their_recording(write, recording):
    path = write(HEADER + "day1,100.0,100.1,test\nday1,100.25,100.5,train\n")
    first, second = read_corpus(path)
    assert (first.path, first.start, first.end, first.split) == (recording, 100.0, 100.1, "test")
    assert (second.start, second.split) == (100.25, "train")
    assert read_corpus(path, "train") == (second,)


def test_recordings_of_other_splits_are_named_whether_they_are_there_or_not(write, recording):
    path = write(HEADER + "day1,100.0,100.1,test\nday1,100.2,100.3,val\nday9,0,1,train\n")
    assert recordings_outside(path, "test") == {recording, recording.with_name("day9.hdf5")}
    assert recordings_outside(path, "train") == {recording}


def test_columns_may_stand_in_any_order_beside_others(write):
    text = "\ufeffsplit,start,user,end,dataset\r\ntest, 100.0,7,100.1 ,day1\r\n"
    (row,) = read_corpus(write(text))
    assert (row.start, row.end, row.path.name) == (100.0, 100.1, "day1.hdf5")


@pytest.mark.parametrize(
    ("start", "end", "rows"),
    [
        (100.0, 101.0, (0, 1000)),
        (100.1, 100.2, (200, 400)),
        (100.1004, 100.2004, (202, 402)),
        (0.0, 100.0005, (0, 2)),
    ],
)
def test_a_row_is_from_the_first_sample_at_or_after_start_to_the_last_before_end(
    write, recording, start, end, rows
):
    (row,) = read_corpus(write(HEADER + f"day1,{start},{end},test\n"))
    opened = Hdf5Recording(recording)
    assert row.rows(opened) == rows
    times = opened.times(0, 1000)
    assert np.flatnonzero((times >= start) & (times < end)).tolist() == list(range(*rows))


def test_a_row_without_samples_says_what_there_is(write, recording):
    (row,) = read_corpus(write(HEADER + "day1,300,301,test\n"))
    with pytest.raises(RecordingError, match=r"line 2: no samples from 300.0 to 301.0 s in day1"):
        row.rows(Hdf5Recording(recording))


def test_a_split_that_is_not_there_is_refused_with_those_that_are(refusal):
    said = refusal(HEADER + "day1,100,101,val\nday1,101,102,train\n", "test")
    assert said == ": no rows of split 'test', only of train, val"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("day2,100,101,test", "line 2: there is no recording"),
        ("day1,noon,101,test", "line 2: start is 'noon', must be a time in s"),
        ("day1,100,nan,test", "line 2: end is 'nan', must be a time in s"),
        ("day1,100,,test", "line 2: end is '', must be a time in s"),
        ("day1,101,101,test", "line 2: from 101.0 to 101.0 s, must end after its start"),
        ("day1,100,101", "line 2: must have dataset, start, end, split"),
        ("../day1,100,101,test", "must be the name of a file beside it"),
        (",100,101,test", "must be the name of a file beside it"),
        (300 * "a" + ",100,101,test", "line 2: there is no recording"),
        ('"day1,100,101,test', "not a CSV file"),
    ],
)
def test_a_bad_row_is_named_by_its_line(refusal, row, message):
    assert message in refusal(HEADER + row + "\n")


def test_bad_rows_of_other_splits_do_no_harm(write):
    rows = read_corpus(write(HEADER + "day9,x,y,train\nday1,100,101,test\n"), "test")
    assert len(rows) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no column dataset"),
        (HEADER, "the file has no rows"),
        ("dataset,start,end\nday1,1,2\n", "no column split, must have dataset, start, end, split"),
        (b"\xff\xfe\x00", "not a CSV file"),
        (b"\x89HDF\r\n\x1a\n", "not a CSV file"),
    ],
)
def test_a_file_that_is_no_corpus_is_refused(refusal, text, message):
    assert message in refusal(text)


def test_a_folder_holds_one_corpus_for_each_task(write, tmp_path, recording):
    assert corpus_file(tmp_path, "wrist") is None
    path = write(HEADER + "day1,100,101,test\n")
    assert corpus_file(tmp_path, "wrist") == corpus_file(path, "wrist") == path
    assert corpus_file(recording, "wrist") is None
    with pytest.raises(RecordingError, match=r"no handwriting_corpus.csv .* only wrist_corpus.csv"):
        corpus_file(tmp_path, "handwriting")


def test_released_rows_are_the_published_partitions(shared):
    folder = shared / "conformance" / "datasets"
    results = json.loads((folder / "reference_results.json").read_text("utf-8"))
    rows = read_corpus(folder / "wrist_corpus.csv", "test")
    assert [[row.start, row.end] for row in rows] == results["wrist"]["partitions"]
    with Hdf5Recording(rows[0].path) as recording:
        assert [row.rows(recording) for row in rows] == [(1000, 13_000), (14_500, 29_500)]
