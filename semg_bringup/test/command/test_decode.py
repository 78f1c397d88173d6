# SPDX-License-Identifier: Apache-2.0
import json

import numpy as np
import pytest
from scipy.special import expit


@pytest.fixture
def decode(semg_here, tmp_path):
    def run(recording, bundle, *arguments):
        output = tmp_path / "decoded.npz"
        done = semg_here("decode", recording, "--bundle", bundle, "--output", output, *arguments)
        assert done.returncode == 0, done.stderr
        with np.load(output, allow_pickle=False) as file:
            return {**file, "metadata": json.loads(str(file["metadata"]))}

    return run


def same(one, other):
    return all(np.array_equal(one[name], other[name]) for name in one if name != "metadata")


def test_gestures_of_an_array_are_those_of_the_model(decode, array_file, noise, gesture_bundle):
    decoded = decode(array_file, gesture_bundle)
    last = 20 + 10 * np.arange((len(noise) - 31) // 20 * 2 + 2)
    assert np.array_equal(decoded["sample"], last)
    assert decoded["output"] == pytest.approx(expit(noise[last, :9]), abs=1e-6)
    assert decoded["labels"].tolist()[::8] == ["index_press", "thumb_up"]
    assert not decoded["suspect"].any()
    assert decoded["fresh"].tolist() == (last < 200 + 20).tolist()


def test_events_have_name_kind_and_sample(decode, array_file, gesture_bundle):
    decoded = decode(array_file, gesture_bundle)
    assert decoded["event_name"].tolist() == [
        "index_press",
        "index_release",
        "thumb_up",
        "middle_press",
    ]
    assert decoded["event_kind"].tolist() == ["press", "release", "instant", "press"]
    assert decoded["event_sample"].tolist() == [1000, 2400, 3500, 4400]
    assert (decoded["event_probability"] > 0.9).all()
    assert not decoded["event_inferred"].any()


@pytest.mark.parametrize("chunk", [1, 7, 333, 100_000])
def test_the_result_does_not_depend_on_the_cut(
    decode, array_file, gesture_bundle, wrist_bundle, handwriting_bundle, chunk
):
    for bundle, least in ((gesture_bundle, 100), (wrist_bundle, 100), (handwriting_bundle, 15)):
        whole = decode(array_file, bundle)
        assert len(whole["sample"]) > least
        assert same(whole, decode(array_file, bundle, "--chunk-samples", chunk))


def test_the_wrist_is_the_mean_of_the_features(decode, array_file, noise, wrist_bundle):
    from semg_decoders.signal.mpf import mpf

    decoded = decode(array_file, wrist_bundle)
    frames = mpf(noise, 200)
    assert np.array_equal(decoded["sample"], 253 + 40 * np.arange(len(frames)))
    expected = frames.mean(axis=(1, 2, 3)) + np.arange(len(frames))
    assert decoded["output"][:, 0] == pytest.approx(expected, rel=1e-5)
    assert decoded["velocity"] == pytest.approx(50 * expected, rel=1e-5)
    assert len(decoded["event_sample"]) == 0


def test_handwriting_is_text_and_lines(decode, array_file, noise, handwriting_bundle):
    decoded = decode(array_file, handwriting_bundle)
    # An emission for each eight frames, from the twelfth frame on.
    samples = 213 + 40 * np.arange(11, (len(noise) - 214) // 40 + 1, 8)
    assert np.array_equal(decoded["sample"], samples)
    assert decoded["output"].shape == (len(samples), len(decoded["labels"]))
    assert np.exp(decoded["output"]).sum(axis=1) == pytest.approx(1.0)
    assert decoded["labels"][-1] == "<blank>"
    spelt = decoded["labels"][decoded["output"].argmax(axis=1)]
    assert decoded["text"].tolist() == [one for one in spelt if one != "<blank>"]
    assert "".join(decoded["text"]) == "hellp⌫o⏎t"
    assert np.array_equal(decoded["text_sample"], samples[spelt != "<blank>"])
    assert decoded["line"].tolist() == ["hello", "t"]
    assert decoded["line_complete"].tolist() == [True, False]
    assert decoded["line_sample"].tolist() == decoded["text_sample"][-2:].tolist()
    assert decoded["fresh"].tolist() == [True, *[False] * (len(samples) - 1)]


def test_a_line_ends_with_its_piece(decode, write_hdf5, noise, handwriting_bundle):
    recording = write_hdf5(noise, segment_starts=[0, 3000])
    decoded = decode(recording, handwriting_bundle)
    assert decoded["line"].tolist() == ["hell", "hell"]
    assert not decoded["line_complete"].any()
    assert decoded["line_piece"].tolist() == [0, 1]
    assert decoded["text_stream"].tolist() == [0] * 4 + [1] * 4


def test_true_breaks_reset_the_state(decode, write_hdf5, noise, wrist_bundle):
    recording = write_hdf5(noise, segment_starts=[0, 3000])
    decoded = decode(recording, wrist_bundle)
    first = decoded["stream"] == 0
    assert first.sum() == (3000 - 254) // 40 + 1
    assert decoded["sample"][~first][0] == 3000 + 253
    assert decoded["piece"].tolist() == decoded["stream"].tolist()
    assert decoded["metadata"]["streams"] == 2
    # The model counts frames from the start of its state.
    alone = decode(write_hdf5(noise[3000:], "second.hdf5"), wrist_bundle)
    assert np.array_equal(decoded["output"][~first], alone["output"])


def test_a_press_ends_with_its_piece(decode, write_hdf5, noise, gesture_bundle):
    recording = write_hdf5(noise, segment_starts=[0, 2000])
    decoded = decode(recording, gesture_bundle)
    name, inferred = decoded["event_name"][1], decoded["event_inferred"][1]
    assert (name, bool(inferred)) == ("index_release", True)
    assert decoded["event_sample"][1] < 2000
    assert "index_release" not in decoded["event_name"][2:]


def test_raw_volts_at_another_rate_are_conditioned(decode, write_hdf5, gesture_bundle):
    volts = 2.46e-6 * np.random.default_rng(2).normal(size=(2000, 16))
    recording = write_hdf5(volts, rate=1000.0, unit="V", noise_sd=2.46e-6)
    decoded = decode(recording, gesture_bundle)
    assert len(decoded["sample"]) == pytest.approx(400, abs=10)
    assert 0.05 < np.abs(decoded["output"] - 0.5).mean() < 0.3


def test_bad_samples_are_marked(decode, tmp_path, noise, gesture_bundle):
    broken = noise.copy()
    broken[3000:3010, 4] = np.nan
    np.savez(tmp_path / "broken.npz", emg=broken)
    decoded = decode(tmp_path / "broken.npz", gesture_bundle)
    assert np.isfinite(decoded["output"]).all()
    suspect = decoded["sample"][decoded["suspect"]]
    assert 2990 <= suspect.min() <= 3010
    assert suspect.max() < 3010 + 200 + 60


def test_refusals_are_one_line(refused, tmp_path, array_file, gesture_bundle):
    out = tmp_path / "out.npz"
    np.savez(tmp_path / "other.npz", data=np.ones(3))
    np.savez(tmp_path / "few.npz", emg=np.ones((100, 4), np.float32))
    (tmp_path / "broken.npz").write_bytes(b"PK no zip")
    (tmp_path / "text.hdf5").write_text("hello")

    def line(recording, bundle=gesture_bundle, output=out):
        said = refused("decode", recording, "--bundle", bundle, "--output", output)
        assert not out.exists()
        return said

    assert "there is no such file" in line(tmp_path / "none.hdf5")
    assert "not a recording" in line(tmp_path / "text.hdf5")
    assert "no array 'emg' in the file, which holds data" in line(tmp_path / "other.npz")
    assert "cannot be read as .npz" in line(tmp_path / "broken.npz")
    assert "4 channels, but bundle 'test-gestures' needs 16" in line(tmp_path / "few.npz")
    assert "no bundle folder and no installed bundle" in line(array_file, "no_such_bundle")
    assert "there is no folder" in line(array_file, output=tmp_path / "no" / "out.npz")
    assert "is a folder" in line(array_file, output=tmp_path)
    assert "and is no .npz file" in line(array_file, output=tmp_path / "text.hdf5")
    assert "is the recording itself" in line(array_file, output=array_file)


def test_a_failed_run_leaves_an_older_result_alone(semg_here, tmp_path, array_file, gesture_bundle):
    out = tmp_path / "out.npz"
    out.write_bytes(b"older")
    semg_here("decode", tmp_path / "none.hdf5", "--bundle", gesture_bundle, "--output", out)
    assert out.read_bytes() == b"older"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["emg.npz", "out.npz"]


def test_the_conformance_data_are_decoded_frame_for_frame(decode, shared, gesture_bundle):
    decoded = decode(shared / "conformance/vectors/discrete_gestures.npz", gesture_bundle)
    assert decoded["output"].shape == (2398, 9)
    assert np.array_equal(decoded["sample"], 20 + 10 * np.arange(2398))


def test_a_real_recording_is_decoded_piece_by_piece(decode, shared, gesture_bundle):
    decoded = decode(
        shared / "data/flexemg/flexemg_s001_1Test.hdf5", gesture_bundle, "--chunk-samples", 2000
    )
    assert np.unique(decoded["stream"]).tolist() == list(range(10))
    assert decoded["metadata"]["device_samples"] == 280_000
