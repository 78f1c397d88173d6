# SPDX-License-Identifier: Apache-2.0
"""``semg train`` refuses before it computes, and goes on after it was interrupted."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest
import yaml

from semg_bringup.command.main import main
from semg_bringup.command.train import command_line

TINY = [
    "--set", "network.hidden=8", "--set", "network.mlp=[8]", "--set", "batch.size=2",
    "--set", "batch.window_s=1", "--precision", "float32",
]  # fmt: skip


@pytest.fixture
def moving(tmp_path):
    """A recording of noise, with a wrist that moves."""
    rows = np.zeros(8000, [("time", "<f8"), ("emg", "<f4", (16,)), ("wrist_angles", "<f4", (2,))])
    rows["time"] = np.arange(8000) / 2000
    rows["emg"] = np.random.default_rng(0).standard_normal((8000, 16))
    rows["wrist_angles"] = np.sin(np.arange(8000) / 500)[:, None]
    path = tmp_path / "moving.hdf5"
    with h5py.File(path, "w") as file:
        file["data"] = rows
    return path


@pytest.fixture
def start(tmp_path):
    """Start ``semg train`` in a process of its own; its lines come as they are printed."""

    def start(*words):
        command = [sys.executable, "-m", "semg_bringup.command.main", "train", *map(str, words)]
        environment = {**os.environ, "SEMG_CACHE": str(tmp_path / "cache")}
        return subprocess.Popen(
            command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    return start


def finished(process):
    out, error = process.communicate(timeout=300)
    return process.returncode, out, error


def test_help_says_what_happens_and_shows_examples(capsys):
    with pytest.raises(SystemExit) as left:
        main(["train", "--help"])
    assert left.value.code == 0
    text = capsys.readouterr().out
    assert "1000000" in text
    assert "Ctrl-C" in text
    assert "examples:" in text


def test_without_torch_it_says_what_is_needed_in_one_line(tmp_path):
    script = (
        "import sys, importlib.util as util; found = util.find_spec; "
        "util.find_spec = lambda name, *rest: None if name == 'torch' else found(name, *rest); "
        f"sys.argv[1:] = ['train', '--task', 'wrist', '--output', '{tmp_path}/b']; "
        "from semg_bringup.command.main import main; sys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert done.stderr == ("semg train: needs torch: pip install -r requirements/train.txt\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--task", "wrist", "--set", "network.hiden=3"], "is 'hidden' meant?"),
        (["--task", "wrist", "--size", "huge"], "--size huge: no such recipe for wrist"),
        (["--task", "wrist", "--null-data", "x"], "--null-data: is for --task gestures"),
        (["--task", "wrist", "--mix", "0.5"], "--mix: is for --data"),
        (["--task", "wrist", "--data", "nowhere.hdf5"], "nowhere.hdf5: "),
        (["--task", "wrist", "--people", "0"], "nothing to train on"),
        (["--task", "wrist", "--set", "network.mlp=[]"], "network.mlp: is empty"),
        (["--task", "wrist", "--set", "batch.window_s=0.005"], "must be at least 0.1"),
    ],
)
def test_what_cannot_be_trained_is_refused_in_one_line(words, said, tmp_path, capsys, monkeypatch):
    pytest.importorskip("torch", reason="torch is only installed for training")
    monkeypatch.setenv("SEMG_CACHE", str(tmp_path / "cache"))
    assert main(["train", *words, "--output", str(tmp_path / "b")]) == 2
    last = capsys.readouterr().err.strip()
    assert last.startswith("semg train: ")
    assert said in last
    assert "\n" not in last
    assert not (tmp_path / "b").exists()


def test_a_training_that_is_interrupted_goes_on_to_the_same_bundle(moving, start, tmp_path):
    pytest.importorskip("torch", reason="torch is only installed for training")
    words = ["--task", "wrist", "--data", moving, "--steps", "200", "--threads", "1", *TINY]

    def train_to(name):
        return start(*words, "--output", tmp_path / name, "--log-dir", tmp_path / f"{name}-log")

    code, _, error = finished(train_to("whole"))
    assert code == 0, error

    interrupted = train_to("pieces")
    assert interrupted.stdout.readline().startswith("step ")
    interrupted.send_signal(signal.SIGINT)
    code, _, error = finished(interrupted)
    assert code == 130
    assert "of 200; the same command goes on from there" in error
    assert not (tmp_path / "pieces").exists()

    code, out, error = finished(train_to("pieces"))
    assert code == 0, error
    assert out.startswith("going on after step ")
    described = [
        yaml.safe_load(Path(tmp_path, name, "bundle.yaml").read_text())
        for name in ("whole", "pieces")
    ]
    assert described[0]["sha256"] == described[1]["sha256"]
    assert described[0]["metrics"] == described[1]["metrics"]
    assert described[0]["trained_on"]["best_step"] == described[1]["trained_on"]["best_step"]
    assert described[1]["trained_on"]["command"].startswith("semg train --task wrist --data ")

    code, _, error = finished(train_to("pieces"))
    assert code == 2
    assert "is there already; --force replaces it" in error


def test_a_bundle_does_not_say_where_bundles_lay():
    said = command_line(["train", "--from=/home/me/old", "-o", "/home/me/new", "--task", "wrist"])
    assert said == "semg train --from=START -o BUNDLE --task wrist"
