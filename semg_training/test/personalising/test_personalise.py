# SPDX-License-Identifier: Apache-2.0
"""A bundle becomes better for one person, or stays as it is."""

import io
from dataclasses import asdict

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is only installed for training")

import torch
from rich.console import Console

from semg_decoders.decoding.characters import CHARACTERS
from semg_decoders.inference.bundle import ModelBundle
from semg_driver.recordings.recording import RecordingError
from semg_training.bundle_network import network_of
from semg_training.int8.layers import large_layers, quantised
from semg_training.networks.gestures import GestureNetwork, GestureNetworkSettings
from semg_training.networks.handwriting import HandwritingNetwork, HandwritingNetworkSettings
from semg_training.networks.wrist import WristNetwork, WristNetworkSettings
from semg_training.personalising.personalise import PersonaliseRequest, personalise
from semg_training.recipes.reading import find_recipe, read_recipe
from semg_training.refusal import TrainingRefused

HANDWRITING = HandwritingNetworkSettings(
    bands=(0, 1), num_adjacent_cov=2, mlp=(8,), feed_forward=8, kernel=2, strides=(1, 2),
    attention_windows=(2, 2), heads=2, outputs=len(CHARACTERS) + 1,
)  # fmt: skip


@pytest.fixture(autouse=True)
def _cache(tmp_path, monkeypatch):
    monkeypatch.setenv("SEMG_CACHE", str(tmp_path / "cache"))


def wrist():
    torch.manual_seed(0)
    return WristNetwork(WristNetworkSettings(mlp=(8,), hidden=8, layers=2))


@pytest.fixture
def moving(write):
    """A recording of noise while the wrist extends by 1 rad/s."""
    angles = np.repeat(np.arange(12_000)[:, None] / 2000, 2, axis=1)
    return write("moving.hdf5", seconds=6.0, angles=angles, task="wrist")


def asked(bundle, recording, tmp_path, **more):
    fields = {"others": 0, "layers": ("output",), "rates": (0.003,), "steps": 10, **more}
    return PersonaliseRequest(
        bundle.folder, (recording,), tmp_path / "mine", accelerator="cpu",
        command="semg personalise", **fields,
    )  # fmt: skip


def done(request):
    return personalise(request, Console(file=io.StringIO()))


def test_a_wrist_bundle_is_better_for_the_person_and_says_how_it_was_made(
    bundle_of, moving, tmp_path
):
    base = bundle_of(wrist(), data="simulated people")
    report = done(asked(base, moving, tmp_path, others=1, other_minutes=0.3))
    assert report.after["deg_per_s"] < report.before["deg_per_s"]
    assert report.others_before["deg_per_s"] != report.others_after["deg_per_s"]

    made = ModelBundle.load(tmp_path / "mine")
    assert made.sha256 != base.sha256
    assert made.trained_on["data"] == "simulated people"
    assert made.trained_on["network"] == base.trained_on["network"]
    said = made.trained_on["personalised"]
    assert said["recordings"] == ["moving.hdf5"]
    assert said["base_sha256"] == base.sha256
    assert said["command"] == "semg personalise"
    assert (said["layers"], said["rate"]) == ("output", 0.003)
    assert 1 <= said["steps"] <= 10
    assert said["before"]["deg_per_s"] == pytest.approx(report.before["deg_per_s"], abs=1e-4)
    assert made.metrics["deg_per_s"] == said["after"]["deg_per_s"]
    assert made.metrics["other_people"]["after"]["deg_per_s"] > 0

    before, after = (dict(network_of(one).network.named_parameters()) for one in (base, made))
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed == {"linear_out.weight", "linear_out.bias"}


def test_when_nothing_is_better_there_is_no_bundle(bundle_of, moving, tmp_path):
    report = done(asked(bundle_of(wrist()), moving, tmp_path, rates=(1e-30,), steps=2))
    assert report.chosen is None
    assert report.after == report.before
    assert not (tmp_path / "mine").exists()


def test_a_gesture_bundle_learns_what_the_person_does(bundle_of, write, tmp_path):
    recipe = read_recipe(find_recipe("gestures", "small"), ["choose_by=strongest_output"])
    torch.manual_seed(0)
    network = GestureNetwork(GestureNetworkSettings(conv_channels=8, hidden=8, layers=1))
    with torch.no_grad():
        network.projection.bias.fill_(-3.0)
        network.projection.bias[0] = 0.3
    sizes = {"recipe": {**asdict(recipe), "network": asdict(network.settings)}}
    times = [1000.3 + 0.4 * number for number in range(14)]
    recording = write(
        seconds=6.0, task="discrete_gestures",
        prompts={"name": ["thumb_up"] * len(times), "time": times},
    )  # fmt: skip
    report = done(asked(bundle_of(network, **sizes), recording, tmp_path, rates=(0.1,), steps=20))
    assert report.chosen is not None
    assert report.chosen.score == 1.0
    assert ModelBundle.load(tmp_path / "mine").task == "discrete_gestures"


def test_a_handwriting_bundle_learns_from_prompts(bundle_of, write, tmp_path):
    torch.manual_seed(0)
    network = HandwritingNetwork(HANDWRITING)
    with torch.no_grad():
        # It reads one c, whatever is written.
        network.output.weight.zero_()
        network.output.bias.zero_()
        network.output.bias[CHARACTERS.index("c")] = 2.0
        network.output.bias[-1] = -8.0
    starts = [1000.5 + number for number in range(5)]
    prompts = {"prompt": ["a"] * 5, "start": starts, "end": [one + 0.6 for one in starts]}
    recording = write(seconds=6.0, task="handwriting", prompts=prompts)
    report = done(asked(bundle_of(network), recording, tmp_path, rates=(0.5,)))
    assert (report.before["cer"], report.after["cer"]) == (100.0, 0.0)
    assert ModelBundle.load(tmp_path / "mine").task == "handwriting"


def test_eight_bits_are_refused(bundle_of, moving, tmp_path):
    base = bundle_of(wrist(), lambda graph: quantised(graph, large_layers(graph, 50)))
    with pytest.raises(TrainingRefused, match="weights have 8 bits"):
        done(asked(base, moving, tmp_path))


def test_an_output_that_is_there_is_refused_without_force(bundle_of, moving, tmp_path):
    base = bundle_of(wrist())
    request = asked(base, moving, tmp_path)
    assert done(request).chosen is not None
    with pytest.raises(TrainingRefused, match="mine: is there already; --force replaces it"):
        done(request)


def test_recordings_of_another_task_or_without_labels_are_refused(bundle_of, write, tmp_path):
    base = bundle_of(wrist())
    other = write("other.hdf5", task="handwriting")
    with pytest.raises(TrainingRefused, match="a recording of task handwriting, not wrist"):
        done(asked(base, other, tmp_path))
    with pytest.raises(TrainingRefused, match="no field 'wrist_angles'"):
        done(asked(base, write("bare.hdf5"), tmp_path))
    network = HandwritingNetwork(HANDWRITING)
    with pytest.raises(RecordingError, match="no table 'prompts' with the columns prompt"):
        done(asked(bundle_of(network), write("bare.hdf5"), tmp_path))
    assert not (tmp_path / "mine").exists()


def test_a_validation_part_without_gestures_is_refused(bundle_of, write, tmp_path):
    network = GestureNetwork(GestureNetworkSettings(conv_channels=8, hidden=8, layers=1))
    early = write(prompts={"name": ["thumb_up"], "time": [1001.0]})
    with pytest.raises(TrainingRefused, match="no gestures to validate on; the last fifth"):
        done(asked(bundle_of(network), early, tmp_path))


def test_a_bundle_of_other_gestures_is_refused(bundle_of, write, tmp_path):
    network = GestureNetwork(GestureNetworkSettings(conv_channels=8, hidden=8, layers=1, outputs=2))
    base = bundle_of(network, labels=("wave", "clap"))
    with pytest.raises(TrainingRefused, match="bundle 'mine': answers wave, clap"):
        done(asked(base, write(), tmp_path))
