# SPDX-License-Identifier: Apache-2.0
"""Layers of an ONNX graph, and the same graph with some of them in 8-bit integers."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
from onnxruntime.quantization import QuantType, quantize_dynamic

FEWEST_WEIGHTS = 100_000
"""A smaller layer spends more on finding the scale of its input than it saves on its weights."""

_KINDS = ("Conv", "Gemm", "LSTM", "MatMul")


@dataclass(frozen=True)
class Layer:
    """A layer that is large enough for 8 bits.

    Attributes
    ----------
    name : str
        Of its node in the graph.
    kind : str
        ONNX operator.
    weights : int
        How many numbers it holds.
    """

    name: str
    kind: str
    weights: int


def large_layers(graph: bytes, fewest: int = FEWEST_WEIGHTS) -> tuple[Layer, ...]:
    """Return the layers with at least `fewest` weights, in the order of the graph.

    Parameters
    ----------
    graph : bytes
        Content of an ONNX file.
    fewest : int
        Weights.
    """
    content = onnx.load_from_string(graph).graph
    sizes = {tensor.name: int(np.prod(tensor.dims)) for tensor in content.initializer}
    found = []
    for node in content.node:
        weights = sum(sizes.get(name, 0) for name in node.input)
        if node.op_type in _KINDS and weights >= fewest:
            found.append(Layer(node.name, node.op_type, weights))
    return tuple(found)


def quantised(graph: bytes, layers: Collection[Layer]) -> bytes:
    """Return a graph whose `layers` hold 8-bit weights, scaled dynamically.

    The weights have a scale for each output, and use 7 of the 8 bits: processors without VNNI
    add two products of a byte of input and a weight in 16 bits, which saturate beyond that.

    The scale of a layer's input is found anew at every run: the result depends on what else is
    in the run, so that every run has to see the same number of frames.

    Parameters
    ----------
    graph : bytes
        Content of an ONNX file.
    layers : collection of Layer
        From `large_layers`. With none the graph is returned as it is.
    """
    if not layers:
        return graph
    with TemporaryDirectory() as folder, _quiet():
        path = Path(folder) / "int8.onnx"
        quantize_dynamic(
            onnx.load_from_string(graph),
            path,
            op_types_to_quantize=sorted({layer.kind for layer in layers}),
            nodes_to_quantize=[layer.name for layer in layers],
            weight_type=QuantType.QInt8,
            reduce_range=True,
            per_channel=True,
        )
        return path.read_bytes()


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep back advice on the optimisation of graphs of other kinds."""
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.ERROR)
    try:
        yield
    finally:
        root.setLevel(before)
