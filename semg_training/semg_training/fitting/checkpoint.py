# SPDX-License-Identifier: Apache-2.0
"""Checkpoints of our own trainings: nothing in them is run when they are read."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

IDENTITY = "identity"
_PREFIX = "network."


class CheckpointError(RuntimeError):
    """A checkpoint cannot be continued. One line says which, and what would help."""


def read_checkpoint(path: Path, identity: Mapping[str, Any]) -> dict[str, Any]:
    """Read a checkpoint of a training.

    Parameters
    ----------
    path : Path
        The file.
    identity : mapping
        Which training it has to be of.

    Raises
    ------
    CheckpointError
        If it is damaged, or of another training.
    """
    checkpoint = _read(path)
    found = checkpoint.get(IDENTITY)
    if not isinstance(found, dict):
        raise CheckpointError(f"{path}: not a checkpoint of semg train; --restart replaces it")
    if found != dict(identity):
        names = [name for name in {**found, **identity} if found.get(name) != identity.get(name)]
        first = names[0]
        raise CheckpointError(
            f"{path}: is of a training with other {', '.join(names)} ({first}: "
            f"{found.get(first)!r} there, {identity.get(first)!r} here); ask for the same, or "
            f"say --restart, or name another --log-dir"
        )
    return checkpoint


def weights(path: Path) -> dict[str, Tensor]:
    """Return the weights of the network in a checkpoint.

    Raises
    ------
    CheckpointError
        If it is damaged.
    """
    state = _read(path).get("state_dict")
    if not isinstance(state, dict):
        raise CheckpointError(f"{path}: holds no weights; --restart replaces it")
    return {name.removeprefix(_PREFIX): tensor for name, tensor in state.items()}


def _read(path: Path) -> dict[str, Any]:
    try:
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise CheckpointError(f"{path}: there is no such file; --restart begins anew") from None
    except (OSError, RuntimeError, EOFError, ValueError, pickle.UnpicklingError) as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise CheckpointError(f"{path}: cannot be read ({said}); --restart begins anew") from None
    if not isinstance(checkpoint, dict):
        raise CheckpointError(f"{path}: not a checkpoint of semg train; --restart replaces it")
    return checkpoint
