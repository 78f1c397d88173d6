# SPDX-License-Identifier: Apache-2.0
"""From simulated people to a bundle that the decoders load."""

import io

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is only installed for training")

from rich.console import Console

from semg_decoders.decoding.gestures import GestureDecoder
from semg_decoders.decoding.handwriting import HandwritingDecoder
from semg_decoders.decoding.wrist import WristDecoder
from semg_decoders.inference.session import Model
from semg_training.refusal import TrainingRefused
from semg_training.request import TrainingRequest
from semg_training.sources.gathering import DataRequest
from semg_training.training import chosen_recipe, train
from semg_training.training_job import fit_settings

SIZES = {
    "gestures": ("network.hidden=16", "network.conv_channels=16"),
    "wrist": ("network.hidden=16", "network.mlp=[16]"),
    "handwriting": (
        "network.mlp=[16]", "network.feed_forward=16", "network.strides=[1, 1]",
        "network.attention_windows=[4, 4]",
    ),
}  # fmt: skip


def quiet():
    return Console(file=io.StringIO())


def tiny(task, output):
    return TrainingRequest(
        task, output, people=2, choice_people=2, minutes=0.6, steps=2, precision="float32",
        changes=(*SIZES[task], "batch.size=2"), command=f"semg train --task {task}",
    )  # fmt: skip


@pytest.fixture(scope="module")
def bundles(tmp_path_factory):
    """Folder with a bundle of each task, trained for two steps."""
    folder = tmp_path_factory.mktemp("bundles")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEMG_CACHE", str(tmp_path_factory.mktemp("cache")))
        for task in SIZES:
            train(tiny(task, folder / task), quiet())
    return folder


@pytest.mark.parametrize("task", list(SIZES))
def test_bundle_says_where_it_comes_from(task, bundles):
    bundle = Model.load(str(bundles / task)).bundle
    assert bundle.name == task
    assert bundle.licence == "Apache-2.0"
    origin = bundle.trained_on
    assert origin["training_seeds"] == [1_000_000, 1_000_001]
    assert origin["model_choice_seeds"] == [2_000_000, 2_000_001]
    assert origin["command"] == f"semg train --task {task}"
    assert origin["seed"] == 0
    assert origin["simulation"]["hash"]
    sizes = origin["recipe"]["network"]
    assert 16 in (sizes.get("hidden"), sizes.get("feed_forward"))
    assert bundle.metrics["onnx_differs_from_torch_by"] <= 1e-5


def test_gesture_decoder_takes_the_bundle(bundles):
    decoder = GestureDecoder(Model.load(str(bundles / "gestures")))
    steps = decoder.push(np.zeros((61, 16), np.float32), 0)
    assert [step.samples.tolist() for step in steps] == [[40], [60]]


def test_handwriting_decoder_takes_the_bundle(bundles):
    decoder = HandwritingDecoder(Model.load(str(bundles / "handwriting")))
    # Two blocks see 15 groups of 4 frames; the second emission needs one group more.
    emissions = decoder.push(np.zeros((64, 6, 16, 16), np.float32), 213)
    assert [emission.sample for emission in emissions] == [213 + 40 * 59, 213 + 40 * 63]


def test_wrist_decoder_takes_the_bundle(bundles):
    decoder = WristDecoder(Model.load(str(bundles / "wrist")))
    velocities = decoder.push(np.zeros((3, 6, 16, 16), np.float32), 253)
    assert [velocity.sample for velocity in velocities] == [253, 293, 333]


def test_a_bundle_is_not_overwritten_and_nothing_is_trained_before_that_is_said(bundles):
    before = (bundles / "wrist" / "bundle.yaml").read_bytes()
    with pytest.raises(TrainingRefused, match="wrist: is there already; --force replaces it"):
        train(tiny("wrist", bundles / "wrist"), quiet())
    assert (bundles / "wrist" / "bundle.yaml").read_bytes() == before


def test_what_is_no_bundle_is_not_overwritten_even_by_force(tmp_path):
    (tmp_path / "thesis.txt").write_text("long")
    with pytest.raises(TrainingRefused, match="holds other things than a bundle"):
        train(TrainingRequest("wrist", tmp_path, force=True), quiet())
    with pytest.raises(TrainingRefused, match="there is a file of that name"):
        train(TrainingRequest("wrist", tmp_path / "thesis.txt", force=True), quiet())


def test_an_epoch_is_as_much_emg_as_there_is(tmp_path):
    request = TrainingRequest("gestures", tmp_path / "b", size="published", accelerator="cpu")
    recipe = chosen_recipe(request)
    settings = fit_settings(request, recipe, seconds=10 * 512 * 8.0)
    assert (settings.plan.total, settings.plan.check_every) == (2500, 10)
    shorter = TrainingRequest("gestures", tmp_path / "b", size="published", epochs=25)
    settings = fit_settings(shorter, chosen_recipe(shorter), seconds=10 * 512 * 8.0)
    assert (settings.plan.total, settings.plan.warm_up) == (250, 5)


def test_any_rotation_rolls_every_window_around_the_whole_ring(tmp_path):
    recipe = chosen_recipe(TrainingRequest("wrist", tmp_path / "b", any_rotation=True))
    assert (recipe.augmentation.roll, recipe.augmentation.roll_probability) == (8, 1.0)


def test_with_recordings_nobody_is_simulated_unless_asked_for(tmp_path, write):
    data = DataRequest((write(prompts={"name": ["thumb_up"], "time": [1001.0]}),))
    request = TrainingRequest("gestures", tmp_path / "b", data=data)
    people = chosen_recipe(request).people
    assert (people.training, people.choice) == (0, 0)
    people = chosen_recipe(TrainingRequest("gestures", tmp_path / "b", data=data, people=7)).people
    assert (people.training, people.choice) == (7, 32)


def test_windows_longer_than_every_recording_are_refused(tmp_path, write, monkeypatch):
    monkeypatch.setenv("SEMG_CACHE", str(tmp_path / "cache"))
    data = DataRequest((write(prompts={"name": ["thumb_up"], "time": [1001.0]}),))
    with pytest.raises(TrainingRefused, match=r"window_s: 4 s, but the longest .* lasts 3.2 s"):
        train(TrainingRequest("gestures", tmp_path / "b", data=data), quiet())


def test_gestures_have_to_be_done_where_the_model_is_chosen(tmp_path, write, monkeypatch):
    monkeypatch.setenv("SEMG_CACHE", str(tmp_path / "cache"))
    data = DataRequest((write(prompts={"name": ["thumb_up"], "time": [1001.0]}),))
    request = TrainingRequest("gestures", tmp_path / "b", data=data, changes=("batch.window_s=1",))
    with pytest.raises(TrainingRefused, match=r"no gesture is done in what .* choose the model on"):
        train(request, quiet())


def test_a_training_that_diverges_leaves_no_bundle(tmp_path, write, monkeypatch):
    monkeypatch.setenv("SEMG_CACHE", str(tmp_path / "cache"))
    angle = np.cumsum(np.random.default_rng(1).standard_normal(8000)).astype(np.float32) / 100
    data = DataRequest((write(angles=np.column_stack([angle, angle]), task="wrist"),))
    request = TrainingRequest(
        "wrist", tmp_path / "b", data=data, steps=30,
        changes=(*SIZES["wrist"], "batch.size=2", "batch.window_s=1", "precision=float32",
                 "optimiser.learning_rate=2.0e+37", "optimiser.gradient_clip=1.0e+30"),
    )  # fmt: skip
    with pytest.raises(TrainingRefused, match=r"learning_rate: 2e\+37 let the training diverge"):
        train(request, quiet())
    assert not (tmp_path / "b").exists()


def test_gpus_that_are_not_there_are_refused_at_once(tmp_path):
    torch = pytest.importorskip("torch")
    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    with pytest.raises(TrainingRefused, match="--accelerator gpu: torch finds no GPU here"):
        train(TrainingRequest("wrist", tmp_path / "b", accelerator="gpu"), quiet())


def test_resume_needs_something_to_go_on_from(tmp_path, write, monkeypatch):
    monkeypatch.setenv("SEMG_CACHE", str(tmp_path / "cache"))
    prompts = {"name": ["thumb_up"] * 2, "time": [1001.0, 1003.5]}
    data = DataRequest((write(prompts=prompts),))
    request = TrainingRequest(
        "gestures", tmp_path / "b", data=data, resume=True, changes=("batch.window_s=1",)
    )
    with pytest.raises(TrainingRefused, match="--resume: there is no checkpoint"):
        train(request, quiet())
