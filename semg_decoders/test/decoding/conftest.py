# SPDX-License-Identifier: Apache-2.0
"""Small models whose answers can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from semg_decoders.inference.session import Model
from semg_decoders.inference.writer import write_bundle

CHANNELS = 4
LABELS = ("index_press", "index_release", "thumb_click")


@pytest.fixture(scope="session")
def kernel():
    """Weights of the gesture model's only layer, (labels, channels, 21)."""
    return np.random.default_rng(7).normal(size=(3, CHANNELS, 21)).astype(np.float32) / 10


@pytest.fixture(scope="session")
def gesture_model(tmp_path_factory, kernel):
    """Logits: a convolution, stride 10, kernel 21, plus a tenth of the steps since the start."""
    onnx = pytest.importorskip("onnx", reason="onnx is needed to make models for the tests")
    helper, floats = onnx.helper, onnx.TensorProto.FLOAT
    graph = helper.make_graph(
        [
            helper.make_node("Conv", ["emg", "kernel"], ["convolved"], strides=[10]),
            helper.make_node("Transpose", ["convolved"], ["turned"], perm=[0, 2, 1]),
            helper.make_node("Add", ["turned", "count"], ["logits"]),
            helper.make_node("Add", ["count", "tenth"], ["count_out"]),
        ],
        "gestures",
        [
            helper.make_tensor_value_info("emg", floats, [1, CHANNELS, 31]),
            helper.make_tensor_value_info("count", floats, [1, 1, 1]),
        ],
        [
            helper.make_tensor_value_info("logits", floats, [1, 2, 3]),
            helper.make_tensor_value_info("count_out", floats, [1, 1, 1]),
        ],
        [
            onnx.numpy_helper.from_array(kernel, "kernel"),
            onnx.numpy_helper.from_array(np.full((1, 1, 1), 0.1, dtype=np.float32), "tenth"),
        ],
    )
    description = {
        "name": "convolving",
        "task": "discrete_gestures",
        "version": 1,
        "licence": "Apache-2.0",
        "description": "One convolution and a counter.",
        "input": {
            "kind": "emg",
            "sample_rate": 2000.0,
            "channels": CHANNELS,
            "unit": "noise_sd",
            "high_pass_hz": 40.0,
            "bandwidth": 400.0,
            "tensor": "emg",
        },
        "frames_per_step": 2,
        "left_context": 11,
        "stride": 10,
        "states": {"count": [1, 1, 1]},
        "output": {"tensor": "logits", "activation": "sigmoid", "labels": list(LABELS)},
    }
    return _model(onnx, graph, tmp_path_factory.mktemp("gestures"), description)


@pytest.fixture(scope="session")
def wrist_model(tmp_path_factory):
    """Displacement: the frame's mean over everything, plus the mean of the frame before."""
    onnx = pytest.importorskip("onnx", reason="onnx is needed to make models for the tests")
    helper, floats = onnx.helper, onnx.TensorProto.FLOAT
    graph = helper.make_graph(
        [
            helper.make_node("ReduceMean", ["mpf"], ["mean"], axes=[2, 3, 4], keepdims=0),
            helper.make_node("Unsqueeze", ["mean", "last_axis"], ["before_out"]),
            helper.make_node("Add", ["before_out", "before"], ["displacement"]),
        ],
        "wrist",
        [
            helper.make_tensor_value_info("mpf", floats, [1, 1, 6, CHANNELS, CHANNELS]),
            helper.make_tensor_value_info("before", floats, [1, 1, 1]),
        ],
        [
            helper.make_tensor_value_info("displacement", floats, [1, 1, 1]),
            helper.make_tensor_value_info("before_out", floats, [1, 1, 1]),
        ],
        [onnx.numpy_helper.from_array(np.array([2], dtype=np.int64), "last_axis")],
    )
    description = {
        "name": "averaging",
        "task": "wrist",
        "version": 1,
        "licence": "Apache-2.0",
        "description": "Means of two frames.",
        "input": {
            "kind": "mpf",
            "sample_rate": 2000.0,
            "channels": CHANNELS,
            "unit": "noise_sd",
            "high_pass_hz": 40.0,
            "bandwidth": 400.0,
            "tensor": "mpf",
        },
        "mpf": {
            "window": 200,
            "stride": 40,
            "bands": [[0, 50], [30, 100], [100, 225], [225, 375], [375, 700], [700, 1000]],
            "noise_floor": 5.0,
        },
        "frames_per_step": 1,
        "left_context": 0,
        "stride": 40,
        "states": {"before": [1, 1, 1]},
        "output": {"tensor": "displacement", "activation": "none", "labels": ["displacement"]},
    }
    return _model(onnx, graph, tmp_path_factory.mktemp("wrist"), description)


def _model(onnx, graph, folder, description):
    opset = onnx.helper.make_opsetid("", 17)
    model = onnx.helper.make_model(graph, opset_imports=[opset], ir_version=8)
    return Model(write_bundle(folder, model.SerializeToString(), description))
