# SPDX-License-Identifier: Apache-2.0
"""Tables that pandas stored in HDF5 in its fixed format, read without pandas or PyTables.

Text columns are pickles inside the file. Unpickling can run any code, so these are read by an
unpickler that knows nothing but stand-ins for the one array type that may occur.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


class TableError(Exception):
    """A table cannot be read. The message says what is wrong with it."""


@dataclass(frozen=True)
class Table:
    """A table by columns.

    Attributes
    ----------
    columns : dict of str to ndarray, shape (rows,)
        Numbers, or objects that are str.
    """

    columns: dict[str, NDArray[Any]]

    def __len__(self) -> int:
        return min((len(column) for column in self.columns.values()), default=0)

    def __contains__(self, name: str) -> bool:
        return name in self.columns

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.columns[name]

    def rows(self) -> Iterator[dict[str, Any]]:
        """Go through the rows, each by column name."""
        for i in range(len(self)):
            yield {name: column[i] for name, column in self.columns.items()}


def read_table(group: Any) -> Table:
    """Read a pandas frame from its HDF5 group.

    Raises
    ------
    TableError
        If it is not such a table, or its text holds anything but text.
    """
    try:
        kind = _text(group.attrs.get("pandas_type", ""))
        if kind != "frame":
            raise TableError(f"pandas_type is '{kind}', must be 'frame'")
        names = [_text(name) for name in group["axis0"][()]]
        found: dict[str, NDArray[Any]] = {}
        for block in range(int(group.attrs["nblocks"])):
            items = [_text(name) for name in group[f"block{block}_items"][()]]
            values = _block_values(group[f"block{block}_values"], len(items))
            if values.ndim == 1:
                values = values[:, np.newaxis]
            if values.ndim != 2 or values.shape[1] != len(items):
                raise TableError(
                    f"block {block} has {values.shape}, but names {len(items)} columns"
                )
            found.update({name: values[:, i] for i, name in enumerate(items)})
        table = Table({name: found[name] for name in names})
        lengths = sorted({len(column) for column in table.columns.values()})
        if len(lengths) > 1:
            raise TableError(f"columns have {lengths[0]} to {lengths[-1]} rows, must be alike")
        return table
    except TableError:
        raise
    except Exception as error:  # a damaged table can fail anywhere in h5py
        reason = " ".join(str(error).split())
        raise TableError(f"not a complete table: {reason}") from None


def _block_values(node: Any, columns: int) -> NDArray[Any]:
    if "shape" in node.attrs:  # how pandas marks an empty block, as a pickle of (columns, 0)
        return np.empty((0, columns))
    if "PSEUDOATOM" in node.attrs:
        values = unpickle_text(np.asarray(node[0], np.uint8).tobytes())
    else:
        values = np.asarray(node[()])
        if values.dtype.kind == "S":
            values = np.char.decode(values, "utf-8").astype(object)
    if values.ndim == 2 and not int(node.attrs.get("transposed", 0)):
        values = values.T
    return values


def _text(value: Any) -> str:
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


def unpickle_text(data: bytes) -> NDArray[Any]:
    """Read a pickled array of text without trusting the pickle.

    Returns
    -------
    ndarray of object
        Of str, in the pickled shape; missing values (None, NaN) are empty.

    Raises
    ------
    TableError
        If the pickle asks for anything else than an array of text; it is not executed.
    """
    try:
        array = _TextUnpickler(io.BytesIO(data)).load()
    except TableError:
        raise
    except Exception as error:  # a damaged pickle can raise nearly anything
        raise TableError(f"damaged pickle: {type(error).__name__}: {error}") from None
    if not isinstance(array, _Array):
        raise TableError(f"holds a pickled {type(array).__name__}, must be an array of text")
    return array.values()


class _Array:
    """Stands in for numpy.ndarray while unpickling: it takes the state and does nothing."""

    def __init__(self) -> None:
        self.state: Any = None

    def __setstate__(self, state: Any) -> None:
        self.state = state

    def values(self) -> NDArray[Any]:
        match self.state:
            case (_, tuple() as shape, _Dtype(), _, list() as items):
                pass
            case _:
                raise TableError("holds a pickled array that is not of text")
        if not all(isinstance(size, int) and size >= 0 for size in shape):
            raise TableError(f"holds a pickled array of shape {shape}")
        array = np.empty(len(items), object)
        for i, item in enumerate(items):
            missing = item is None or (isinstance(item, float) and np.isnan(item))
            if not (missing or isinstance(item, str)):
                raise TableError(f"holds a pickled {type(item).__name__}, must be text")
            if isinstance(item, str) and any("\ud800" <= one <= "\udfff" for one in item):
                raise TableError(f"holds {item!r}, which is no Unicode text")
            array[i] = "" if missing else item
        try:
            return array.reshape(shape)
        except ValueError:
            raise TableError(f"holds {len(items)} pickled texts, but says shape {shape}") from None


class _Dtype:
    """Stands in for numpy.dtype while unpickling."""

    def __init__(self, code: Any = None, *_: Any) -> None:
        if code not in ("O", "O4", "O8", "|O"):
            raise TableError(f"holds a pickled array of type {code!r}, must be of text")

    def __setstate__(self, state: Any) -> None:
        pass


def _reconstruct(*_: Any) -> _Array:
    return _Array()


def _encode(text: Any, encoding: Any = "latin1") -> bytes:
    # How bytes are written by pickle protocols below 3.
    if not isinstance(text, str) or encoding != "latin1":
        raise TableError("holds a pickled call of _codecs.encode that is not for bytes")
    return text.encode("latin1")


_STAND_INS: Mapping[tuple[str, str], Any] = {
    ("numpy.core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy._core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _Dtype,
    ("_codecs", "encode"): _encode,
}


class _TextUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _STAND_INS:
            raise TableError(f"holds a pickle that asks for {module}.{name}, which is refused")
        return _STAND_INS[module, name]

    def persistent_load(self, pid: Any) -> Any:
        raise TableError("holds a pickle with outside references, which is refused")
