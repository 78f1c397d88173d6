# SPDX-License-Identifier: Apache-2.0
"""The exported graph does what the network does, step by step."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is only installed for training")

import onnx  # noqa: E402

from semg_training.export import ExportError, check_export, export_onnx  # noqa: E402
from semg_training.networks.gestures import GestureNetwork, GestureNetworkSettings  # noqa: E402
from semg_training.networks.wrist import WristNetwork, WristNetworkSettings  # noqa: E402

RNG = np.random.default_rng(1)


def gestures(seed=1):
    torch.manual_seed(seed)
    return GestureNetwork(GestureNetworkSettings(conv_channels=24, hidden=16))


def test_gestures_export_equals_torch_over_many_steps(tmp_path):
    path = tmp_path / "model.onnx"
    network = gestures()
    export_onnx(network, path, "emg", (1, 16, 31), "logits")
    steps = RNG.normal(0, 30, (200, 1, 16, 31)).astype(np.float32)
    assert check_export(network, path, steps) <= 1e-5


def test_wrist_export_equals_torch_over_many_steps(tmp_path):
    path = tmp_path / "model.onnx"
    torch.manual_seed(1)
    network = WristNetwork(WristNetworkSettings(mlp=(24,), hidden=16))
    export_onnx(network, path, "mpf", (1, 1, 6, 16, 16), "displacement")
    steps = RNG.normal(3, 3, (200, 1, 1, 6, 16, 16)).astype(np.float32)
    assert check_export(network, path, steps) <= 1e-5


def test_names_shapes_and_fused_lstm_layers(tmp_path):
    path = tmp_path / "model.onnx"
    export_onnx(gestures(), path, "emg", (1, 16, 31), "logits")
    graph = onnx.load(path).graph
    shapes = {
        value.name: [d.dim_value for d in value.type.tensor_type.shape.dim]
        for value in [*graph.input, *graph.output]
    }
    assert shapes == {
        "emg": [1, 16, 31],
        "lstm_h": [3, 1, 16],
        "lstm_c": [3, 1, 16],
        "logits": [1, 2, 9],
        "lstm_h_out": [3, 1, 16],
        "lstm_c_out": [3, 1, 16],
    }
    assert sum(node.op_type == "LSTM" for node in graph.node) == 3


def test_a_graph_of_other_weights_is_refused(tmp_path):
    path = tmp_path / "model.onnx"
    export_onnx(gestures(1), path, "emg", (1, 16, 31), "logits")
    steps = RNG.normal(0, 30, (3, 1, 16, 31)).astype(np.float32)
    with pytest.raises(ExportError, match="differs from the network by"):
        check_export(gestures(2), path, steps)
