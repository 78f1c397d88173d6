# SPDX-License-Identifier: Apache-2.0
"""A tensor as a checkpoint describes it; its bytes stay in the archive until they are wanted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pickle import UnpicklingError
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from semg_training.checkpoints.archive import CheckpointArchive

ITEM_TYPES = {
    "DoubleStorage": "f8",
    "FloatStorage": "f4",
    "HalfStorage": "f2",
    "BFloat16Storage": "u2",
    "LongStorage": "i8",
    "IntStorage": "i4",
    "ShortStorage": "i2",
    "CharStorage": "i1",
    "ByteStorage": "u1",
    "BoolStorage": "u1",
}
"""numpy's name for the items of each of torch's storages, without byte order."""


@dataclass(frozen=True)
class Storage:
    """One storage of a checkpoint.

    Attributes
    ----------
    kind : str
        One of `ITEM_TYPES`.
    key : str
        Its entry in the archive.
    items : int
        How many it holds.
    """

    kind: str
    key: str
    items: int

    def __setstate__(self, state: object) -> NoReturn:
        """Refuse to be changed by a pickle."""
        raise UnpicklingError("a storage is changed after it was made")


@dataclass(frozen=True)
class StoredTensor:
    """A view of a storage, which it does not leave.

    Attributes
    ----------
    storage : Storage
        Where the values are.
    offset : int
        Item that the tensor begins with.
    shape, strides : tuple of int
        Strides in items.
    """

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def __setstate__(self, state: object) -> NoReturn:
        """Refuse to be changed by a pickle."""
        raise UnpicklingError("a tensor is changed after it was made")

    def read(self, archive: CheckpointArchive) -> NDArray[np.generic]:
        """Return the values; bfloat16 as float32.

        Raises
        ------
        CheckpointRefused
            If the archive is damaged there.
        """
        items = np.dtype(archive.byte_order + ITEM_TYPES[self.storage.kind])
        content = np.frombuffer(archive.storage(self.storage.key), items)
        view = np.lib.stride_tricks.as_strided(
            content[self.offset :],
            self.shape,
            [stride * items.itemsize for stride in self.strides],
            writeable=False,
        )
        values: NDArray[np.generic] = view.astype(items.newbyteorder("="))
        if self.storage.kind == "BFloat16Storage":
            # bfloat16 is the upper half of float32.
            return (values.astype(np.uint32) << 16).view(np.float32)
        return values


def build_tensor(
    storage: object, offset: object, shape: object, strides: object, *_: object
) -> StoredTensor:
    """Make a tensor from what a pickle gives to torch's ``_rebuild_tensor_v2``.

    Raises
    ------
    UnpicklingError
        If it is not the description of a tensor, leaves its storage, or holds more values.
    """
    if not (
        isinstance(storage, Storage) and _is_count(offset) and _counts(shape) and _counts(strides)
    ):
        raise UnpicklingError("a tensor is described by something else than numbers")
    assert isinstance(offset, int)
    tensor = StoredTensor(storage, offset, _tuple(shape), _tuple(strides))
    if len(tensor.shape) != len(tensor.strides):
        raise UnpicklingError(f"a tensor of shape {tensor.shape} has strides {tensor.strides}")
    values = math.prod(tensor.shape)
    last = offset + sum((s - 1) * d for s, d in zip(tensor.shape, tensor.strides, strict=True))
    if (values and (values > storage.items or last >= storage.items)) or offset > storage.items:
        raise UnpicklingError(
            f"a tensor of shape {tensor.shape}, strides {tensor.strides} and offset {offset} does "
            f"not fit into its storage of {storage.items} items"
        )
    return tensor


def build_storage(identity: object, archive: CheckpointArchive) -> Storage:
    """Make a storage from a persistent identity, ``("storage", kind, key, device, items)``.

    Raises
    ------
    UnpicklingError
        If it is something else, or the archive holds another number of bytes.
    """
    if not (
        isinstance(identity, tuple)
        and len(identity) == 5
        and identity[0] == "storage"
        and isinstance(identity[1], str)
        and identity[1] in ITEM_TYPES
        and isinstance(identity[2], str)
        and _is_count(identity[4])
    ):
        raise UnpicklingError("a persistent object is no storage of numbers")
    storage = Storage(identity[1], identity[2], identity[4])
    wanted = storage.items * np.dtype(ITEM_TYPES[storage.kind]).itemsize
    found = archive.storage_size(storage.key)
    if wanted != found:
        raise UnpicklingError(
            f"storage '{storage.key}' has {found} bytes, but {storage.items} items of "
            f"{storage.kind} are {wanted}"
        )
    return storage


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**48


def _counts(values: object) -> bool:
    return isinstance(values, (tuple, list)) and len(values) <= 16 and all(map(_is_count, values))


def _tuple(values: object) -> tuple[int, ...]:
    assert isinstance(values, Sequence)
    return tuple(values)
