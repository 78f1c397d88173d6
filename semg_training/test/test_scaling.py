# SPDX-License-Identifier: Apache-2.0
"""Trainings on more and more people, each done once."""

import io

import pytest

pytest.importorskip("torch", reason="torch is only installed for training")

from dataclasses import replace

from rich.console import Console

from semg_training.refusal import TrainingRefused
from semg_training.request import TrainingRequest
from semg_training.scaling import FIRST_HELD_OUT, scaling_errors
from semg_training.sources.people import People


@pytest.fixture(scope="module")
def request_(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEMG_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield TrainingRequest(
            "wrist", tmp_path_factory.mktemp("output"), choice_people=1, minutes=0.4, steps=2,
            precision="float32", processes=1, accelerator="cpu",
            changes=("network.hidden=8", "network.mlp=[8]", "batch.size=2", "batch.window_s=1"),
        )  # fmt: skip


def held_out(count):
    return People(FIRST_HELD_OUT, count, 0.4, held_out=True)


def test_each_number_is_trained_once_and_the_same_people_are_measured(request_, tmp_path):
    said = io.StringIO()
    console = Console(file=said)
    first = list(scaling_errors(request_, [1, 2], held_out(1), tmp_path, console))
    assert [[(one.people, one.person) for one in part] for part in first] == [
        [(1, 701)],
        [(2, 701)],
    ]
    assert first[0][0].errors != first[1][0].errors
    assert "step 2" in said.getvalue()

    said.truncate(0)
    again = list(scaling_errors(request_, [1, 2], held_out(2), tmp_path, console))
    assert "step 2" not in said.getvalue()
    assert [part[0] for part in again] == [part[0] for part in first]
    assert [part[1].person for part in again] == [702, 702]


def test_trainings_whose_length_depends_on_the_people_need_their_steps_named(request_, tmp_path):
    epochs = replace(request_, size="published", steps=None, changes=())
    with pytest.raises(TrainingRefused, match="--steps: must be given with --size published"):
        next(scaling_errors(epochs, [1], held_out(1), tmp_path, Console(file=io.StringIO())))
