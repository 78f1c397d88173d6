# SPDX-License-Identifier: Apache-2.0
"""Reads the pickle of a checkpoint: tensors, plain containers and stand-ins, nothing else.

A pickle is a program, whose only way to the outside are the names it asks for. All that it can
get here by a name is in this package.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from semg_training.checkpoints.archive import CheckpointArchive
from semg_training.checkpoints.pickle_check import check_pickle
from semg_training.checkpoints.refusal import CheckpointRefused, shown
from semg_training.checkpoints.stand_ins import (
    AttributedMapping,
    StandIn,
    may_be_named,
    stand_in_for,
)
from semg_training.checkpoints.stored_tensor import (
    ITEM_TYPES,
    Storage,
    StoredTensor,
    build_storage,
    build_tensor,
)


def unpickle(archive: CheckpointArchive) -> Any:
    """Return what the pickle of a checkpoint holds.

    Raises
    ------
    CheckpointRefused
        If it names anything that no checkpoint needs, or is not well formed.
    """
    content = archive.pickle()
    try:
        check_pickle(content)
        return _Unpickler(content, archive).load()
    except CheckpointRefused:
        raise
    except Exception as error:  # a damaged pickle can raise any: it is a program
        raise CheckpointRefused(
            f"{archive.path}: the pickle is damaged or no checkpoint: {shown(error)}"
        ) from None


class _Function:
    """What a pickle gets for a function: it can be called, and not be changed."""

    __slots__ = ("_function",)

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function

    def __call__(self, *arguments: object) -> Any:
        return self._function(*arguments)

    def __setstate__(self, state: object) -> NoReturn:
        raise pickle.UnpicklingError("a function is given a state")


def _parameter(tensor: object, *_: object) -> StoredTensor:
    if not isinstance(tensor, StoredTensor):
        raise pickle.UnpicklingError("a parameter is no tensor")
    return tensor


def _set(items: Iterable[object] = ()) -> set[object]:
    return set(_without_tuples(items))


def _frozenset(items: Iterable[object] = ()) -> frozenset[object]:
    return frozenset(_without_tuples(items))


def _slice(*ends: object) -> slice:
    if not all(end is None or isinstance(end, int) for end in ends):
        raise pickle.UnpicklingError("a slice is one of something else than integers")
    return slice(*ends)


def _without_tuples(items: Iterable[object]) -> list[object]:
    """Return what can be hashed; see `check_pickle`."""
    found = list(items)
    if any(isinstance(item, tuple) for item in found):
        raise pickle.UnpicklingError("has a tuple inside a set")
    return found


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "builtins.set": _set,
    "builtins.frozenset": _frozenset,
    "builtins.slice": _slice,
    "torch._utils._rebuild_tensor_v2": build_tensor,
    "torch._utils._rebuild_parameter": _parameter,
}


class _Unpickler(pickle.Unpickler):
    def __init__(self, content: bytes, archive: CheckpointArchive) -> None:
        super().__init__(io.BytesIO(content))
        self._archive = archive
        self._found: dict[str, object] = {}

    def find_class(self, module: str, name: str) -> Any:
        # Python 2's name of it, which protocol 2 uses.
        module = "builtins" if module == "__builtin__" else module
        full = f"{module}.{name}"
        if full not in self._found:
            self._found[full] = self._made(module, name)
        return self._found[full]

    def persistent_load(self, identity: object) -> Storage:
        return build_storage(identity, self._archive)

    def _made(self, module: str, name: str) -> object:
        full = f"{module}.{name}"
        if full == "collections.OrderedDict":
            return AttributedMapping
        if full in _FUNCTIONS:
            return _Function(_FUNCTIONS[full])
        if module in ("torch", "torch.storage") and name in ITEM_TYPES:
            return name
        if not may_be_named(full):
            raise CheckpointRefused(
                f"{self._archive.path}: the pickle asks for '{shown(full)}', which no checkpoint "
                f"needs; nothing of it was run"
            )
        made: type[StandIn] = stand_in_for(module, name)
        return made
