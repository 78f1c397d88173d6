# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pickle
import pickletools

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semg_driver.recordings.pandas_table import Table, read_table
from semg_driver.recordings.pandas_table_writer import mark_root, write_table


@pytest.fixture
def file(tmp_path):
    with h5py.File(tmp_path / "tables.hdf5", "w") as file:
        yield file


def texts(*items):
    column = np.empty(len(items), object)
    column[:] = items
    return column


def written(file, columns):
    group = file.create_group("table")
    write_table(group, Table(columns))
    return group


def what_pytables_sees(node):
    """Attributes, by what PyTables makes of their HDF5 types: text, pickles, numbers."""
    seen = {}
    for name in node.attrs:
        kind = node.attrs.get_id(name).get_type()
        text = isinstance(kind, h5py.h5t.TypeStringID)
        seen[name] = (kind.get_cset() if text else "number", node.attrs[name])
    return seen


@pytest.mark.parametrize(
    "name",
    [
        "discrete_gestures_user_000_dataset_000",
        "handwriting_user_000_dataset_000",
        "wrist_user_000_dataset_000",
    ],
)
@pytest.mark.parametrize("table", ["prompts", "stages"])
def test_a_table_that_pandas_wrote_is_laid_out_the_same(shared, file, name, table):
    with h5py.File(shared / "conformance" / "datasets" / f"{name}.hdf5") as released:
        if table not in released:
            pytest.skip(f"{name} has no {table}")
        by_pandas = released[table]
        ours = written(file, read_table(by_pandas).columns)
        assert set(ours) == set(by_pandas)
        assert what_pytables_sees(ours) == what_pytables_sees(by_pandas)
        for node in by_pandas:
            theirs = what_pytables_sees(by_pandas[node])
            # What the text was before it was pickled differs between versions of pandas.
            pickled = theirs.get("PSEUDOATOM")
            if pickled:
                theirs.pop("value_type", None)
            assert what_pytables_sees(ours[node]) == theirs
            assert ours[node].dtype == by_pandas[node].dtype
            if pickled:
                assert ours[node].maxshape == by_pandas[node].maxshape
            else:
                np.testing.assert_array_equal(ours[node][()], by_pandas[node][()])


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["Cs"])),
            st.floats(allow_nan=False),
            st.floats(allow_nan=False),
        )
    )
)
def test_what_is_written_is_read_again(rows):
    columns = {
        "prompt": texts(*(row[0] for row in rows)),
        "start": np.array([row[1] for row in rows]),
        "end": np.array([row[2] for row in rows]),
    }
    with h5py.File("memory.hdf5", "w", driver="core", backing_store=False) as file:
        table = read_table(written(file, columns))
    assert list(table.columns) == list(columns)
    for name, column in columns.items():
        assert table[name].tolist() == column.tolist()


def test_text_is_a_plain_pickle_of_an_array(file):
    group = written(file, {"name": texts("rest", "fist")})
    data = bytes(group["block0_values"][0])
    assert pickle.loads(data).tolist() == [["rest"], ["fist"]]
    asked_for = [
        item for code, item, _ in pickletools.genops(data) if code.name.endswith("UNICODE")
    ]
    assert asked_for == [
        np.ndarray.__reduce__(np.empty(0))[0].__module__,
        "_reconstruct",
        "numpy",
        "ndarray",
        "dtype",
        "O8",
        "|",
        "rest",
        "fist",
    ]


def test_an_empty_table_says_so_as_pytables_does(file):
    group = written(file, {"name": texts(), "time": np.empty(0)})
    # PyTables stores a tuple as a pickle of protocol 0.
    for node, shape in (("axis1", (0,)), ("block1_values", (1, 0))):
        assert pickle.loads(group[node].attrs["shape"]) == shape
        assert group[node].size == 1
    table = read_table(group)
    assert list(table.columns) == ["name", "time"]
    assert len(table) == 0


def test_a_file_with_tables_says_that_pytables_can_read_it(file):
    mark_root(file)
    assert file.attrs["PYTABLES_FORMAT_VERSION"] == b"2.1"
    assert file.attrs["CLASS"] == b"GROUP"


def test_columns_of_different_lengths_are_not_written(file):
    with pytest.raises(ValueError, match=r"columns of \[1, 2\] rows, must be alike"):
        written(file, {"name": texts("rest"), "time": np.zeros(2)})


def test_other_things_than_text_are_not_written(file):
    with pytest.raises(ValueError, match="row 1 holds 3, must be text"):
        written(file, {"name": texts("rest", 3)})
