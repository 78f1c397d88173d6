# SPDX-License-Identifier: Apache-2.0
"""Trainings that start from the weights of a bundle."""

import io
import shutil

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is only installed for training")

import torch
from rich.console import Console

from semg_training.bundle_network import network_of, noise_steps
from semg_training.refusal import TrainingRefused
from semg_training.request import TrainingRequest
from semg_training.start import load_start
from semg_training.tasks.kinds import KINDS
from semg_training.training import chosen_recipe, train

EXTENSION = ("extension",)
SIZES = ("network.hidden=16", "network.mlp=[16]")


def request(output, *changes, **values):
    return TrainingRequest(
        "wrist", output, people=2, choice_people=2, minutes=0.6, steps=2, precision="float32",
        changes=(*SIZES, "batch.size=2", *changes), command="semg train", **values,
    )  # fmt: skip


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A bundle that was trained for two steps."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEMG_CACHE", str(tmp_path_factory.mktemp("cache")))
        folder = tmp_path_factory.mktemp("bundles") / "first"
        yield train(request(folder), Console(file=io.StringIO()))


def test_the_network_begins_with_the_answers_of_the_bundle(first, tmp_path):
    started = load_start(first.folder, chosen_recipe(request(tmp_path / "second")), EXTENSION)
    theirs = network_of(first).network
    mpf = torch.from_numpy(noise_steps(first, 20))
    state = torch.zeros(started.network.state_shape(1))
    for step in mpf:
        ours = started.network(step[None, None], state, state.clone())[0]
        assert torch.equal(ours, theirs(step[None, None], state, state.clone())[0])


def test_the_new_bundle_says_what_it_started_from(first, tmp_path):
    second = train(
        request(tmp_path / "second", "optimiser.learning_rate=1.0e-12", start=first.folder),
        Console(file=io.StringIO()),
    )
    origin = second.trained_on["started_from"]
    assert origin["sha256"] == first.sha256
    assert origin["command"] == "semg train"
    assert origin["licence"] == second.licence == "Apache-2.0"
    assert origin["training_seeds"] == [1_000_000, 1_000_001]
    ours, theirs = (
        torch.nn.utils.parameters_to_vector(network_of(one).network.parameters())
        for one in (second, first)
    )
    assert np.allclose(ours.detach(), theirs.detach(), atol=1e-9)


def test_a_network_of_other_sizes_is_refused_with_what_makes_it_the_same(first, tmp_path):
    other = chosen_recipe(request(tmp_path / "second", "network.hidden=24"))
    with pytest.raises(
        TrainingRefused, match=r"network.hidden is 16, but the recipe has 24; --set"
    ):
        load_start(first.folder, other, EXTENSION)


def test_a_bundle_of_another_task_is_refused(first, tmp_path):
    gestures = TrainingRequest("gestures", tmp_path / "second", people=2)
    with pytest.raises(TrainingRefused, match=r"is for wrist, but --task is gestures"):
        load_start(first.folder, chosen_recipe(gestures), KINDS["gestures"].labels)


def test_a_folder_without_a_bundle_is_refused(tmp_path):
    recipe = chosen_recipe(request(tmp_path / "second"))
    with pytest.raises(TrainingRefused, match=r"^--from: "):
        load_start(tmp_path, recipe, EXTENSION)


def test_other_answers_are_refused_even_if_there_are_as_many(first, tmp_path):
    recipe = chosen_recipe(request(tmp_path / "second"))
    with pytest.raises(TrainingRefused, match=r"answers extension, but what is .* has flexion"):
        load_start(first.folder, recipe, ("flexion",))


def test_a_licence_is_handed_down(first, tmp_path):
    described = (first.folder / "bundle.yaml").read_text("utf-8")
    old = tmp_path / "old"
    shutil.copytree(first.folder, old)
    (old / "bundle.yaml").write_text(described.replace("Apache-2.0", "CC-BY-NC-4.0"), "utf-8")
    second = train(
        request(tmp_path / "second", log_folder=tmp_path / "log", start=old),
        Console(file=io.StringIO()),
    )
    assert second.licence == "CC-BY-NC-4.0"
