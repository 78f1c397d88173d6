# SPDX-License-Identifier: Apache-2.0
"""The arithmetic that a recipe leaves to the machine."""

import pytest

pytest.importorskip("torch", reason="torch is only installed for training")

import torch

from semg_training.fitting.precision import faster_precision
from semg_training.request import TrainingRequest
from semg_training.training import chosen_recipe


@pytest.mark.parametrize(
    ("name", "present", "expected"),
    [
        ("avx512_bf16", True, "bfloat16"),
        ("amx_bf16", True, "bfloat16"),
        ("avx512_bf16", False, "float32"),
        ("avx2", True, "float32"),
    ],
)
def test_only_processors_made_for_bfloat16_train_in_it(name, present, expected, monkeypatch):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {name: present})
    assert faster_precision("cpu") == expected


def test_a_recipe_says_in_the_end_what_was_used(tmp_path):
    recipe = chosen_recipe(TrainingRequest("wrist", tmp_path / "bundle", accelerator="cpu"))
    assert recipe.precision == faster_precision("cpu")
    one = TrainingRequest("wrist", tmp_path / "bundle", accelerator="cpu", precision="bfloat16")
    assert chosen_recipe(one).precision == "bfloat16"
