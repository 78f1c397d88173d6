# SPDX-License-Identifier: Apache-2.0
"""What 8 bits change is weighed against what they may change."""

import math

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is only installed for training")
pytest.importorskip("onnx", reason="onnx is only installed for training")

from semg_decoders.inference.bundle import ModelBundle
from semg_decoders.inference.lookup import find_bundle
from semg_training.int8.metrics import harm, metrics
from semg_training.int8.trial import SCRIPTS, Answer

BEFORE = {"CLER": 0.002, "misses/min": 3.0}
LIMITS = {"CLER": 0.005, "misses/min": 0.5}


def test_harm_is_the_largest_share_of_a_limit():
    assert harm(BEFORE, {"CLER": 0.003, "misses/min": 3.25}, LIMITS) == pytest.approx(0.5)


def test_missing_every_gesture_is_harm_though_none_is_mistaken():
    assert harm(BEFORE, {"CLER": 0.0, "misses/min": 30.0}, LIMITS) > 1


def test_what_cannot_be_measured_is_harm():
    assert harm({"CLER": math.nan}, {"CLER": math.nan}, {"CLER": 0.005}) == math.inf


def test_nothing_is_said_of_8_bits_where_float32_writes_nothing():
    bundle = ModelBundle.load(find_bundle("handwriting"))
    classes = len(bundle.output.labels)
    silent, written = np.full((4, classes), -9.0), np.full((4, classes), -9.0)
    silent[:, -1] = 0.0
    written[:, 1] = 0.0
    silence, text = (Answer(np.arange(4), one) for one in (silent, written))
    (unlike,) = metrics(bundle, [], [text], [silence]).values()
    assert math.isnan(unlike)
    assert metrics(bundle, [], [silence], [text]) == {"text unlike float32's, %": 100.0}
    assert SCRIPTS["handwriting"] == "handwriting"
