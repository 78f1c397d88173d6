# SPDX-License-Identifier: Apache-2.0
"""Gestures other than the published nine, on bands of any make."""

import io

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is only installed for training")

from rich.console import Console

from semg_decoders.decoding.gestures import GestureDecoder
from semg_decoders.inference.session import Model
from semg_training.gesture_targets import GESTURES, NINE_GESTURES
from semg_training.recipes.recipe import PeopleSettings
from semg_training.refusal import TrainingRefused
from semg_training.request import TrainingRequest
from semg_training.sources.gathering import DataRequest
from semg_training.sources.own_gestures import gesture_set
from semg_training.training import train


def prompted(*names):
    times = [1000.5 + 0.5 * number for number in range(len(names))]
    return {"name": list(names), "time": times}


def found_in(*paths, labels=(), people=0, choice=0, nothing_done=()):
    lines = []
    data = DataRequest(paths, nothing_done, labels=labels)
    return gesture_set(data, PeopleSettings(people, choice, 1.0), lines.append), lines


def test_other_names_make_another_set(write):
    first = write("a.hdf5", prompts=prompted("wave", "snap"))
    second = write("b.hdf5", prompts=prompted("wave", "knock"))
    found, (line,) = found_in(first, second)
    assert found.labels == ("knock", "snap", "wave")
    assert line.startswith(
        "gestures in the recordings, and how often: knock (1), snap (1), wave (2)"
    )


def test_one_of_the_nine_among_them_leaves_it_at_the_nine(write):
    found, lines = found_in(
        write("a.hdf5", prompts=prompted("thumb_up")), write("b.hdf5", prompts=prompted("wave"))
    )
    assert found == NINE_GESTURES
    assert not lines


def test_a_set_that_is_named_is_taken_as_it_is(write):
    path = write(prompts=prompted("thumb_up", "wave"))
    assert found_in(path, labels=("wave", "thumb_up"))[0].labels == ("wave", "thumb_up")


def test_a_label_that_nothing_names_is_refused(write):
    with pytest.raises(TrainingRefused, match=r"no recording of --data names snpa; they name snap"):
        found_in(write(prompts=prompted("snap")), labels=("snpa",))


def test_channels_and_bandwidth_are_those_of_the_band(write):
    found, _ = found_in(write(prompts=prompted("wave"), channels=6, rate=600.0))
    assert found.channels == 6
    assert 0 < found.bandwidth < 300.0


def test_a_recording_in_which_nothing_is_done_counts_for_the_bandwidth(write):
    slow = write("slow.hdf5", rate=600.0)
    found, _ = found_in(write(prompts=prompted("thumb_up")), nothing_done=(slow,))
    assert 0 < found.bandwidth < 300.0


def test_one_recording_of_another_band_changes_nothing(write):
    odd = write("odd.hdf5", prompts=prompted("knock"), channels=8, rate=600.0)
    found, _ = found_in(
        odd, write("a.hdf5", prompts=prompted("wave")), write("b.hdf5", prompts=prompted("wave"))
    )
    assert (found.labels, found.channels, found.bandwidth) == (("wave",), 16, 400.0)


def test_simulated_people_do_no_other_gestures(write):
    path = write(prompts=prompted("wave"))
    with pytest.raises(TrainingRefused, match=r"^--people 3: simulated people do index_press"):
        found_in(path, people=3)
    with pytest.raises(TrainingRefused, match=r"^--choice-people: .*name wave; leave it out"):
        found_in(path, choice=2)


def test_a_recording_that_cannot_be_read_is_left_to_those_who_name_it(write, tmp_path):
    folder = tmp_path / "day1"
    folder.mkdir()
    (folder / "a.hdf5").write_bytes(b"no recording")
    write("b.hdf5", prompts=prompted("wave")).rename(folder / "b.hdf5")
    write("c.hdf5").rename(folder / "c.hdf5")
    found, _ = found_in(tmp_path / "there is none", folder)
    assert found.labels == ("wave",)


def test_held_postures_are_not_taken_for_gestures_that_pass(write, write_postures):
    with pytest.raises(TrainingRefused, match=r"gestures are held in .*postures\.hdf5"):
        found_in(write(prompts=prompted("wave")), write_postures())


def test_a_gesture_without_a_name_is_refused(write, tmp_path, monkeypatch):
    monkeypatch.setenv("SEMG_CACHE", str(tmp_path / "cache"))
    path = write(prompts=prompted("wave", " "))
    request = TrainingRequest("gestures", tmp_path / "mine", data=DataRequest((path,)))
    with pytest.raises(TrainingRefused, match=r"table 'prompts': row 1 has no name"):
        train(request, Console(file=io.StringIO()))


def test_sizes_that_do_not_fit_the_gestures_are_refused(write, tmp_path):
    request = TrainingRequest(
        "gestures", tmp_path / "mine", data=DataRequest((write(prompts=prompted("wave")),)),
        changes=("network.outputs=4",),
    )  # fmt: skip
    with pytest.raises(TrainingRefused, match=r"network.outputs: 4, but what is trained on has 1"):
        train(request, Console(file=io.StringIO()))


def test_names_of_held_postures_cannot_be_chosen(write_postures, tmp_path):
    request = TrainingRequest(
        "gestures", tmp_path / "mine", data=DataRequest((write_postures(),), labels=("fist",))
    )
    with pytest.raises(TrainingRefused, match=r"^--labels: is for gestures that pass"):
        train(request, Console(file=io.StringIO()))


def test_a_recording_of_six_channels_and_other_gestures_becomes_a_bundle(
    write, tmp_path, monkeypatch
):
    monkeypatch.setenv("SEMG_CACHE", str(tmp_path / "cache"))
    names = ["wave", "snap", "fist_press", "fist_release"] * 5
    request = TrainingRequest(
        "gestures", tmp_path / "mine", steps=2, any_rotation=True,
        data=DataRequest((write(prompts=prompted(*names), channels=6, rate=1000.0, seconds=12.0),)),
        changes=("network.hidden=16", "network.conv_channels=16", "batch.size=2",
                 "batch.window_s=1", "precision=float32"),
    )  # fmt: skip
    bundle = train(request, Console(file=io.StringIO()))
    assert bundle.output.labels == ("fist_press", "fist_release", "snap", "wave")
    assert bundle.trained_on["recipe"]["augmentation"]["roll"] == 3
    by_gesture = bundle.metrics["event_f1_by_gesture"]
    assert by_gesture
    assert set(by_gesture) <= set(bundle.output.labels)
    decoder = GestureDecoder(Model.load(str(tmp_path / "mine")))
    (step, *_) = decoder.push(np.zeros((61, 6), np.float32), 0)
    assert step.probabilities.shape == (1, 4)
    assert not set(GESTURES) & set(decoder.labels)
