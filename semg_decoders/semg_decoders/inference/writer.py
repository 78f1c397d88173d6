# SPDX-License-Identifier: Apache-2.0
"""Writes a model bundle."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import yaml

from semg_decoders.inference.bundle import FORMAT, MODEL_FILE, ModelBundle
from semg_decoders.inference.lookup import DESCRIPTION_FILE
from semg_decoders.inference.session import Model, StreamingSession


def write_bundle(
    folder: str | Path, onnx_bytes: bytes, description: Mapping[str, Any]
) -> ModelBundle:
    """Write ``model.onnx`` and ``bundle.yaml``, then load and run them as a decoder would.

    Parameters
    ----------
    folder : str or Path
        Made if it is not there; files in it are overwritten.
    onnx_bytes : bytes
        The graph.
    description : mapping
        Content of ``bundle.yaml``; ``format`` and ``sha256`` are added.

    Returns
    -------
    ModelBundle
        As loaded.

    Raises
    ------
    BundleError
        If the bundle does not load. The files stay, for a look at them.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    content = {
        "format": FORMAT,
        **{
            key: _plain(value)
            for key, value in description.items()
            if key not in ("format", "sha256")
        },
        "sha256": hashlib.sha256(onnx_bytes).hexdigest(),
    }
    (folder / MODEL_FILE).write_bytes(onnx_bytes)
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100)
    (folder / DESCRIPTION_FILE).write_text(text, encoding="utf-8")
    bundle = ModelBundle.load(folder)
    StreamingSession(Model(bundle)).warm_up()
    return bundle


def replace_bundle(
    folder: str | Path, onnx_bytes: bytes, description: Mapping[str, Any]
) -> ModelBundle:
    """Write a bundle beside its place, and put it there when it is whole and runs.

    Parameters, returned value and errors are those of `write_bundle`; after an error `folder` is
    as it was.
    """
    folder = Path(folder)
    with TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as beside:
        made = Path(beside) / "bundle"
        write_bundle(made, onnx_bytes, description)
        folder.mkdir(exist_ok=True)
        for file in (MODEL_FILE, DESCRIPTION_FILE):
            os.replace(made / file, folder / file)
    return ModelBundle.load(folder)


def _plain(value: Any) -> Any:
    """Return what YAML can hold: tuples as lists, numpy's scalars and arrays as Python's."""
    if isinstance(value, (np.generic, np.ndarray)):
        return value.tolist()
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return value
