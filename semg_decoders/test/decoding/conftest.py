# SPDX-License-Identifier: Apache-2.0
"""Small models whose answers can be worked out by hand."""

from __future__ import annotations

import json
import os
from pathlib import Path

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


@pytest.fixture(scope="session")
def handwriting_weights():
    """Weights of the handwriting model's only layer, (36, 4): six means times six frames."""
    return np.random.default_rng(8).normal(size=(36, 4)).astype(np.float32)


@pytest.fixture(scope="session")
def handwriting_model(tmp_path_factory, handwriting_weights):
    """Log-softmax of a layer on the band means of the last six frames, four of them new.

    The two before are the state, and so is what the first run makes of them.
    """
    onnx = pytest.importorskip("onnx", reason="onnx is needed to make models for the tests")
    helper, floats = onnx.helper, onnx.TensorProto.FLOAT
    constant = onnx.numpy_helper.from_array
    graph = helper.make_graph(
        [
            helper.make_node("ReduceMean", ["mpf"], ["means"], axes=[3, 4], keepdims=0),
            helper.make_node("Concat", ["before", "means"], ["six"], axis=1),
            helper.make_node("Reshape", ["six", "flat"], ["row"]),
            helper.make_node("MatMul", ["row", "weights"], ["logits"]),
            helper.make_node("LogSoftmax", ["logits"], ["log_probs"], axis=2),
            helper.make_node("Slice", ["means", "from", "to", "axis"], ["before_out"]),
        ],
        "handwriting",
        [
            helper.make_tensor_value_info("mpf", floats, [1, 4, 6, CHANNELS, CHANNELS]),
            helper.make_tensor_value_info("before", floats, [1, 2, 6]),
        ],
        [
            helper.make_tensor_value_info("log_probs", floats, [1, 1, 4]),
            helper.make_tensor_value_info("before_out", floats, [1, 2, 6]),
        ],
        [
            constant(np.array([1, 1, 36], dtype=np.int64), "flat"),
            constant(handwriting_weights, "weights"),
            constant(np.array([2], dtype=np.int64), "from"),
            constant(np.array([4], dtype=np.int64), "to"),
            constant(np.array([1], dtype=np.int64), "axis"),
        ],
    )
    description = {
        "name": "writing",
        "task": "handwriting",
        "version": 1,
        "licence": "Apache-2.0",
        "description": "One layer on six frames.",
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
            "window": 160,
            "stride": 40,
            "bands": [[0, 50], [30, 100], [100, 225], [225, 375], [375, 700], [700, 1000]],
            "noise_floor": 0.0,
        },
        "frames_per_step": 1,
        "left_context": 0,
        "warm_up": 5,
        "stride": 160,
        "states": {"before": [1, 2, 6]},
        "output": {
            "tensor": "log_probs",
            "activation": "none",
            "labels": ["a", "b", "c", "<blank>"],
        },
    }
    return _model(onnx, graph, tmp_path_factory.mktemp("handwriting"), description)


@pytest.fixture(scope="session")
def text_cases():
    """Class list, and cases of text metrics, of the published system."""
    default = Path(__file__).resolve().parents[4] / "shared"
    path = Path(os.environ.get("SEMG_SHARED", default), "conformance", "metrics", "text.json")
    if not path.is_file():
        pytest.skip(f"there is no {path}; SEMG_SHARED names another folder")
    return json.loads(path.read_text(encoding="utf-8"))


def _model(onnx, graph, folder, description):
    opset = onnx.helper.make_opsetid("", 17)
    model = onnx.helper.make_model(graph, opset_imports=[opset], ir_version=8)
    return Model(write_bundle(folder, model.SerializeToString(), description))
