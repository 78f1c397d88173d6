# SPDX-License-Identifier: Apache-2.0
"""Published checkpoints, imported and evaluated, give the numbers of the published pipeline."""

import json

import numpy as np
import pytest

from semg_bringup.evaluation.recordings import evaluate_recordings


@pytest.fixture
def evaluated(conformance, imported):
    """Evaluate a task's checkpoint on the recordings of the task."""

    def evaluated(task, **options):
        return evaluate_recordings(
            imported(task).bundle.folder,
            conformance / "datasets",
            processes=1,
            progress=False,
            **options,
        ).facts

    return evaluated


@pytest.fixture(scope="module")
def published(conformance):
    path = conformance / "datasets" / "reference_results.json"
    return json.loads(path.read_text("utf-8"))


def test_wrist_errors_are_the_published_ones(evaluated, published):
    partitions = evaluated("wrist")["partitions"]
    known = published["wrist"]
    assert [[part["start"], part["end"]] for part in partitions] == known["partitions"]
    errors = [part["error_deg_per_s"] for part in partitions]
    assert errors == pytest.approx(known["mae_deg_per_s"], rel=0, abs=1e-3)


def test_gesture_errors_are_the_published_ones(evaluated, published):
    known = published["discrete_gestures"]
    facts = evaluated("discrete_gestures", threshold=known["threshold"])
    (recording,) = facts["recordings"]
    assert recording["frames"] == known["frames"]
    assert recording["cler"] == facts["mean_cler"] == pytest.approx(known["cler"], rel=0, abs=1e-9)
    probabilities = list(recording["mean_probability"].values())
    assert np.allclose(probabilities, known["mean_probability"], rtol=0, atol=1e-4)


def test_written_text_is_the_published_one(evaluated, published):
    known = published["handwriting"]
    facts = evaluated("handwriting")
    (recording,) = facts["recordings"]
    for ours, theirs in zip(recording["prompts"], known["prompts"], strict=True):
        for name in ("prompt", "target", "samples", "emissions", "text"):
            assert ours[name] == theirs[name]
    for rate in ("CER", "IER", "DER", "SER"):
        assert facts[rate.lower()] == pytest.approx(known[rate], rel=0, abs=1e-9)
