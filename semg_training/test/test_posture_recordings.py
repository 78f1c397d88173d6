# SPDX-License-Identifier: Apache-2.0
import os
import pickle
from pathlib import Path

import h5py
import numpy as np
import pytest

from semg_decoders.evaluation.postures import PostureSpan
from semg_driver.recordings.recording import RecordingError
from semg_training.posture_recordings import posture_names, read_postures


@pytest.fixture
def write(tmp_path):
    """Write 4 s of a tone of 120 Hz that is louder on later channels, at any rate."""

    def write(
        rate=1000.0, channels=6, segment_starts=(0,), stages=(("rest", 0, 2), ("fist", 2, 4))
    ):
        samples = round(4 * rate)
        rows = np.zeros(samples, [("time", "<f8"), ("emg", "<f4", (channels,))])
        rows["time"] = 50.0 + np.arange(samples) / rate
        tone = np.sqrt(2.0) * np.sin(2 * np.pi * 120.0 * np.arange(samples) / rate)
        rows["emg"] = 3.0 + 1e-5 * tone[:, None] * (1 + np.arange(channels))
        path = tmp_path / "recording.hdf5"
        with h5py.File(path, "w") as file:
            file["data"] = rows
            file["data"].attrs.update(
                {
                    "sample_rate_hz": rate,
                    "unit": "V",
                    "noise_sd": 1e-5,
                    "segment_starts": list(segment_starts),
                }
            )
            _stages(file.create_group("stages"), stages)
        return path

    return write


def _stages(group, rows):
    group.attrs.update({"pandas_type": "frame", "nblocks": 2})
    group["axis0"] = np.array([b"start", b"end", b"name"])
    group["block0_items"] = np.array([b"start", b"end"])
    group["block0_values"] = 50.0 + np.array([times for _, *times in rows], float)
    group["block0_values"].attrs["transposed"] = 1
    group["block1_items"] = np.array([b"name"])
    names = pickle.dumps(np.array([[name for name, *_ in rows]], object))
    node = group.create_dataset("block1_values", (1,), h5py.vlen_dtype(np.uint8))
    node[0] = np.frombuffer(names, np.uint8)
    node.attrs["PSEUDOATOM"] = "object"


@pytest.mark.parametrize("rate", [500.0, 1000.0, 2000.0, 2048.0])
def test_powers_are_in_noise_sd_whatever_the_rate(write, rate):
    (recording,) = read_postures(write(rate))
    assert recording.channels == 6
    assert recording.seconds == pytest.approx(4.0, abs=0.12)
    assert recording.bandwidth == pytest.approx(0.45 * rate)
    powers = recording.covariances[20:].mean(axis=0).sum(axis=0).diagonal()
    np.testing.assert_allclose(powers, (1 + np.arange(6)) ** 2, rtol=0.05)


def test_each_segment_is_a_stream_with_its_own_part_of_the_spans(write):
    first, second = read_postures(write(segment_starts=(0, 1500)))
    assert first.spans == (PostureSpan("rest", 0.0, 1.5),)
    assert second.spans == (PostureSpan("rest", 0.0, 0.5), PostureSpan("fist", 0.5, 2.5))
    assert (first.seconds, second.seconds) == pytest.approx((1.5, 2.5), abs=0.12)


def test_a_slow_recording_is_refused(write):
    with pytest.raises(RecordingError, match="400 Hz, must be at least 500 Hz"):
        read_postures(write(400.0))


def test_the_neutral_posture_comes_first(write):
    recordings = read_postures(write(stages=(("wave", 0, 1), ("rest", 1, 2), ("fist", 2, 4))))
    assert posture_names(recordings) == ("rest", "fist", "wave")
    assert posture_names(recordings, neutral="") == ("fist", "rest", "wave")


def test_real_recordings_are_ten_streams_of_five_postures():
    folder = Path(os.environ.get("SEMG_SHARED", Path(__file__).parents[3] / "shared"))
    path = folder / "data" / "flexemg" / "flexemg_s002_1Train.hdf5"
    if not path.is_file():
        pytest.skip(f"there is no {path}; SEMG_SHARED names another folder")
    recordings = read_postures(path)
    assert len(recordings) == 10
    assert posture_names(recordings) == ("rest", "fist", "lower", "open", "raise")
    rest, fist = (
        np.median([r.covariances[part].mean(0)[1].diagonal().mean() for r in recordings])
        for part in (slice(50, 200), slice(300, 450))
    )
    assert fist > 5 * rest
