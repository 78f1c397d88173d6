# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import os
import pickle
from pathlib import Path

import h5py
import numpy as np
import pytest

from semg_driver.recordings.pandas_table import TableError, read_table, unpickle_text


@pytest.fixture
def group(tmp_path):
    """A table laid out as pandas does: one block of numbers, one of text."""
    with h5py.File(tmp_path / "table.hdf5", "w") as file:
        group = file.create_group("prompts")
        group.attrs["pandas_type"] = np.bytes_("frame")
        group.attrs["nblocks"] = 2
        group["axis0"] = np.array([b"name", b"start", b"end"])
        group["block0_items"] = np.array([b"start", b"end"])
        group["block0_values"] = np.array([[0.0, 1.0], [1.0, 2.0], [2.0, 3.5]])
        group["block0_values"].attrs["transposed"] = 1
        group["block1_items"] = np.array([b"name"])
        add_text(group, np.array(["rest", "fist", "rest"], object))
        yield group


def add_text(group, array, data=None):
    if "block1_values" in group:
        del group["block1_values"]
    data = pickle.dumps(array) if data is None else data
    node = group.create_dataset("block1_values", (1,), h5py.vlen_dtype(np.uint8))
    node[0] = np.frombuffer(data, np.uint8)
    node.attrs["PSEUDOATOM"] = np.bytes_("object")
    node.attrs["transposed"] = 1


def test_columns_come_by_name_and_in_order(group):
    table = read_table(group)
    assert list(table.columns) == ["name", "start", "end"]
    assert table["name"].tolist() == ["rest", "fist", "rest"]
    assert table["end"].tolist() == [1.0, 2.0, 3.5]
    assert list(table.rows())[2] == {"name": "rest", "start": 2.0, "end": 3.5}
    assert len(table) == 3


def test_an_empty_table_is_empty(group):
    for block in ("block0_values", "block1_values"):
        del group[block]
    group["block0_values"] = np.zeros((1, 1))
    group["block0_values"].attrs["shape"] = np.array([2, 0])
    group["block1_values"] = np.zeros((1, 1))
    group["block1_values"].attrs["shape"] = np.array([1, 0])
    assert len(read_table(group)) == 0


def test_text_in_several_columns_of_one_block_is_told_apart(group):
    names = np.array([["rest", "fist", "rest"], ["lap", "desk", "air"]], object).T
    assert pickle.loads(pickle.dumps(names)).tolist() == names.tolist()
    add_text(group, names)
    del group["axis0"], group["block1_items"]
    group["axis0"] = np.array([b"name", b"posture", b"start", b"end"])
    group["block1_items"] = np.array([b"name", b"posture"])
    assert read_table(group)["posture"].tolist() == ["lap", "desk", "air"]


def test_missing_text_is_empty(group):
    add_text(group, np.array(["rest", None, float("nan")], object))
    assert read_table(group)["name"].tolist() == ["rest", "", ""]


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_every_pickle_protocol_is_read(protocol):
    array = np.array(["über", "→", ""], object)
    assert unpickle_text(pickle.dumps(array, protocol)).tolist() == array.tolist()


class Harmful:
    def __init__(self, call, *args):
        self.reduced = (call, args)

    def __reduce__(self):
        return self.reduced


@pytest.mark.parametrize("protocol", [2, 5])
def test_a_pickle_that_runs_code_is_refused_by_name_and_does_not_run(tmp_path, protocol):
    path = tmp_path / "ran"
    data = pickle.dumps(np.array([Harmful(os.mkdir, str(path))], object), protocol)
    with pytest.raises(TableError, match=r"(posix|nt)\.mkdir"):
        unpickle_text(data)
    assert not path.exists()


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (np.array([Path("x")], object), "pathlib"),
        (np.array([b"bytes"], object), "bytes"),
        (np.array([["a"], 1], object), "list"),
        (np.array([{"a": 1}], object), "dict"),
        (np.arange(3), "'i8'"),
        ("text alone", "str"),
        ({"a": 1}, "dict"),
        (np.dtype("O"), "_Dtype"),
    ],
)
def test_anything_but_an_array_of_text_is_refused(content, named):
    with pytest.raises(TableError, match=named):
        unpickle_text(pickle.dumps(content))


def test_numpy_itself_is_never_called_by_a_pickle():
    huge = Harmful(np.empty, (2**50,))
    with pytest.raises(TableError, match="empty"):
        unpickle_text(pickle.dumps(np.array([huge], object)))


def test_a_damaged_pickle_is_refused():
    data = pickle.dumps(np.array(["rest"] * 20, object))
    for size in range(len(data) - 1):
        with pytest.raises(TableError):
            unpickle_text(data[:size])


@pytest.mark.parametrize("missing", ["axis0", "block0_values", "block1_items"])
def test_an_incomplete_table_is_refused(group, missing):
    del group[missing]
    with pytest.raises(TableError, match="not a complete table"):
        read_table(group)


def test_another_kind_of_table_is_refused(group):
    group.attrs["pandas_type"] = np.bytes_("frame_table")
    with pytest.raises(TableError, match="frame_table"):
        read_table(group)


def test_columns_of_different_lengths_are_refused(group):
    add_text(group, np.array(["rest", "fist"], object))
    with pytest.raises(TableError, match="columns have 2 to 3 rows"):
        read_table(group)


def test_text_that_no_file_could_hold_is_refused(group):
    add_text(group, np.array(["rest", "f\ud800st", "rest"], object))
    with pytest.raises(TableError, match="no Unicode text"):
        read_table(group)


def no_rows(group):
    del group["block1_values"]
    node = group.create_dataset("block1_values", (0,), h5py.vlen_dtype(np.uint8))
    node.attrs["PSEUDOATOM"] = "object"


def endless(group):
    group.attrs["nblocks"] = np.inf


def unreadable_kind(group):
    group.attrs["pandas_type"] = np.bytes_(b"\xff")


@pytest.mark.parametrize("spoil", [no_rows, endless, unreadable_kind])
def test_a_damaged_table_is_refused(group, spoil):
    spoil(group)
    with pytest.raises(TableError, match="not a complete table: "):
        read_table(group)


def test_a_block_that_says_it_is_empty_beside_one_that_is_not_is_refused(group):
    group["block0_values"].attrs["shape"] = np.array([], np.int64)
    with pytest.raises(TableError, match="columns have 0 to 3 rows"):
        read_table(group)


def test_the_shape_of_an_empty_block_is_not_unpickled(group, tmp_path):
    path = tmp_path / "ran"
    for block in ("block0_values", "block1_values"):
        harmful = pickle.dumps(Harmful(os.mkdir, str(path)), 0)
        group[block].attrs["shape"] = np.bytes_(harmful)
    assert len(read_table(group)) == 0
    assert not path.exists()
