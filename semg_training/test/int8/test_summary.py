# SPDX-License-Identifier: Apache-2.0
"""Every outcome of a conversion is told in words."""

import pytest

pytest.importorskip("onnx", reason="onnx is only installed for training")

from semg_training.int8.conversion import Int8Report
from semg_training.int8.layers import Layer
from semg_training.int8.summary import lines

FIRST, SECOND = Layer("/lstm/LSTM", "LSTM", 10**6), Layer("/lstm/LSTM_1", "LSTM", 10**6)


def report(layers=(), kept=(), after=0.1):
    return Int8Report(
        {"CLER": 0.005, "misses/min": 0.5}, layers, kept,
        {"CLER": 0.1, "misses/min": 2.0}, {"CLER": after, "misses/min": 2.1},
        {"simulated people": 0.0123}, 8_000_000, 2_000_000,
    )  # fmt: skip


def test_changes_of_metrics_and_outputs_are_told():
    said = "\n".join(lines(report((FIRST, SECOND), after=0.103)))
    assert "8 bits in /lstm/LSTM, /lstm/LSTM_1: 8.0 MB became 2.0 MB" in said
    assert "CLER: 0.1000 in float32, 0.1030 with 8 bits (+0.0030)" in said
    assert "largest change of any output on simulated people: 0.012" in said
    assert "stays in float32" not in said


def test_layers_that_stayed_are_named():
    assert "in float32 all the same, as 8 bits did harm there: /lstm/LSTM_1" in "\n".join(
        lines(report((FIRST,), (SECOND,)))
    )


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (report(), "no layer is large enough"),
        (
            report(kept=(FIRST,)),
            "CLER by more than 0.005 or misses/min by more than 0.5 on",
        ),
        (
            report((FIRST,), after=0.2),
            "0.005 and misses/min by more than 0.5 is too much",
        ),
    ],
)
def test_why_a_bundle_stays_in_float32_is_told(outcome, reason):
    last = lines(outcome)[-1]
    assert reason in last
    assert last.endswith("the bundle stays in float32")
