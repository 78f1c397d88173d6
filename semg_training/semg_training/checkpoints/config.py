# SPDX-License-Identifier: Apache-2.0
"""The ``model_config.yaml`` beside a checkpoint."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from semg_decoders.inference.bundle import TASKS
from semg_node.strict_yaml import YamlError, read_yaml
from semg_training.checkpoints.refusal import CheckpointRefused, shown

NETWORK = "lightning_module.network"
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
        try:
            content = read_yaml(path).plain()
        except YamlError as error:
            raise CheckpointRefused(str(error)) from None
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
