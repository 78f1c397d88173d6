# SPDX-License-Identifier: Apache-2.0
"""The command goes from nothing to a bundle that the decoders load."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is only installed for training")

from semg_decoders.decoding.gestures import GestureDecoder
from semg_decoders.decoding.wrist import WristDecoder
from semg_decoders.inference.session import Model
from semg_training.train import main

TINY = "--people 2 --choice-people 2 --minutes 0.6 --steps 2 --check-every 2 --batch-size 2"


@pytest.fixture(scope="module")
def bundles(tmp_path_factory):
    """Folder with a bundle of each task, trained for two steps."""
    folder = tmp_path_factory.mktemp("bundles")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEMG_CACHE", str(tmp_path_factory.mktemp("cache")))
        for task in ("gestures", "wrist"):
            words = f"--task {task} {TINY} --hidden 16 --no-progress --output {folder / task}"
            assert main(words.split()) == 0
    return folder


@pytest.mark.parametrize("task", ["gestures", "wrist"])
def test_bundle_says_where_it_comes_from(task, bundles):
    bundle = Model.load(str(bundles / task)).bundle
    assert bundle.name == task
    assert bundle.licence == "Apache-2.0"
    assert bundle.trained_on["training_seeds"] == [1_000_000, 1_000_001]
    assert bundle.trained_on["model_choice_seeds"] == [2_000_000, 2_000_001]
    assert f"--task {task}" in bundle.trained_on["command"]
    assert bundle.metrics["onnx_differs_from_torch_by"] <= 1e-5


def test_gesture_decoder_takes_the_bundle(bundles):
    decoder = GestureDecoder(Model.load(str(bundles / "gestures")))
    steps = decoder.push(np.zeros((51, 16), np.float32), 0)
    assert [step.samples.tolist() for step in steps] == [[20, 30], [40, 50]]


def test_wrist_decoder_takes_the_bundle(bundles):
    decoder = WristDecoder(Model.load(str(bundles / "wrist")))
    velocities = decoder.push(np.zeros((3, 6, 16, 16), np.float32), 253)
    assert [velocity.sample for velocity in velocities] == [253, 293, 333]


def test_help_says_which_people_are_used_and_shows_examples(capsys):
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    text = capsys.readouterr().out
    assert "1000000" in text
    assert "examples:" in text


def test_unknown_task_is_refused_in_one_line(capsys):
    with pytest.raises(SystemExit) as left:
        main(["--task", "handwriting", "--output", "x"])
    assert left.value.code == 2
    assert "invalid choice: 'handwriting'" in capsys.readouterr().err
