# SPDX-License-Identifier: Apache-2.0
"""Graphs with 8-bit layers, against the same arithmetic in numpy."""

import numpy as np
import pytest

onnx = pytest.importorskip("onnx", reason="onnx is only installed for training")
import onnxruntime  # noqa: E402

from semg_training.int8.layers import Layer, large_layers, quantised  # noqa: E402

RNG = np.random.default_rng(3)
WEIGHTS = {name: RNG.normal(size=(40, 40)).astype(np.float32) for name in ("first", "second")}
SMALL = RNG.normal(size=(40, 3)).astype(np.float32)


@pytest.fixture(scope="module")
def graph():
    helper, floats = onnx.helper, onnx.TensorProto.FLOAT
    weights = {**WEIGHTS, "third": SMALL}
    names = ["x", "one", "two", "y"]
    nodes = [
        helper.make_node("MatMul", [names[i], weight], [names[i + 1]], name=f"/{weight}")
        for i, weight in enumerate(weights)
    ]
    content = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", floats, [2, 40])],
        [helper.make_tensor_value_info("y", floats, [2, 3])],
        [onnx.numpy_helper.from_array(value, name) for name, value in weights.items()],
    )
    opset = [helper.make_opsetid("", 17)]
    return helper.make_model(content, opset_imports=opset, ir_version=8).SerializeToString()


def run(graph, x):
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    return session.run(None, {"x": x})[0]


def with_8_bits(values):
    """Return what 8 bits hold of an input: one scale for all of it, and zero exactly."""
    scale = (max(values.max(), 0.0) - min(values.min(), 0.0)) / 255
    return np.round(values / scale) * scale


def with_7_bits(weights):
    """Return what 7 bits hold of weights: a scale for each output, symmetric."""
    scale = np.abs(weights).max(axis=0) / 64
    return np.round(weights / scale) * scale


def test_large_layers_are_found_with_their_size(graph):
    assert large_layers(graph, 1000) == (
        Layer("/first", "MatMul", 1600),
        Layer("/second", "MatMul", 1600),
    )
    assert len(large_layers(graph, 100)) == 3
    assert large_layers(graph, 5000) == ()


def test_without_layers_the_graph_is_the_same(graph):
    assert quantised(graph, ()) is graph


def test_only_the_chosen_layer_holds_bytes(graph):
    content = onnx.load_from_string(quantised(graph, large_layers(graph, 1000)[:1])).graph
    types = {t.name: t.data_type for t in content.initializer if len(t.dims) == 2}
    assert sorted(types.values()) == [onnx.TensorProto.FLOAT] * 2 + [onnx.TensorProto.INT8]


def test_a_layer_rounds_its_input_to_8_bits_and_its_weights_to_7(graph):
    (first, _) = large_layers(graph, 1000)
    x = RNG.normal(size=(2, 40)).astype(np.float32)
    expected = with_8_bits(x) @ with_7_bits(WEIGHTS["first"])
    expected = expected @ WEIGHTS["second"] @ SMALL
    exact = x @ WEIGHTS["first"] @ WEIGHTS["second"] @ SMALL
    got = run(quantised(graph, [first]), x)
    assert np.abs(got - expected).max() < 0.3 * np.abs(exact - expected).max()
