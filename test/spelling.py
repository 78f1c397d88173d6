# SPDX-License-Identifier: Apache-2.0
"""A handwriting model that always writes the same, whatever the EMG."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from semg_decoders.decoding.characters import BLANK, CHARACTERS
from semg_decoders.inference.writer import write_bundle

WARM_UP = 11
"""Frames before the first emission's; the runs, of eight frames, begin with four zero ones."""


def spelling_bundle(folder: Path, text: str) -> str:
    """Write a bundle that spells `text`, a character and a blank in turn; return its folder."""
    onnx = pytest.importorskip("onnx", reason="onnx is needed to make models for the tests")
    labels = [*CHARACTERS, BLANK]
    # The first run is silent; after the text there is nothing but blanks.
    spelt = [BLANK, *(label for character in text for label in (character, BLANK))]
    table = np.full((len(spelt), len(labels)), np.log(1e-4), np.float32)
    table[np.arange(len(spelt)), [labels.index(label) for label in spelt]] = np.log(0.99)
    helper, floats = onnx.helper, onnx.TensorProto.FLOAT
    constant = onnx.numpy_helper.from_array
    graph = helper.make_graph(
        [
            helper.make_node("Min", ["count", "last"], ["place"]),
            helper.make_node("Cast", ["place"], ["row"], to=onnx.TensorProto.INT64),
            helper.make_node("Gather", ["table", "row"], ["picked"], axis=0),
            helper.make_node("Unsqueeze", ["picked", "first_axis"], ["log_probs"]),
            helper.make_node("Add", ["count", "one"], ["count_out"]),
        ],
        "spelling",
        [
            helper.make_tensor_value_info("mpf", floats, [1, 8, 6, 16, 16]),
            helper.make_tensor_value_info("count", floats, [1]),
        ],
        [
            helper.make_tensor_value_info("log_probs", floats, [1, 1, len(labels)]),
            helper.make_tensor_value_info("count_out", floats, [1]),
        ],
        [
            constant(np.array([len(spelt) - 1], np.float32), "last"),
            constant(table, "table"),
            constant(np.zeros(1, np.int64), "first_axis"),
            constant(np.ones(1, np.float32), "one"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    bands = [[0, 50], [30, 100], [100, 225], [225, 375], [375, 700], [700, 1000]]
    description = {
        "name": "spelling",
        "task": "handwriting",
        "version": 1,
        "licence": "Apache-2.0",
        "description": "Always writes the same.",
        "input": {
            "kind": "mpf",
            "sample_rate": 2000.0,
            "channels": 16,
            "unit": "noise_sd",
            "high_pass_hz": 40.0,
            "bandwidth": 400.0,
            "tensor": "mpf",
        },
        "mpf": {"window": 160, "stride": 40, "bands": bands, "noise_floor": 0.0},
        "frames_per_step": 1,
        "left_context": 0,
        "warm_up": WARM_UP,
        "stride": 320,
        "states": {"count": [1]},
        "output": {"tensor": "log_probs", "activation": "none", "labels": labels},
    }
    write_bundle(folder, model.SerializeToString(), description)
    return str(folder)
