# SPDX-License-Identifier: Apache-2.0
import json

import h5py
import numpy as np
import pytest


@pytest.fixture
def facts(semg_here):
    def run(path):
        done = semg_here("info", path, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.fixture
def recording(write_hdf5):
    emg = np.random.default_rng(3).normal(0, [2.0, 3.0, 1.0, 1.0], (9000, 4)) + 1000.0
    emg[:, 2] = 7.0
    emg[5000:5010, 3] = np.nan
    return write_hdf5(emg, segment_starts=[0, 4000], rate=1000.0), emg


def test_segments_and_duration_of_a_recording(facts, recording):
    path, _ = recording
    told = facts(path)
    assert (told["samples"], told["breaks"], told["gaps"]) == (9000, 1, 0)
    assert told["duration_s"] == pytest.approx(9.0)
    assert [segment["first_sample"] for segment in told["segments"]] == [0, 4000]
    assert told["device"]["sample_rate"] == 1000.0


def test_level_and_faults_of_each_channel(facts, recording):
    path, emg = recording
    told = facts(path)["channels"]
    for c in (0, 1):
        values = emg[:, c].astype(np.float32).astype(float)
        assert told[c]["rms"] == pytest.approx(values.std(), rel=1e-6)
        assert told[c]["offset"] == pytest.approx(values.mean(), rel=1e-9)
        assert told[c]["faults"] == ""
    assert (told[2]["faults"], told[2]["suspect_share"]) == ("flat", 1.0)
    assert told[3]["faults"] == "non-finite"
    assert 0 < told[3]["suspect_share"] < 1


def test_plain_text_is_aligned_and_names_faults(semg_here, recording):
    text = semg_here("info", recording[0]).stdout
    assert "\x1b" not in text
    assert "flat in 100.0 % of the time" in text
    assert "true breaks  1" in text


def test_labels_of_a_released_recording_are_counted(facts, shared):
    labels = facts(shared / "data/flexemg/flexemg_s001_1Test.hdf5")["labels"]
    assert labels["prompts"] == {"rest": 20, "lower": 10, "open": 10, "raise": 10, "fist": 10}


def test_every_field_of_a_bundle_is_told(semg_here, facts, gesture_bundle, wrist_bundle):
    told = facts(gesture_bundle)
    assert told["output"]["labels"][0] == "index_press"
    assert told["trained_on"] == {"people": [1, 2]}
    assert told["metrics"] == {"event_f1": 0.93}
    assert told["size_bytes"] == (gesture_bundle / "model.onnx").stat().st_size
    text = semg_here("info", wrist_bundle).stdout
    for expected in ("Apache-2.0", "50 Hz: a frame every 40 samples", "noise floor", "700-1000"):
        assert expected in text


def test_an_array_of_emg_is_described_too(facts, array_file):
    told = facts(array_file)
    assert (told["kind"], told["samples"]) == ("npz", 6000)
    assert told["device"]["bandwidth"] is None


def test_refusals_are_one_line(refused, tmp_path, gesture_bundle):
    with h5py.File(tmp_path / "other.hdf5", "w") as file:
        file["wrong"] = [1, 2]
    whole = (tmp_path / "other.hdf5").read_bytes()
    (tmp_path / "cut.hdf5").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "empty").mkdir()
    assert "no such file" in refused("info", tmp_path / "none")
    assert "no data set 'data'" in refused("info", tmp_path / "other.hdf5")
    assert "truncated" in refused("info", tmp_path / "cut.hdf5")
    assert "holds no bag" in refused("info", tmp_path / "empty")
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    (bundle / "model.onnx").write_bytes(b"other")
    assert "bundle.yaml: no such file" in refused("info", bundle)
    (bundle / "bundle.yaml").write_bytes((gesture_bundle / "bundle.yaml").read_bytes())
    assert "sha256" in refused("info", bundle)
