# SPDX-License-Identifier: Apache-2.0
"""Checkpoints of any size in the released layout, and hostile ones."""

from __future__ import annotations

import pickle
import zipfile

import pytest
import yaml

from semg_training.checkpoints.refusal import CheckpointRefused


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="torch is only installed for training")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "released"


@pytest.fixture
def write_config(folder):
    """Write a model_config.yaml that says this of the network."""

    def write(task, network=None, **further):
        folder.mkdir(exist_ok=True)
        content = {"task": task, "lightning_module": {"network": network or {}}, **further}
        (folder / "model_config.yaml").write_text(yaml.safe_dump(content))
        return folder

    return write


@pytest.fixture
def write_checkpoint(folder, torch):
    """Write a model_checkpoint.ckpt with a network's tensors, named by `prefix`."""

    def write(state, hyper_parameters=None, **further):
        folder.mkdir(exist_ok=True)
        content = {
            "epoch": 3,
            "state_dict": {f"network.{name}": tensor for name, tensor in state.items()},
            "hyper_parameters": hyper_parameters or {"learning_rate": 0.001},
            **further,
        }
        torch.save(content, folder / "model_checkpoint.ckpt")
        return folder

    return write


@pytest.fixture
def write_archive(tmp_path):
    """Write a zip archive as torch.save does, with this pickle."""

    def write(content=b"", entries=None, top="archive", byte_order=b"little"):
        path = tmp_path / "model_checkpoint.ckpt"
        with zipfile.ZipFile(path, "w") as file:
            file.writestr(f"{top}/data.pkl", content)
            file.writestr(f"{top}/byteorder", byte_order)
            for name, data in (entries or {}).items():
                file.writestr(name, data)
        return path

    return write


@pytest.fixture
def read(write_archive):
    """What is unpickled from an archive with one storage of 24 bytes, '0'."""

    from semg_training.checkpoints.archive import CheckpointArchive
    from semg_training.checkpoints.unpickler import unpickle

    def run(content):
        with CheckpointArchive(write_archive(content, {"archive/data/0": bytes(24)})) as archive:
            return unpickle(archive)

    return run


@pytest.fixture
def pickled():
    """Pickle by any protocol."""

    def dump(value, protocol=2):
        return pickle.dumps(value, protocol)

    return dump


@pytest.fixture
def refusal():
    """Call, and return the one line by which a checkpoint is refused."""

    def run(call, *arguments, **named):
        with pytest.raises(CheckpointRefused) as caught:
            call(*arguments, **named)
        message = str(caught.value)
        assert "\n" not in message
        return message

    return run
