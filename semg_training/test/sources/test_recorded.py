# SPDX-License-Identifier: Apache-2.0
"""Recordings of real people are read, cut, and named where they cannot be used."""

import re

import h5py
import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is only installed for training")

from semg_decoders.signal.conditioning import condition
from semg_training.gesture_targets import GESTURES
from semg_training.refusal import TrainingRefused
from semg_training.sources.recorded import read_recorded

THUMB_UP = GESTURES.index("thumb_up")


@pytest.fixture
def read(tmp_path):
    """Read some paths in one process; return what was found, and the lines that were said."""

    def read(*paths, task="gestures", nothing_done=(), strict=False):
        lines = []
        found = read_recorded(
            paths, nothing_done, task, tmp_path / "cache",
            strict=strict, processes=1, progress=False, log=lines.append,
        )  # fmt: skip
        return found, lines

    return read


def prompted(*times):
    return {"name": ["thumb_up"] * len(times), "time": [1000.0 + time for time in times]}


def test_the_last_fifth_of_a_recording_is_for_choosing_the_model(write, read):
    found, lines = read(write(prompts=prompted(1.0, 3.5)))
    (training,), (choice,) = found.training, found.choice
    assert not lines
    assert (len(training.emg), len(choice.emg)) == (6400, 1600)
    assert training.events.tolist() == [[THUMB_UP, 2000]]
    assert choice.events.tolist() == [[THUMB_UP, 600]]


def test_emg_of_released_recordings_is_taken_as_it_is(write, read):
    path = write(prompts=prompted(1.0))
    with h5py.File(path) as file:
        emg = file["data"]["emg"]
    found, _ = read(path)
    np.testing.assert_array_equal(found.training[0].emg, emg[:6400].astype(np.float16))


def test_another_rate_and_unit_is_conditioned_and_events_stay_in_time(write, read):
    path = write(rate=1000.0, prompts=prompted(1.0), unit="V", noise_sd=2.0, conditioned=False)
    with h5py.File(path) as file:
        emg = file["data"]["emg"]
    found, _ = read(path)
    expected = condition(emg, 1000.0, 2.0)
    got = np.concatenate([found.training[0].emg, found.choice[0].emg])
    np.testing.assert_allclose(got, expected, atol=0.01)
    assert found.training[0].events.tolist() == [[THUMB_UP, 2000]]


def test_wrist_movement_is_labelled_frame_by_frame(write, read):
    angle = np.cumsum(np.random.default_rng(1).standard_normal(8000)).astype(np.float32) / 100
    found, _ = read(write(angles=np.column_stack([angle, angle])), task="wrist")
    moved = found.training[0].displacement
    assert np.isnan(moved[0])
    assert moved[7] == pytest.approx(angle[253 + 280] - angle[253 + 240], abs=1e-5)


def test_breaks_part_a_recording(write, read):
    found, _ = read(write(prompts=prompted(1.0), segment_starts=np.array([0, 3000])))
    assert [len(one.emg) for one in (*found.training, *found.choice)] == [3000, 3400, 1600]


def test_pieces_too_short_to_say_anything_of_a_model_are_not_for_choosing_it(write, read):
    found, _ = read(write(prompts=prompted(1.0), segment_starts=np.array([0, 7200])))
    assert [len(one.emg) for one in found.training] == [6400]
    assert not found.choice


def test_rows_of_a_corpus_are_used_for_what_their_split_says(write, read, tmp_path):
    write("a.hdf5", prompts=prompted(1.0))
    write("b.hdf5", prompts=prompted(1.0))
    (tmp_path / "discrete_gestures_corpus.csv").write_text(
        "dataset,start,end,split\n"
        "a,1000.5,1002.5,train\na,1002.5,1004.0,test\nb,1000.0,1002.0,val\n"
    )
    found, _ = read(tmp_path)
    (training,), (choice,) = found.training, found.choice
    assert training.events.tolist() == [[THUMB_UP, 1000]]
    assert (len(training.emg), len(choice.emg)) == (4000, 4000)


def test_what_holds_no_gestures_needs_no_labels(write, read):
    found, _ = read(nothing_done=[write()])
    assert len(found.training[0].events) == 0


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"prompts": prompted(9.0)}, "thumb_up at 1009 s, but the recording runs from 1000 to"),
        ({"prompts": {"name": ["fist"], "time": [1001.0]}}, "names fist, must be of index_press"),
        ({}, "no table 'prompts' with the columns name and time"),
        ({"prompts": {"name": ["thumb_up"], "time": [np.nan]}}, "a time is no number"),
        ({"prompts": prompted(1.0), "bad_row": 77}, "EMG is no number in row 77, channel 3"),
        ({"prompts": prompted(1.0), "task": "wrist"}, "task wrist, not discrete_gestures"),
        ({"prompts": prompted(1.0), "channels": 8}, "8 channels, but the recipe needs 16"),
        ({"prompts": prompted(0.01), "seconds": 0.05}, "shorter than anything"),
    ],
)
def test_a_recording_that_cannot_be_used_is_named_and_left_out_or_refused(write, read, how, said):
    good, bad = write("good.hdf5", prompts=prompted(1.0)), write("bad.hdf5", **how)
    found, (line,) = read(good, bad)
    assert found.names == ["good.hdf5"]
    assert said in line
    assert str(bad) in line
    with pytest.raises(TrainingRefused, match=re.escape(said)):
        read(good, bad, strict=True)


@pytest.mark.parametrize(
    ("angles", "said"),
    [(None, "no field 'wrist_angles'"), (np.nan, "'wrist_angles' is no number in row 0")],
)
def test_wrist_movement_has_to_be_known(write, read, angles, said):
    with pytest.raises(TrainingRefused, match=said):
        read(write(angles=angles), task="wrist")


def test_a_truncated_file_is_named_and_left_out(write, read):
    good, bad = write("good.hdf5", prompts=prompted(1.0)), write("bad.hdf5", prompts=prompted(1.0))
    bad.write_bytes(bad.read_bytes()[:3000])
    found, (line,) = read(good, bad)
    assert found.names == ["good.hdf5"]
    assert line.startswith(f"left out: {bad}: ")


def test_a_recording_that_changes_is_read_again(write, read):
    path = write(prompts=prompted(1.0))
    first, _ = read(path)
    second, _ = read(write(prompts=prompted(1.5), seconds=5.0))
    assert first.digests != second.digests
    assert second.training[0].events.tolist() == [[THUMB_UP, 3000]]


def test_released_recordings_are_read(read, conformance):
    found, _ = read(conformance / "datasets" / "discrete_gestures_user_000_dataset_000.hdf5")
    assert sum(len(one.events) for one in (*found.training, *found.choice)) > 10
