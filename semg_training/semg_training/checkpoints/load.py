# SPDX-License-Identifier: Apache-2.0
"""Puts the tensors of a checkpoint into a network, each into its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import numpy as np
import torch
from torch import nn

from semg_training.checkpoints.checkpoint import PREFIX, Checkpoint
from semg_training.checkpoints.refusal import CheckpointRefused, shown

Network = TypeVar("Network", bound=nn.Module)
Places = Mapping[str, tuple[str, ...]]
"""For each tensor of a checkpoint the parameters of the network that it holds, one below the
other."""


def load_network(
    build: Callable[[], Network],
    checkpoint: Checkpoint,
    ignored: Callable[[str], bool],
    places: Places | None = None,
) -> Network:
    """Build a network and load its weights.

    Nothing is allocated before every shape is known to fit.

    Parameters
    ----------
    build : callable
        Makes the network with any weights.
    checkpoint : Checkpoint
        Where the weights are; its archive is open.
    ignored : callable
        Tells whether a tensor follows from the sizes and is not loaded.
    places : Places, optional
        Where each tensor belongs; by default to the parameter of its name.

    Returns
    -------
    nn.Module
        In evaluation mode.

    Raises
    ------
    CheckpointRefused
        If a tensor is missing, unexpected, of another shape, or holds what is no number.
    """
    with torch.device("meta"):
        shapes = {name: tuple(value.shape) for name, value in build().state_dict().items()}
    if places is None:
        places = {name: (name,) for name in shapes}
    wanted = {
        name: (sum(shapes[part][0] for part in parts), *shapes[parts[0]][1:])
        for name, parts in places.items()
    }
    _compare(checkpoint, wanted, ignored)
    network = build()
    state: dict[str, torch.Tensor] = {}
    for name, parts in places.items():
        rows = [shapes[part][0] for part in parts]
        values = torch.split(_values(checkpoint, name), rows)
        state.update(zip(parts, values, strict=True))
    network.load_state_dict(state)
    network.eval()
    return network


def _compare(
    checkpoint: Checkpoint, wanted: Mapping[str, tuple[int, ...]], ignored: Callable[[str], bool]
) -> None:
    found = {name: t.shape for name, t in checkpoint.tensors.items() if not ignored(name)}
    problems = [
        f"tensor {PREFIX}{name} is missing, must have shape {list(shape)}"
        for name, shape in wanted.items()
        if name not in found
    ]
    problems += [
        f"tensor {PREFIX}{name} has shape {list(found[name])}, must be {list(shape)}"
        for name, shape in wanted.items()
        if name in found and found[name] != shape
    ]
    problems += [
        f"tensor {PREFIX}{shown(name)}, of shape {list(shape)}, is unexpected"
        for name, shape in found.items()
        if name not in wanted
    ]
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise CheckpointRefused(f"{checkpoint.path}: {problems[0]}{more}")


def _values(checkpoint: Checkpoint, name: str) -> torch.Tensor:
    values = checkpoint.values(name).astype(np.float32)
    if not np.isfinite(values).all():
        raise CheckpointRefused(f"{checkpoint.path}: tensor {PREFIX}{name} holds what is no number")
    return torch.from_numpy(values)
