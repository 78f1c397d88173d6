# SPDX-License-Identifier: Apache-2.0
"""What a pickle could do to memory and time, found before any of it is run."""

from __future__ import annotations

import pickle
import pickletools

_REFUSED_OPCODES = {"EXT1", "EXT2", "EXT4", "NEXT_BUFFER", "READONLY_BUFFER", "BYTEARRAY8", "LONG4"}
_PUT = {"PUT", "BINPUT", "LONG_BINPUT"}
_GET = {"GET", "BINGET", "LONG_BINGET"}
_TUPLES = {"EMPTY_TUPLE", "TUPLE", "TUPLE1", "TUPLE2", "TUPLE3"}
_KEYS = {"SETITEM": 2, "SETITEMS": 2, "DICT": 2, "ADDITEMS": 1, "FROZENSET": 1}
"""Opcodes that take keys, and how many values of the stack there are for each."""


def check_pickle(content: bytes) -> None:
    """Refuse what could take memory or time out of proportion.

    Lengths beyond the end are found here too. A tuple is no key that a checkpoint needs, and one
    that holds tuples which hold tuples can take for ever, or the whole stack, to be hashed.

    Raises
    ------
    UnpicklingError
        If there is something of the kind.
    Exception
        Of any other type, if the pickle is damaged.
    """
    stack = _Stack()
    for count, (opcode, argument, _) in enumerate(pickletools.genops(content)):
        if opcode.name in _REFUSED_OPCODES:
            raise pickle.UnpicklingError(f"has an opcode {opcode.name}")
        if opcode.name in _PUT and not 0 <= int(argument or 0) <= count:
            raise pickle.UnpicklingError(f"numbers an object {argument} after {count} opcodes")
        stack.step(opcode, argument)


class _Stack:
    """Follows which values on the stack of a pickle are tuples."""

    def __init__(self) -> None:
        self._is_tuple: list[bool] = []
        self._marks: list[int] = []
        self._memo: dict[int, bool] = {}

    def step(self, opcode: pickletools.OpcodeInfo, argument: object) -> None:
        name = opcode.name
        if name in _PUT:
            self._memo[int(str(argument))] = self._top()
        elif name == "MEMOIZE":
            self._memo[len(self._memo)] = self._top()
        elif name in _GET:
            self._is_tuple.append(self._memo[int(str(argument))])
        elif name == "DUP":
            self._is_tuple.append(self._top())
        elif name == "MARK":
            self._marks.append(len(self._is_tuple))
        elif name == "POP" and self._marks and self._marks[-1] == len(self._is_tuple):
            self._marks.pop()
        else:
            above = self._take(opcode)
            if name in _KEYS and any(above[:: _KEYS[name]]):
                raise pickle.UnpicklingError("has a tuple as a key")
            self._is_tuple += [name in _TUPLES] * len(opcode.stack_after)

    def _take(self, opcode: pickletools.OpcodeInfo) -> list[bool]:
        """Take what an opcode works on; return that without what it is put into."""
        before = opcode.stack_before
        if pickletools.markobject in before:
            mark = self._marks.pop()
            first = mark - before.index(pickletools.markobject)
        else:
            first = len(self._is_tuple) - len(before)
            mark = first + (opcode.name == "SETITEM")
        if first < (self._marks[-1] if self._marks else 0):
            raise pickle.UnpicklingError(f"has too little on the stack for {opcode.name}")
        above = self._is_tuple[mark:]
        del self._is_tuple[first:]
        return above

    def _top(self) -> bool:
        if len(self._is_tuple) == (self._marks[-1] if self._marks else 0):
            raise pickle.UnpicklingError("has nothing on the stack to keep")
        return self._is_tuple[-1]
