# SPDX-License-Identifier: Apache-2.0
import hashlib

import numpy as np

from semg_decoders.inference.writer import write_bundle


def test_what_is_written_reads_the_same(tmp_path, counting_onnx, description):
    bundle = write_bundle(tmp_path / "new" / "counting", counting_onnx, description)
    assert bundle.sha256 == hashlib.sha256(counting_onnx).hexdigest()
    assert bundle.description == description["description"]
    assert dict(bundle.trained_on) == description["trained_on"]


def test_numpy_values_and_tuples_can_be_described(tmp_path, counting_onnx, description):
    description["metrics"] = {"f1": np.float64(0.25), "table": np.eye(2), "pair": (1, 2)}
    description["states"] = {"count": (1, 1, 1)}
    bundle = write_bundle(tmp_path, counting_onnx, description)
    assert dict(bundle.metrics) == {"f1": 0.25, "table": [[1.0, 0.0], [0.0, 1.0]], "pair": [1, 2]}
