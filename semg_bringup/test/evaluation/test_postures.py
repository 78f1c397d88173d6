# SPDX-License-Identifier: Apache-2.0
"""Postures in a recording, decoded by a model that names the loudest channel."""

import numpy as np
import pytest

from semg_bringup.evaluation.parts import Part
from semg_bringup.evaluation.postures import evaluate_postures, held_at, report_postures
from semg_bringup.evaluation.recordings import evaluate_recordings
from semg_decoders.inference.bundle import BundleError, ModelBundle
from semg_decoders.inference.writer import write_bundle
from semg_driver.recordings.corpus import CorpusRow
from semg_driver.recordings.recording import RecordingError

LABELS = ["rest", "fist", "open"]
BEGIN = 1000.0
ASKED = (("rest", 0.0, 2.0), ("fist", 2.0, 4.0), ("open", 4.0, 6.0))


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """The logit of each posture is the mean of its channel over 20 ms."""
    onnx = pytest.importorskip("onnx", reason="onnx is needed to make models for the tests")
    helper, floats = onnx.helper, onnx.TensorProto.FLOAT
    graph = helper.make_graph(
        [
            helper.make_node("ReduceMean", ["emg"], ["level"], axes=[2], keepdims=1),
            helper.make_node("Gather", ["level", "channels"], ["some"], axis=1),
            helper.make_node("Transpose", ["some"], ["logits"], perm=[0, 2, 1]),
        ],
        "loudest",
        [helper.make_tensor_value_info("emg", floats, [1, 16, 40])],
        [helper.make_tensor_value_info("logits", floats, [1, 1, 3])],
        [onnx.numpy_helper.from_array(np.arange(3, dtype=np.int64), "channels")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    description = {
        "name": "loudest",
        "task": "discrete_gestures",
        "version": 1,
        "licence": "Apache-2.0",
        "description": "The loudest of three channels.",
        "input": {
            "kind": "emg",
            "sample_rate": 2000.0,
            "channels": 16,
            "unit": "noise_sd",
            "high_pass_hz": 40.0,
            "bandwidth": 400.0,
            "tensor": "emg",
        },
        "frames_per_step": 1,
        "left_context": 0,
        "stride": 40,
        "states": {},
        "output": {
            "tensor": "logits",
            "activation": "softmax",
            "labels": LABELS,
            "neutral": "rest",
        },
        "decoding": {"threshold": 0.5, "hysteresis": 0.2, "debounce": 0.0},
    }
    folder = tmp_path_factory.mktemp("bundles") / "loudest"
    return write_bundle(folder, model.SerializeToString(), description).folder


@pytest.fixture
def recorded(write_postures):
    """Write 6 s in which what is done follows what is asked for by `late` s."""

    def write(done=ASKED, late=0.1, asked=ASKED, **attributes):
        emg = np.zeros((12_000, 16), np.float32)
        for name, start, end in done:
            rows = slice(round(2000 * (start + late)), round(2000 * (end + late)))
            emg[rows, LABELS.index(name)] = 10.0
        return write_postures(emg, asked, **attributes)

    return write


def evaluated(path, bundle):
    return evaluate_postures(Part(path.stem, path), bundle)


def test_postures_that_are_done_a_little_late_are_all_right(bundle, recorded):
    result = evaluated(recorded(), bundle)
    assert result.score.balanced_accuracy == 1.0
    # From 0.4 s to 1.6 s of a stage, of the last one to its end.
    assert result.score.decisions == 7 + 7 + 9
    assert result.changes_per_minute == pytest.approx(20.0)
    assert result.asked_changes_per_minute == pytest.approx(20.0)


def test_of_a_row_of_a_corpus_only_that_is_scored(bundle, recorded):
    done = (("rest", 0.0, 2.0), ("open", 2.0, 6.0))
    path = recorded(done)
    row = CorpusRow(path, BEGIN + 2.0, BEGIN + 6.0, "test", "corpus, line 2")
    result = evaluate_postures(Part(path.stem, path, row), bundle)
    assert result.score.recalls == {"fist": 0.0, "open": 1.0}
    assert result.asked_changes_per_minute == pytest.approx(15.0)


def test_a_posture_that_is_taken_for_another_counts_in_its_row(bundle, recorded):
    done = (("rest", 0.0, 2.0), ("open", 2.0, 6.0))
    score = evaluated(recorded(done), bundle).score
    assert score.recalls == {"fist": 0.0, "open": 1.0, "rest": 1.0}
    assert score.balanced_accuracy == pytest.approx(2 / 3)
    assert score.counts["fist", "open"] == 7


def test_what_is_held_is_what_was_pressed_last_in_its_piece():
    decoded = {
        "event_sample": np.array([100, 300, 300, 700, 900]),
        "event_gesture": np.array(["fist", "fist", "open", "open", "fist"]),
        "event_kind": np.array(["press", "release", "press", "release", "press"]),
        "event_inferred": np.array([False, False, False, True, False]),
        "event_piece": np.array([0, 0, 0, 0, 1]),
        "sample": np.array([660, 700, 860, 900]),
        "piece": np.array([0, 0, 1, 1]),
    }
    times = np.array([0.0, 0.0499, 0.05, 0.1499, 0.15, 0.38])
    expected = ["rest", "rest", "fist", "fist", "open", "open"]
    assert held_at(decoded, 0, times, "rest") == expected
    assert held_at(decoded, 0, times[:1], "") == [None]
    assert held_at(decoded, 1, np.array([0.43, 0.46]), "rest") == ["rest", "fist"]


def test_a_posture_that_the_model_does_not_know_counts_as_wrong(bundle, recorded):
    asked = (("rest", 0.0, 2.0), ("wave", 2.0, 6.0))
    path = recorded(asked=asked)
    score = evaluated(path, bundle).score
    assert score.recalls == {"rest": 1.0, "wave": 0.0}
    report = report_postures([evaluated(path, bundle)], ModelBundle.load(bundle))
    assert report.facts["balanced_accuracy"] == 0.5
    assert report.sections[0].columns == (
        "recording",
        "balanced accuracy",
        "decisions",
        *LABELS,
        "wave",
    )


def test_a_recording_of_other_postures_is_refused(bundle, recorded):
    path = recorded(asked=(("wave", 0.0, 3.0),))
    with pytest.raises(RecordingError, match="names wave, none of which the bundle knows"):
        evaluated(path, bundle)


def test_a_bundle_of_postures_is_scored_by_balanced_accuracy(bundle, recorded, tmp_path):
    pytest.importorskip("matplotlib", reason="matplotlib is needed to draw figures")
    report = evaluate_recordings(bundle, recorded(), figures=tmp_path, progress=False, processes=1)
    assert report.facts["balanced_accuracy"] == 1.0
    assert report.facts["recordings"][0]["recall"] == {"fist": 1.0, "open": 1.0, "rest": 1.0}
    assert (tmp_path / "confusion.png").stat().st_size > 1000


def test_a_threshold_is_for_events(bundle, recorded):
    with pytest.raises(BundleError, match="'loudest': a threshold is for events"):
        evaluate_recordings(bundle, recorded(), threshold=0.4, progress=False)


def test_each_segment_begins_with_nothing_held(bundle, recorded):
    done = (("fist", 0.0, 6.0),)
    asked = (("fist", 0.0, 3.0), ("fist", 3.0, 6.0))
    path = recorded(done, 0.0, asked, segment_starts=[0, 6000])
    score = evaluated(path, bundle).score
    assert score.recalls == {"fist": 1.0}
    assert score.decisions == 2 * 14
