# SPDX-License-Identifier: Apache-2.0
import pytest

from semg_bringup.simulated.corpus import corpus_path, record_people, splits
from semg_bringup.simulated.plan import Plan
from semg_driver.recordings.corpus import corpus_file, read_corpus
from semg_driver.recordings.recording import RecordingError
from semg_driver.recordings.released_hdf5 import Hdf5Recording


def plans(people, task="wrist"):
    return [Plan(person, task, task, 0.02, person) for person in people]


@pytest.mark.parametrize(
    ("people", "train", "choice", "test"),
    [(1, 0, 0, 1), (2, 1, 0, 1), (10, 8, 1, 1), (100, 80, 10, 10)],
)
def test_people_are_shared_out_as_released(people, train, choice, test):
    assert splits(people) == ["train"] * train + ["val"] * choice + ["test"] * test


def test_a_corpus_is_read_again(tmp_path):
    done = record_people(tmp_path, plans([7, 8]), processes=2, progress=False)
    assert [one.problem for one in done] == ["", ""]
    rows = read_corpus(corpus_file(tmp_path, "wrist"))
    assert [row.split for row in rows] == ["train", "test"]
    for row, person in zip(rows, (7, 8), strict=True):
        recording = Hdf5Recording(row.path)
        assert row.rows(recording) == (0, 2400)
        assert recording.info.serial == f"person-{person}"


def test_all_can_be_of_one_split(tmp_path):
    record_people(tmp_path, plans([7, 8]), "val", processes=1, progress=False)
    assert [row.split for row in read_corpus(corpus_path(tmp_path, plans([7])[0]))] == ["val"] * 2


def test_who_cannot_be_written_is_told_and_left_out(tmp_path):
    (tmp_path / "wrist_person_00008.hdf5").mkdir()
    done = record_people(tmp_path, plans([7, 8]), processes=1, progress=False)
    assert done[0].problem == ""
    assert "wrist_person_00008.hdf5: cannot be written: " in done[1].problem
    (row,) = read_corpus(corpus_file(tmp_path, "wrist"))
    assert row.path.name == "wrist_person_00007.hdf5"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "wrist_corpus.csv",
        "wrist_person_00007.hdf5",
        "wrist_person_00008.hdf5",
    ]


def test_a_corpus_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "wrist_corpus.csv").mkdir()
    with pytest.raises(RecordingError, match=r"wrist_corpus\.csv: cannot be written: "):
        record_people(tmp_path, plans([7]), processes=1, progress=False)
