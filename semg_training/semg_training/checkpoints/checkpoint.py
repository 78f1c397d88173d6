# SPDX-License-Identifier: Apache-2.0
"""A checkpoint's tensors, and what it says of the network that they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semg_training.checkpoints.archive import CheckpointArchive
from semg_training.checkpoints.refusal import CheckpointRefused, shown
from semg_training.checkpoints.stand_ins import StandIn
from semg_training.checkpoints.stored_tensor import StoredTensor
from semg_training.checkpoints.unpickler import unpickle

PREFIX = "network."


@dataclass(frozen=True)
class Checkpoint:
    """What is read of a checkpoint.

    Attributes
    ----------
    archive : CheckpointArchive
        Where the tensors' values are; it has to be open while they are read.
    tensors : mapping of str to StoredTensor
        Those of the network, by their names without `PREFIX`.
    attributes : mapping of str to object
        Numbers, texts, tuples and tensors that the stored network object held, by their place in
        it, such as ``conv_layer.stride``. Empty if none was stored.
    """

    archive: CheckpointArchive
    tensors: Mapping[str, StoredTensor]
    attributes: Mapping[str, object]

    @property
    def path(self) -> Path:
        """The file."""
        return self.archive.path

    def shape(self, name: str, dimensions: int) -> tuple[int, ...]:
        """Return the shape of a tensor that has to be there.

        Raises
        ------
        CheckpointRefused
            If it is missing or has another number of dimensions.
        """
        if name not in self.tensors:
            raise CheckpointRefused(f"{self.path}: tensor {PREFIX}{name} is missing")
        shape = self.tensors[name].shape
        if len(shape) != dimensions or 0 in shape:
            raise CheckpointRefused(
                f"{self.path}: tensor {PREFIX}{name} has shape {list(shape)}, must have "
                f"{dimensions} dimensions, none of them 0"
            )
        return shape

    def values(self, name: str) -> NDArray[np.generic]:
        """Return the values of a tensor."""
        return self.tensors[name].read(self.archive)

    def count(self, before: str, after: str) -> int:
        """Return how many of ``before0after``, ``before1after``, … there are without a gap."""
        found = 0
        while f"{before}{found}{after}" in self.tensors:
            found += 1
        return found


def read_checkpoint(archive: CheckpointArchive) -> Checkpoint:
    """Read a checkpoint's pickle.

    Raises
    ------
    CheckpointRefused
        If it is refused, or holds no tensors of a network under ``state_dict``.
    """
    content = unpickle(archive)
    state = content.get("state_dict") if isinstance(content, dict) else None
    if not isinstance(state, dict):
        raise CheckpointRefused(f"{archive.path}: holds no state_dict; must be a checkpoint")
    tensors = {}
    for name, tensor in state.items():
        if not isinstance(name, str) or not name.startswith(PREFIX):
            continue
        if not isinstance(tensor, StoredTensor):
            raise CheckpointRefused(f"{archive.path}: state_dict: {shown(name)} is no tensor")
        tensors[name.removeprefix(PREFIX)] = tensor
    if not tensors:
        raise CheckpointRefused(
            f"{archive.path}: state_dict has no tensor whose name begins with {PREFIX}"
        )
    settings = content.get("hyper_parameters")
    if isinstance(settings, StandIn):
        settings = settings.items
    network = settings.get("network") if isinstance(settings, dict) else None
    return Checkpoint(archive, tensors, stored_attributes(network))


def stored_attributes(network: object) -> dict[str, object]:
    """Return the plain values in a stored module and the modules inside of it.

    Parameters
    ----------
    network : object
        A stand-in whose state is that of a torch module; anything else has no attributes.
    """
    found: dict[str, object] = {}
    waiting: list[tuple[str, object]] = [("", network)]
    seen: set[int] = set()
    while waiting:
        place, module = waiting.pop()
        # A hostile file can let modules hold each other.
        if not isinstance(module, StandIn) or id(module) in seen:
            continue
        seen.add(id(module))
        if not isinstance(module.state, dict):
            continue
        for name, value in module.state.items():
            if name == "_modules" and isinstance(value, dict):
                waiting += [(f"{place}{inner}.", child) for inner, child in value.items()]
            elif isinstance(name, str) and not name.startswith("_"):
                plain = _plain(value)
                if plain is not None:
                    found[place + name] = plain
    return found


def _plain(value: object, depth: int = 2) -> object:
    """Return lists as tuples, and None for what is not plain."""
    if isinstance(value, (int, float, str, slice, StoredTensor)):
        return value
    if isinstance(value, (tuple, list)) and depth and len(value) <= 256:
        inner = tuple(_plain(one, depth - 1) for one in value)
        return None if None in inner else inner
    return None
