# SPDX-License-Identifier: Apache-2.0
"""The torch network of a bundle, with the weights that lie in its ONNX graph."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, numpy_helper
from torch import nn

from semg_decoders.inference.bundle import ModelBundle
from semg_training.export import ExportError, check_export, export_onnx
from semg_training.recipes.fields import to_settings
from semg_training.recipes.refusal import RecipeError
from semg_training.refusal import TrainingRefused
from semg_training.tasks.kinds import KINDS, Kind

TASK_NAMES = {"discrete_gestures": "gestures"}
"""What training calls the tasks of bundles, where the names differ."""
_MOST_WEIGHTS = 2**24
"""Whole numbers up to here are exact in float32."""
_CHECKED_STEPS = 40
_TOLERANCE = 1e-4
_INTEGERS = (TensorProto.INT8, TensorProto.UINT8, TensorProto.INT4, TensorProto.UINT4)


@dataclass(frozen=True)
class BundleNetwork:
    """What can be trained further.

    Attributes
    ----------
    task : str
        As training calls it.
    kind : Kind
        Of training.
    network : nn.Module
        Answers as the graph of the bundle does.
    """

    task: str
    kind: Kind
    network: nn.Module


def network_of(bundle: ModelBundle) -> BundleNetwork:
    """Make the network that a bundle was exported from.

    A network of the same sizes is exported with its weights numbered; where a number comes to
    lie in that graph, the weight lies in the graph of the bundle. Weights that have no place in
    the graph have no part in its answers, and are 0.

    Parameters
    ----------
    bundle : ModelBundle
        Trained or imported, with weights in float32.

    Raises
    ------
    TrainingRefused
        If its weights have 8 bits, it does not say which network it holds, or its graph is of
        another make.
    BundleError
        If the graph cannot be read.
    """
    graph = _graph(bundle)
    if any(tensor.data_type in _INTEGERS for tensor in graph.initializer):
        raise TrainingRefused(
            f"bundle '{bundle.name}': its weights have 8 bits, which cannot be trained further; "
            f"give the float32 bundle that it was made from"
        )
    task = TASK_NAMES.get(bundle.task, bundle.task)
    kind = KINDS[task]
    network = kind.network(_settings(bundle, kind))
    _fill(network, graph, bundle)
    try:
        check_export(
            network,  # type: ignore[arg-type]
            bundle.model_path,
            noise_steps(bundle, _CHECKED_STEPS),
            _TOLERANCE,
        )
    except (ExportError, RuntimeError, ValueError, IndexError, KeyError) as error:
        raise _of_another_make(bundle, str(error).splitlines()[0]) from None
    return BundleNetwork(task, kind, network)


def noise_steps(bundle: ModelBundle, steps: int) -> NDArray[np.float32]:
    """Return random inputs of consecutive steps, shape (steps, *input shape), as loud as usual."""
    mean, deviation = (0.0, 30.0) if bundle.mpf is None else (3.0, 3.0)
    rng = np.random.default_rng(0)
    return rng.normal(mean, deviation, (steps, *bundle.input_shape)).astype(np.float32)


def _graph(bundle: ModelBundle) -> onnx.GraphProto:
    return onnx.load_from_string(bundle.onnx_bytes()).graph


def _settings(bundle: ModelBundle, kind: Kind) -> Any:
    """Return the sizes that the bundle names."""
    origin, where = bundle.trained_on, str(bundle.description_path)
    recipe = origin.get("recipe")
    inside = isinstance(recipe, Mapping) and "network" in recipe
    prefix = "trained_on.recipe.network." if inside else "trained_on.network."
    values = recipe["network"] if inside and isinstance(recipe, Mapping) else origin.get("network")
    if not isinstance(values, Mapping):
        raise TrainingRefused(
            f"{where}: trained_on: no 'network' with the sizes of the network, without which it "
            f"cannot be trained further"
        )
    values = dict(values)
    if isinstance(values.get("mlp"), int):
        values["mlp"] = [values["mlp"]]
    try:
        return to_settings(kind.network_settings, values, where, prefix)
    except RecipeError as error:
        raise TrainingRefused(str(error)) from None


def _fill(network: nn.Module, graph: onnx.GraphProto, bundle: ModelBundle) -> None:
    """Give a network the weights that lie in a graph."""
    numbered = _numbered_graph(network, bundle)
    count = sum(weights.numel() for weights in network.parameters())
    found = np.zeros(count, np.float32)
    try:
        pairs = list(zip(_constants(numbered), _constants(graph), strict=True))
    except ValueError:
        raise _of_another_make(bundle, "it has other layers") from None
    for ours, theirs in pairs:
        if ours.dtype != np.float32 or not _is_numbered(ours, count):
            continue
        if ours.shape != theirs.shape or theirs.dtype != np.float32:
            raise _of_another_make(
                bundle, f"weights of shape {theirs.shape}, must be {ours.shape} in float32"
            )
        found[-ours.astype(np.int64).ravel() - 1] = theirs.ravel()
    nn.utils.vector_to_parameters(torch.from_numpy(found), network.parameters())


def _numbered_graph(network: nn.Module, bundle: ModelBundle) -> onnx.GraphProto:
    """Export a network whose weights are -1, -2, …: constants of a graph are not below 0."""
    count = sum(weights.numel() for weights in network.parameters())
    if count > _MOST_WEIGHTS:
        raise TrainingRefused(
            f"bundle '{bundle.name}': {count} weights, must be at most {_MOST_WEIGHTS}"
        )
    numbers = -1 - torch.arange(count, dtype=torch.float32)
    nn.utils.vector_to_parameters(numbers, network.parameters())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        names = (bundle.input.tensor, bundle.input_shape, bundle.output.tensor)
        try:
            export_onnx(network, path, *names)  # type: ignore[arg-type]
        except (RuntimeError, ValueError, IndexError) as error:
            raise _of_another_make(bundle, str(error).splitlines()[0]) from None
        return onnx.load(path).graph


def _is_numbered(values: NDArray[np.float32], count: int) -> bool:
    return bool(
        values.size
        and (values <= -1).all()
        and (values >= -count).all()
        and (values == np.rint(values)).all()
    )


def _constants(graph: onnx.GraphProto) -> Iterator[NDArray[Any]]:
    """Give what the nodes of a graph compute with, in their order.

    Equal tensors may be one in the graph, so that it is the places of use that are the same in
    two graphs of the same make.
    """
    tensors = {tensor.name: tensor for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Identity" and node.input[0] in tensors:
            tensors[node.output[0]] = tensors[node.input[0]]
            continue
        for name in node.input:
            if name in tensors:
                yield numpy_helper.to_array(tensors[name])


def _of_another_make(bundle: ModelBundle, why: str) -> TrainingRefused:
    return TrainingRefused(
        f"{bundle.model_path}: not a graph that semg train or semg import-checkpoint writes for "
        f"such a network: {why}"
    )
