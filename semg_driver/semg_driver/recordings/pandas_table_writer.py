# SPDX-License-Identifier: Apache-2.0
"""Write tables as pandas does in HDF5 in its fixed format, without pandas or PyTables.

Released recordings hold such tables, and `pandas.read_hdf` reads what is written here. The file
format is PyTables' of version 2.1, of which each node says what it is by its attributes.
"""

from __future__ import annotations

import pickle
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from semg_driver.recordings.pandas_table import Table

FORMAT_VERSION = "2.1"
"""Of PyTables' file format; on the root of a file."""
_GROUP = {"CLASS": "GROUP", "VERSION": "1.0"}
_ARRAY = {"CLASS": "ARRAY", "VERSION": "2.4", "FLAVOR": "numpy"}
_PICKLES = {"CLASS": "VLARRAY", "VERSION": "1.4", "PSEUDOATOM": "object"}
_NO_TEXT = h5py.Empty(h5py.string_dtype("utf-8", 1))
_NONE = np.bytes_(pickle.dumps(None, 0))
_PROTOCOL = 4


def mark_root(file: Any) -> None:
    """Say on the root of an open HDF5 file that PyTables can read it."""
    _mark(file, {**_GROUP, "PYTABLES_FORMAT_VERSION": FORMAT_VERSION})


def write_table(group: Any, table: Table) -> None:
    """Write a table into an empty HDF5 group.

    Columns of text are pickled, as pandas does it; numbers become float64.

    Parameters
    ----------
    group : h5py.Group
        Called as the table.
    table : Table
        At least one column; all of one length.

    Raises
    ------
    ValueError
        If columns differ in length, or one holds something else than numbers or text.
    """
    lengths = {len(column) for column in table.columns.values()}
    if len(lengths) != 1:
        raise ValueError(f"columns of {sorted(lengths)} rows, must be alike")
    blocks = _blocks(table)
    _mark(
        group,
        {
            **_GROUP,
            "pandas_type": "frame",
            "encoding": "UTF-8",
            "errors": "strict",
            "ndim": np.int64(2),
            "nblocks": np.int64(len(blocks)),
            "axis0_variety": "regular",
            "axis1_variety": "regular",
            **{f"block{i}_items_variety": "regular" for i in range(len(blocks))},
        },
    )
    _write_names(group, "axis0", list(table.columns))
    _write_rows(group, "axis1", len(table))
    for i, names in enumerate(blocks):
        _write_names(group, f"block{i}_items", names)
        if _is_text(table[names[0]]):
            _write_texts(group, f"block{i}_values", table[names[0]])
        else:
            values = np.stack([table[name] for name in names]).astype("<f8")
            _write_numbers(group, f"block{i}_values", values)


def _blocks(table: Table) -> list[list[str]]:
    """Return which columns lie together: all numbers in one block, each text in its own."""
    numbers = [name for name, column in table.columns.items() if not _is_text(column)]
    blocks = [[name] for name, column in table.columns.items() if _is_text(column)]
    if numbers:
        blocks.append(numbers)
    order = list(table.columns)
    return sorted(blocks, key=lambda names: order.index(names[0]))


def _is_text(column: NDArray[Any]) -> bool:
    return column.dtype.kind in "OU"


def _write_names(group: Any, name: str, names: list[str]) -> None:
    node = group.create_dataset(name, data=np.array([text.encode() for text in names]))
    attributes = {"kind": "string", "name": _NONE, "nan_rep": _NO_TEXT}
    _mark(node, {**_ARRAY, **attributes, "transposed": np.uint8(1)})


def _write_rows(group: Any, name: str, rows: int) -> None:
    attributes = {"kind": "integer", "name": _NONE}
    if rows:
        node = group.create_dataset(name, data=np.arange(rows))
        _mark(node, {**_ARRAY, **attributes, "transposed": np.uint8(1)})
    else:
        _mark(_empty(group, name, (0,), "int64"), attributes)


def _write_numbers(group: Any, name: str, values: NDArray[np.float64]) -> None:
    """Write `values` (columns, rows)."""
    if values.shape[1]:
        node = group.create_dataset(name, data=values.T)
        _mark(node, {**_ARRAY, "transposed": np.uint8(1)})
    else:
        _empty(group, name, values.shape, "float64")


def _write_texts(group: Any, name: str, column: NDArray[Any]) -> None:
    values = np.empty((len(column), 1), object)
    for row, text in enumerate(column.tolist()):
        if not isinstance(text, str):
            raise ValueError(f"row {row} holds {text!r}, must be text")
        values[row, 0] = text
    node = group.create_dataset(name, (1,), h5py.vlen_dtype(np.uint8), maxshape=(None,))
    node[0] = np.frombuffer(pickle.dumps(values, _PROTOCOL), np.uint8)
    _mark(node, {**_PICKLES, "transposed": np.uint8(1)})


def _empty(group: Any, name: str, shape: tuple[int, ...], kind: str) -> Any:
    """Write a stand-in for an array without values, which HDF5 has not for PyTables."""
    node = group.create_dataset(name, data=np.zeros((1,) * len(shape), kind))
    _mark(
        node,
        {
            **_ARRAY,
            "shape": np.bytes_(pickle.dumps(shape, 0)),
            "value_type": kind,
            "transposed": np.uint8(0),
        },
    )
    return node


def _mark(node: Any, attributes: dict[str, Any]) -> None:
    node.attrs["TITLE"] = _NO_TEXT
    for name, value in attributes.items():
        if isinstance(value, str):
            # PyTables knows text by its being declared as UTF-8, and takes bytes for a pickle.
            kind = h5py.string_dtype("utf-8", len(value.encode()))
            node.attrs.create(name, value.encode(), dtype=kind)
        else:
            node.attrs[name] = value
