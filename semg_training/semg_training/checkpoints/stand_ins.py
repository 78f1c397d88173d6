# SPDX-License-Identifier: Apache-2.0
"""What a pickle gets in place of the classes it names, and which names it may say at all."""

from __future__ import annotations

import re
from typing import Any

_CLASS = re.compile(r"_*[A-Z]\w*(\._*[A-Z]\w*)*")
_PACKAGES = frozenset(
    [
        *("generic_neuromotor_interface", "torch", "torchmetrics", "hydra", "omegaconf"),
        *("pytorch_lightning", "lightning", "lightning_fabric", "numpy", "pathlib", "typing"),
    ]
)
_FURTHER = frozenset(
    [
        *("builtins.bool", "builtins.bytes", "builtins.complex", "builtins.float"),
        *("builtins.int", "builtins.object", "builtins.str", "builtins.bytearray"),
        *("builtins.dict", "builtins.list", "builtins.tuple"),
        # hydra leaves these among the hyper-parameters; numpy's scalars and protocol 2's bytes.
        *("collections.defaultdict", "collections.Counter", "collections.deque"),
        *("functools.partial", "_codecs.encode", "datetime.timedelta"),
        *("numpy.dtype", "numpy.ndarray", "torch.device"),
        *("numpy.core.multiarray.scalar", "numpy.core.multiarray._reconstruct"),
        *("numpy._core.multiarray.scalar", "numpy._core.multiarray._reconstruct"),
    ]
)
_TORCH_DTYPE = re.compile(r"torch\.(b?float|u?int|bool|complex)\d*")
_TORCH_REBUILD = re.compile(r"torch\._utils\._rebuild_\w+")


class StandIn:
    """Takes the place of an object of a class that is not loaded: keeps what it is given.

    Attributes
    ----------
    arguments : tuple
        What it was made with.
    state : object
        What a pickle restored; None if nothing.
    items : dict
        What was put into it as into a mapping.
    """

    __slots__ = ("arguments", "items", "state")

    arguments: tuple[Any, ...]
    state: Any
    items: dict[Any, Any]

    def __new__(cls, *arguments: object, **named: object) -> StandIn:
        """Make one, whatever it is made with."""
        made = object.__new__(cls)
        made.arguments = arguments
        made.state = None
        made.items = {}
        return made

    def __init__(self, *arguments: object, **named: object) -> None:
        """Do nothing."""

    def __setstate__(self, state: object) -> None:
        self.state = state

    def __setitem__(self, key: object, value: object) -> None:
        self.items[key] = value

    def append(self, item: object) -> None:
        """Do nothing."""

    def extend(self, items: object) -> None:
        """Do nothing."""

    def add(self, item: object) -> None:
        """Do nothing."""


class AttributedMapping(dict[Any, Any]):
    """An OrderedDict without its attributes, of which torch sets some."""

    __slots__ = ()

    def __init__(self) -> None:
        """Make one that is empty: what is in it comes item by item."""

    def __setstate__(self, state: object) -> None:
        """Do nothing."""


def may_be_named(name: str) -> bool:
    """Tell whether a checkpoint may name this class, to get a stand-in for it.

    Only classes of the packages that a checkpoint of the published networks is made with, and a
    few that are known to be among its hyper-parameters. A stand-in for any other name would be as
    harmless; but who names ``os.system`` has no checkpoint to import, and that is worth knowing.

    Parameters
    ----------
    name : str
        With its module, such as ``torch.nn.modules.linear.Linear``.
    """
    package, _, rest = name.partition(".")
    if name in _FURTHER or _TORCH_DTYPE.fullmatch(name) or _TORCH_REBUILD.fullmatch(name):
        return True
    path = re.fullmatch(r"((?:[a-z_]\w*\.)*)(.+)", rest)
    return package in _PACKAGES and path is not None and _CLASS.fullmatch(path[2]) is not None


def stand_in_for(module: str, name: str) -> type[StandIn]:
    """Return a class whose objects are stand-ins, called as the one that it replaces."""
    return type(name, (StandIn,), {"__slots__": (), "__module__": module})
