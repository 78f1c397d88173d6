# SPDX-License-Identifier: Apache-2.0
import json
import os
import pickle
import sys
import zipfile

import numpy as np
import pytest
import yaml


class Hostile:
    def __init__(self, trace):
        self.trace = trace

    def __reduce__(self):
        return (os.system, (f"touch {self.trace}",))


@pytest.fixture
def released(tmp_path):
    """A folder in the released layout: a small gesture network."""
    torch = pytest.importorskip("torch", reason="torch is only installed for training")
    from semg_training.networks.gestures import GestureNetwork, GestureNetworkSettings

    torch.manual_seed(1)
    network = GestureNetwork(GestureNetworkSettings(conv_channels=8, hidden=8, layers=1))
    folder = tmp_path / "released"
    folder.mkdir()
    state = {f"network.{name}": tensor for name, tensor in network.state_dict().items()}
    torch.save({"state_dict": state}, folder / "model_checkpoint.ckpt")
    (folder / "model_config.yaml").write_text(yaml.safe_dump({"task": "discrete_gestures"}))
    return folder


def test_a_checkpoint_becomes_a_bundle_that_info_and_decode_take(
    semg_here, released, tmp_path, noise
):
    output = tmp_path / "my-gestures"
    done = semg_here("import-checkpoint", released, "--output", output)
    assert done.returncode == 0, done.stderr
    assert "bundle 'my-gestures', task discrete_gestures, licence CC-BY-NC-4.0" in done.stdout
    told = json.loads(semg_here("info", output, "--json").stdout)
    assert (told["licence"], told["name"]) == ("CC-BY-NC-4.0", "my-gestures")
    assert "licence" in semg_here("info", output).stdout
    assert "CC-BY-NC-4.0" in semg_here("info", output).stdout
    np.savez(tmp_path / "emg.npz", emg=noise)
    decoded = tmp_path / "decoded.npz"
    done = semg_here("decode", tmp_path / "emg.npz", "--bundle", output, "--output", decoded)
    assert done.returncode == 0, done.stderr
    assert np.load(decoded)["output"].shape == (598, 9)


def test_name_and_licence_can_be_given(semg_here, released, tmp_path):
    output = tmp_path / "Mine"
    words = ["--name", "mine", "--licence", "Apache-2.0"]
    assert semg_here("import-checkpoint", released, "-o", output, *words).returncode == 0
    described = yaml.safe_load((output / "bundle.yaml").read_text())
    assert (described["name"], described["licence"]) == ("mine", "Apache-2.0")


def test_nothing_is_replaced_without_force(semg_here, refused, released, tmp_path):
    output = tmp_path / "mine"
    assert semg_here("import-checkpoint", released, "-o", output).returncode == 0
    described = (output / "bundle.yaml").read_bytes()
    words = ("import-checkpoint", released, "-o", output, "--licence", "MIT")
    assert "is there already; --force replaces it" in refused(*words)
    assert (output / "bundle.yaml").read_bytes() == described
    (output / "notes.txt").write_text("mine")
    assert semg_here(*words, "--force").returncode == 0
    assert yaml.safe_load((output / "bundle.yaml").read_text())["licence"] == "MIT"
    assert (output / "notes.txt").read_text() == "mine"


def test_8_bits_are_no_use_to_a_small_network(semg_here, released, tmp_path):
    output = tmp_path / "mine"
    done = semg_here("import-checkpoint", released, "-o", output, "--int8")
    assert done.returncode == 0, done.stderr
    last = done.stdout.splitlines()[-1]
    assert last.startswith("8 bits: no layer is large enough to gain by it")
    assert "int8" not in yaml.safe_load((output / "bundle.yaml").read_text())["metrics"]


def test_what_is_compared_has_to_be_there_and_asked_for(refused, released, tmp_path):
    words = ("import-checkpoint", released, "-o", tmp_path / "mine", "--compare")
    emg = tmp_path / "emg.npz"
    assert refused(*words, emg) == "--compare: is for --int8"
    assert refused(*words, emg, "--int8") == f"{emg}: there is no such file"
    np.savez(emg, data=np.zeros((3, 16)))
    assert "no array 'emg' in the file, which holds data" in refused(*words, emg, "--int8")
    assert not (tmp_path / "mine").exists()
    np.savez(emg, emg=np.zeros((3000, 8)))
    said = refused(*words, emg, "--int8")
    assert said.startswith(f"--int8: {emg}: 'emg' has 8 channels, must have 16; ")
    assert said.endswith("mine holds the bundle in float32")
    assert (tmp_path / "mine/bundle.yaml").exists()


def test_a_refused_import_leaves_the_bundle_that_is_there(semg_here, refused, released, tmp_path):
    output = tmp_path / "mine"
    assert semg_here("import-checkpoint", released, "-o", output).returncode == 0
    before = {file.name: file.read_bytes() for file in output.iterdir()}
    (released / "model_config.yaml").write_text("task: sleep")
    said = refused("import-checkpoint", released, "-o", output, "--force")
    assert "task: 'sleep', must be one of discrete_gestures, wrist, handwriting" in said
    assert {file.name: file.read_bytes() for file in output.iterdir()} == before


def test_a_hostile_checkpoint_is_refused_by_name_and_not_run(refused, released, tmp_path):
    trace = tmp_path / "was-run"
    content = pickle.dumps({"state_dict": {}, "hyper_parameters": {"network": Hostile(trace)}}, 2)
    with zipfile.ZipFile(released / "model_checkpoint.ckpt", "w") as file:
        file.writestr("archive/data.pkl", content)
    said = refused("import-checkpoint", released, "-o", tmp_path / "mine")
    assert f"the pickle asks for '{os.system.__module__}.system'" in said
    assert not trace.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["released"]


def test_outputs_that_cannot_be_are_refused(refused, released, tmp_path):
    assert "no folder" in refused("import-checkpoint", released, "-o", tmp_path / "none/mine")
    said = refused("import-checkpoint", released, "-o", tmp_path / "My Bundle")
    assert "must be lower-case letters, digits, - and _, not 'My Bundle'; or say --name" in said
    said = refused("import-checkpoint", released, "-o", tmp_path / "mine", "--name", "My")
    assert "--name My: a bundle's name must be" in said
    (tmp_path / "file").write_text("")
    assert "a file of that name" in refused("import-checkpoint", released, "-o", tmp_path / "file")
    said = refused("import-checkpoint", tmp_path, "-o", released)
    assert "holds other things than a bundle" in said
    assert "no such folder" in refused("import-checkpoint", tmp_path / "none", "-o", tmp_path / "b")


def test_without_torch_the_command_says_how_to_get_it(refused, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    said = refused("import-checkpoint", tmp_path, "-o", tmp_path / "mine")
    assert said == (
        "torch not installed; get what an import needs with: pip install -r requirements/train.txt"
    )
