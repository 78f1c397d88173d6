# SPDX-License-Identifier: Apache-2.0
"""Recordings of held postures become a bundle by the same request as other gestures."""

import io

import pytest

pytest.importorskip("torch", reason="torch is only installed for training")

from rich.console import Console

from semg_decoders.inference.session import Model
from semg_training.posture_training import all_hold, gather_postures
from semg_training.refusal import TrainingRefused
from semg_training.request import TrainingRequest
from semg_training.sources.gathering import DataRequest
from semg_training.training import train


@pytest.fixture
def request_for(tmp_path, monkeypatch):
    monkeypatch.setenv("SEMG_CACHE", str(tmp_path / "cache"))

    def make(*paths, nothing_done=(), **options):
        return TrainingRequest(
            "gestures",
            tmp_path / "bundle",
            data=DataRequest(tuple(paths), nothing_done),
            steps=2,
            changes=("network.hidden=4", "batch.size=4"),
            **options,
        )

    return make


def quiet():
    return Console(file=io.StringIO())


@pytest.mark.parametrize("any_rotation", [False, True])
def test_a_recording_of_another_band_becomes_a_bundle(write_postures, request_for, any_rotation):
    path = write_postures(rate=500.0, channels=5)
    bundle = train(request_for(path, any_rotation=any_rotation), quiet())
    Model(bundle)
    assert (bundle.task, bundle.output.labels) == ("discrete_gestures", ("rest", "fist"))
    assert (bundle.output.exclusive, bundle.output.neutral) == (True, "rest")
    assert (bundle.input.channels, bundle.input.bandwidth) == (5, 225.0)
    assert bundle.trained_on["recordings"] == ["postures.hdf5"]
    assert bundle.trained_on["steps"] == 2


def test_recordings_are_held_if_all_of_them_are(write, write_postures):
    held = write_postures()
    passing = write(prompts={"name": ["snap"], "time": [1001.0]})
    assert all_hold([held])
    assert not all_hold([held, passing])
    assert not all_hold([])
    assert not all_hold([held.with_name("none.hdf5")])


def test_bands_of_different_channels_are_refused(write_postures):
    paths = [write_postures(name="a.hdf5"), write_postures(name="b.hdf5", channels=8)]
    with pytest.raises(TrainingRefused, match="recordings of 6 and 8 channels; must be alike"):
        gather_postures(paths)


def test_recordings_share_the_bands_that_all_devices_deliver(write_postures):
    paths = [write_postures(name="a.hdf5"), write_postures(500.0, name="b.hdf5")]
    gathered = gather_postures(paths)
    assert gathered.bands[-1][1] == 225.0
    assert {one.covariances.shape[1] for one in gathered.training} == {2}


def test_a_damaged_recording_is_left_out_or_refused(write_postures):
    paths = [write_postures(name="a.hdf5"), write_postures(name="b.hdf5", bad=(7, 2))]
    lines = []
    assert len(gather_postures(paths, log=lines.append).training) == 1
    assert lines == [f"left out: {paths[1]}: EMG is no number in row 7, channel 2"]
    with pytest.raises(TrainingRefused, match="row 7, channel 2"):
        gather_postures(paths, strict=True)


def test_one_posture_alone_cannot_be_told_from_another(write_postures):
    with pytest.raises(TrainingRefused, match="only 'fist' is held"):
        gather_postures([write_postures(stages=(("fist", 0, 4),))])


def test_postures_that_are_held_too_shortly_are_refused(write_postures, request_for):
    path = write_postures(stages=(("rest", 0, 3), ("fist", 3, 4)))
    with pytest.raises(TrainingRefused, match=r"'fist' is never held for more than 1\.0 s"):
        train(request_for(path), quiet())


def test_recordings_in_which_nothing_is_done_are_for_gestures_that_pass(
    write_postures, request_for
):
    path = write_postures()
    with pytest.raises(TrainingRefused, match="--null-data: is for gestures that pass"):
        train(request_for(path, nothing_done=(path,)), quiet())
