# SPDX-License-Identifier: Apache-2.0
"""A network's sizes, from the three places that can say them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from semg_training.checkpoints.checkpoint import Checkpoint
from semg_training.checkpoints.config import NETWORK, ModelConfig
from semg_training.checkpoints.refusal import CheckpointRefused, shown

_LARGEST = 2**20


@dataclass(frozen=True)
class Sources:
    """The configuration and the checkpoint, asked for the same thing.

    The configuration and the network object stored in the checkpoint have to agree. What neither
    of them says follows from the shapes of the tensors, or is taken as published. Tensors that do
    not fit to what was said are found when they are loaded.

    Attributes
    ----------
    checkpoint, config
        The files.
    assumed : dict of str to object
        What no file said and was taken as published.
    """

    checkpoint: Checkpoint
    config: ModelConfig
    assumed: dict[str, object] = field(default_factory=dict)

    def integer(
        self,
        name: str,
        *,
        stored: str = "",
        config: str = "",
        tensors: int | None = None,
        published: int | None = None,
        least: int = 1,
        most: int = _LARGEST,
    ) -> int:
        """Return a size.

        Parameters
        ----------
        name : str
            What it is, for messages.
        stored : str
            Attribute of the stored network.
        config : str
            Name below ``lightning_module.network``.
        tensors : int, optional
            What the shapes of the tensors say.
        published : int, optional
            Taken if nothing else says it.
        least, most : int
            Range that is allowed.

        Raises
        ------
        CheckpointRefused
            If the files contradict each other, say no integer in the range, or nothing at all.
        """
        values = self.integers(
            name,
            stored=(stored,) if stored else (),
            config=config,
            tensors=None if tensors is None else (tensors,),
            published=None if published is None else (published,),
            least=least,
            most=most,
        )
        if len(values) != 1:
            raise self._refused(name, values, "a single integer")
        if name in self.assumed:
            self.assumed[name] = values[0]
        return values[0]

    def integers(
        self,
        name: str,
        *,
        stored: tuple[str, ...] = (),
        config: str = "",
        tensors: tuple[int, ...] | None = None,
        published: tuple[int, ...] | None = None,
        least: int = 1,
        most: int = _LARGEST,
    ) -> tuple[int, ...]:
        """Return a list of sizes; parameters and errors as for `integer`.

        Parameters
        ----------
        stored : tuple of str
            Attributes that hold one each, or one that holds all.
        """
        attributes = self.checkpoint.attributes
        in_object: object = None
        if stored and all(attribute in attributes for attribute in stored):
            inner = [attributes[attribute] for attribute in stored]
            in_object = inner[0] if len(inner) == 1 else tuple(map(_single, inner))
        in_config = self.config.of_network(config) if config else None
        if in_object is not None and in_config is not None:
            ours, theirs = _tuple(in_object), _tuple(in_config)
            if ours != theirs:
                raise CheckpointRefused(
                    f"{self.config.path}: {NETWORK}.{config}: {shown(in_config)}, but the network "
                    f"in {self.checkpoint.path.name} has {shown(in_object)}"
                )
        said = in_config if in_config is not None else in_object
        if said is None:
            said = tensors
        if said is None and published is not None:
            said = self.assumed[name] = published
        if said is None:
            raise CheckpointRefused(f"{self.config.path}: {NETWORK}.{config} is missing")
        values = [
            v
            for v in _tuple(said)
            if isinstance(v, int) and not isinstance(v, bool) and least <= v <= most
        ]
        if not values or len(values) != len(_tuple(said)):
            raise self._refused(name, said, f"integers from {least} to {most}")
        return tuple(values)

    def number(self, name: str, stored: str, published: float) -> float:
        """Return a positive number that only the stored network can say."""
        value = self.checkpoint.attributes.get(stored)
        if value is None:
            self.assumed[name] = value = published
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self._refused(name, value, "a number")
        if not (math.isfinite(value) and value > 0):
            raise self._refused(name, value, "a number above 0")
        return float(value)

    def require(self, wanted: Mapping[str, object]) -> None:
        """Refuse a stored network with an attribute that the networks here cannot have.

        Parameters
        ----------
        wanted : mapping of str to object
            Attributes, and the only value they may have if they are there.
        """
        for attribute, value in wanted.items():
            found = self.checkpoint.attributes.get(attribute, value)
            if _tuple(found) != _tuple(value):
                raise self._refused(attribute, found, str(value))

    def require_config(self, wanted: Mapping[str, object]) -> None:
        """Do the same for what the configuration says of the network."""
        for name, value in wanted.items():
            found = self.config.of_network(name)
            if found is not None and _tuple(found) != _tuple(value):
                raise CheckpointRefused(
                    f"{self.config.path}: {NETWORK}.{name}: {shown(found)}, must be {value}"
                )

    def _refused(self, name: str, found: object, wanted: str) -> CheckpointRefused:
        return CheckpointRefused(
            f"{self.checkpoint.path}: {name}: {shown(found)}, must be {wanted}"
        )


def _single(value: object) -> object:
    return value[0] if isinstance(value, (tuple, list)) and len(value) == 1 else value


def _tuple(value: object) -> tuple[object, ...]:
    """Return lists as tuples, all the way down, and anything else as the only one of a tuple."""
    if isinstance(value, (tuple, list)):
        return tuple(_tuple(one) if isinstance(one, (tuple, list)) else one for one in value)
    return (value,)
