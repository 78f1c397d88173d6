# SPDX-License-Identifier: Apache-2.0
"""The ``model_config.yaml`` beside a checkpoint."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from yaml.composer import ComposerError
from yaml.constructor import ConstructorError

from semg_decoders.inference.bundle import TASKS
from semg_training.checkpoints.refusal import CheckpointRefused, shown

NETWORK = "lightning_module.network"
_LARGEST = 2**20
_LONGEST_INTEGER = 20
_REFERENCE = re.compile(r"\$\{([\w.]+)\}")
_LONGEST_CHAIN = 16


@dataclass(frozen=True)
class ModelConfig:
    """What is read of a configuration.

    Attributes
    ----------
    path : Path
        The file.
    task : str
        One of `TASKS`.
    content : mapping
        Everything, as it is written.
    """

    path: Path
    task: str
    content: Mapping[Any, Any]

    @classmethod
    def load(cls, path: Path) -> ModelConfig:
        """Read a configuration; nothing in it is run.

        Raises
        ------
        CheckpointRefused
            If it cannot be read, is no plain YAML, or is for a task that is not known.
        """
        content = _read(path)
        if not isinstance(content, Mapping):
            raise CheckpointRefused(f"{path}: must be a mapping of names to values")
        if "task" not in content:
            raise CheckpointRefused(f"{path}: task is missing")
        task = content["task"]
        if task not in TASKS:
            known = ", ".join(TASKS)
            raise CheckpointRefused(f"{path}: task: '{shown(task)}', must be one of {known}")
        return cls(path, task, content)

    def of_network(self, name: str) -> object:
        """Return what is said of the network, or None if nothing is.

        Parameters
        ----------
        name : str
            Below `NETWORK`, such as ``encoder.kernel_size``.

        Raises
        ------
        CheckpointRefused
            If the value refers to others that are not there, or in a circle.
        """
        value = self._at(f"{NETWORK}.{name}")
        for _ in range(_LONGEST_CHAIN):
            if not isinstance(value, str) or "${" not in value:
                return value
            match = _REFERENCE.fullmatch(value.strip())
            target = self._at(match[1]) if match else None
            if target is None:
                raise CheckpointRefused(
                    f"{self.path}: {NETWORK}.{name}: '{shown(value)}' refers to nothing in the file"
                )
            value = target
        raise CheckpointRefused(f"{self.path}: {NETWORK}.{name} refers to itself")

    def _at(self, place: str) -> object:
        value: object = self.content
        for key in place.split("."):
            if not isinstance(value, Mapping) or key not in value:
                return None
            value = value[key]
        return value


class _Loader(yaml.SafeLoader):
    """Reads plain values, without what a few lines could use to stand for no end of them."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        # Aliases of aliases double at every line, and may hold themselves.
        if self.check_event(yaml.AliasEvent):
            event = self.get_event()  # type: ignore[no-untyped-call]
            said = f"found alias '*{event.anchor}', must be written out"
            raise ComposerError(None, None, said, event.start_mark)
        return super().compose_node(parent, index)

    def construct_yaml_int(self, node: yaml.ScalarNode) -> int:
        if len(node.value) > _LONGEST_INTEGER:
            raise ConstructorError(
                None, None, "found an integer of no sensible size", node.start_mark
            )
        return super().construct_yaml_int(node)


_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.construct_yaml_int)


def _read(path: Path) -> object:
    try:
        size = path.stat().st_size
        if size > _LARGEST:
            raise CheckpointRefused(f"{path}: {size} bytes, must be at most {_LARGEST}")
        return yaml.load(path.read_bytes().decode("utf-8"), _Loader)
    except FileNotFoundError:
        raise CheckpointRefused(f"{path}: no such file") from None
    except OSError as error:
        raise CheckpointRefused(f"{path}: cannot be read: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        if isinstance(error, CheckpointRefused):
            raise
        raise CheckpointRefused(f"{path}: not valid YAML: {shown(error)}") from None
