# SPDX-License-Identifier: Apache-2.0
"""A small model whose answers can be worked out by hand."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np
import pytest


@pytest.fixture(scope="session")
def counting_onnx() -> bytes:
    """Output k of a step: mean of the EMG's new samples + steps since the start + k."""
    onnx = pytest.importorskip("onnx", reason="onnx is needed to make models for the tests")
    helper, floats = onnx.helper, onnx.TensorProto.FLOAT
    graph = helper.make_graph(
        [
            helper.make_node("ReduceMean", ["emg"], ["mean"], axes=[1, 2], keepdims=1),
            helper.make_node("Add", ["mean", "offsets"], ["shifted"]),
            helper.make_node("Add", ["shifted", "count"], ["answer"]),
            helper.make_node("Add", ["count", "one"], ["count_out"]),
        ],
        "counting",
        [
            helper.make_tensor_value_info("emg", floats, [1, 4, 30]),
            helper.make_tensor_value_info("count", floats, [1, 1, 1]),
        ],
        [
            helper.make_tensor_value_info("answer", floats, [1, 2, 3]),
            helper.make_tensor_value_info("count_out", floats, [1, 1, 1]),
        ],
        [
            onnx.numpy_helper.from_array(
                np.arange(6, dtype=np.float32).reshape(1, 2, 3), "offsets"
            ),
            onnx.numpy_helper.from_array(np.ones((1, 1, 1), dtype=np.float32), "one"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return model.SerializeToString()


DESCRIPTION: dict[str, Any] = {
    "name": "counting",
    "task": "discrete_gestures",
    "version": 3,
    "licence": "Apache-2.0",
    "description": "Counts its steps.",
    "trained_on": {"people": [1, 2]},
    "metrics": {"f1": 0.5},
    "input": {
        "kind": "emg",
        "sample_rate": 2000.0,
        "channels": 4,
        "unit": "noise_sd",
        "high_pass_hz": 40.0,
        "bandwidth": 400.0,
        "tensor": "emg",
    },
    "frames_per_step": 2,
    "left_context": 10,
    "stride": 10,
    "states": {"count": [1, 1, 1]},
    "output": {"tensor": "answer", "activation": "none", "labels": ["a", "b", "c"]},
    "decoding": {"threshold": 0.5},
}

MPF_DESCRIPTION: dict[str, Any] = {
    **DESCRIPTION,
    "task": "wrist",
    "input": {**DESCRIPTION["input"], "kind": "mpf", "tensor": "mpf"},
    "mpf": {"window": 200, "stride": 40, "bands": [[0, 50], [30, 100]], "noise_floor": 2.0},
    "left_context": 0,
    "frames_per_step": 1,
    "stride": 40,
}


@pytest.fixture
def description() -> dict[str, Any]:
    return deepcopy(DESCRIPTION)


@pytest.fixture
def mpf_description() -> dict[str, Any]:
    return deepcopy(MPF_DESCRIPTION)
