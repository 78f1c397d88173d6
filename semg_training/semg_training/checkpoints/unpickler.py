# SPDX-License-Identifier: Apache-2.0
"""Reads the pickle of a checkpoint: tensors, plain containers and stand-ins, nothing else.

A pickle is a program, whose only way to the outside are the names it asks for. All that it can
get here by a name either is in this package or is one of Python's plain containers.
"""

from __future__ import annotations

import io
import pickle
import pickletools
from collections.abc import Callable
from typing import Any, NoReturn

from semg_training.checkpoints.archive import CheckpointArchive
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
    build_storage,
    build_tensor,
)

_CONTAINERS: dict[str, type] = {
    "builtins.set": set,
    "builtins.frozenset": frozenset,
    "builtins.slice": slice,
    "builtins.list": list,
    "builtins.tuple": tuple,
    "builtins.dict": dict,
    "collections.OrderedDict": AttributedMapping,
}
_REFUSED_OPCODES = {"EXT1", "EXT2", "EXT4", "NEXT_BUFFER", "READONLY_BUFFER", "BYTEARRAY8"}
_MEMO_OPCODES = {"PUT", "BINPUT", "LONG_BINPUT"}


def unpickle(archive: CheckpointArchive) -> Any:
    """Return what the pickle of a checkpoint holds.

    Raises
    ------
    CheckpointRefused
        If it names anything that no checkpoint needs, or is not well formed.
    """
    content = archive.pickle()
    try:
        _check_opcodes(content)
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
        if full in _CONTAINERS:
            return _CONTAINERS[full]
        if module in ("torch", "torch.storage") and name in ITEM_TYPES:
            return name
        if full == "torch._utils._rebuild_tensor_v2":
            return _Function(build_tensor)
        if full == "torch._utils._rebuild_parameter":
            return _Function(lambda tensor, *_: tensor)
        if not may_be_named(full):
            raise CheckpointRefused(
                f"{self._archive.path}: the pickle asks for '{shown(full)}', which no checkpoint "
                f"needs; nothing of it was run"
            )
        made: type[StandIn] = stand_in_for(module, name)
        return made


def _check_opcodes(content: bytes) -> None:
    """Refuse what could take memory out of proportion, before anything is built.

    Lengths beyond the end are found here too.
    """
    for count, (opcode, argument, _) in enumerate(pickletools.genops(content)):
        if opcode.name in _REFUSED_OPCODES:
            raise pickle.UnpicklingError(f"has an opcode {opcode.name}")
        if opcode.name in _MEMO_OPCODES and not 0 <= int(argument or 0) <= count:
            raise pickle.UnpicklingError(f"numbers an object {argument} after {count} opcodes")
