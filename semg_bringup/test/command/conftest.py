# SPDX-License-Identifier: Apache-2.0
import itertools
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import h5py
import numpy as np
import pytest

from semg_bringup.command.main import main

CHANNELS = 16
GESTURES = [
    "index_press",
    "index_release",
    "middle_press",
    "middle_release",
    "thumb_click",
    "thumb_down",
    "thumb_in",
    "thumb_out",
    "thumb_up",
]
_domains = itertools.count(100 + os.getpid() % 40)


@pytest.fixture(scope="session")
def onnx():
    return pytest.importorskip("onnx", reason="onnx is needed to make models for the tests")


@pytest.fixture(scope="session")
def write(tmp_path_factory):
    from semg_decoders.inference.writer import write_bundle

    def write_one(name, graph_bytes, description):
        folder = tmp_path_factory.mktemp("bundles") / name
        write_bundle(folder, graph_bytes, {"name": name, **description})
        return folder

    return write_one


@pytest.fixture(scope="session")
def gesture_bundle(onnx, write):
    """Logit g of frame k is the value of channel g at the frame's last sample."""
    helper, floats = onnx.helper, onnx.TensorProto.FLOAT
    constant = onnx.numpy_helper.from_array
    graph = helper.make_graph(
        [
            helper.make_node("Gather", ["emg", "samples"], ["picked"], axis=2),
            helper.make_node("Gather", ["picked", "channels"], ["some"], axis=1),
            helper.make_node("Transpose", ["some"], ["logits"], perm=[0, 2, 1]),
            helper.make_node("Identity", ["count"], ["count_out"]),
        ],
        "gestures",
        [
            helper.make_tensor_value_info("emg", floats, [1, CHANNELS, 31]),
            helper.make_tensor_value_info("count", floats, [1]),
        ],
        [
            helper.make_tensor_value_info("logits", floats, [1, 2, 9]),
            helper.make_tensor_value_info("count_out", floats, [1]),
        ],
        [
            constant(np.array([20, 30], np.int64), "samples"),
            constant(np.arange(9, dtype=np.int64), "channels"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return write(
        "test-gestures",
        model.SerializeToString(),
        {
            "task": "discrete_gestures",
            "version": 1,
            "licence": "Apache-2.0",
            "description": "Says what channels 0 to 8 hold.",
            "trained_on": {"people": [1, 2]},
            "metrics": {"event_f1": 0.93},
            "input": {
                "kind": "emg",
                "sample_rate": 2000.0,
                "channels": CHANNELS,
                "unit": "noise_sd",
                "high_pass_hz": 40.0,
                "bandwidth": 400.0,
                "tensor": "emg",
            },
            "frames_per_step": 2,
            "left_context": 11,
            "stride": 10,
            "states": {"count": [1]},
            "output": {"tensor": "logits", "activation": "sigmoid", "labels": GESTURES},
            "decoding": {"threshold": 0.5, "debounce": 0.05},
        },
    )


@pytest.fixture(scope="session")
def wrist_bundle(onnx, write):
    """Displacement is the mean of the frame, plus 1 for every frame since the start."""
    helper, floats = onnx.helper, onnx.TensorProto.FLOAT
    shape = [1, 1, 6, CHANNELS, CHANNELS]
    graph = helper.make_graph(
        [
            helper.make_node("ReduceMean", ["mpf"], ["flat"], axes=[2, 3, 4], keepdims=0),
            helper.make_node("Unsqueeze", ["flat", "last"], ["mean"]),
            helper.make_node("Add", ["mean", "count"], ["displacement"]),
            helper.make_node("Add", ["count", "one"], ["count_out"]),
        ],
        "wrist",
        [
            helper.make_tensor_value_info("mpf", floats, shape),
            helper.make_tensor_value_info("count", floats, [1]),
        ],
        [
            helper.make_tensor_value_info("displacement", floats, [1, 1, 1]),
            helper.make_tensor_value_info("count_out", floats, [1]),
        ],
        [
            onnx.numpy_helper.from_array(np.array([2], np.int64), "last"),
            onnx.numpy_helper.from_array(np.ones(1, np.float32), "one"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return write(
        "test-wrist",
        model.SerializeToString(),
        {
            "task": "wrist",
            "version": 1,
            "licence": "Apache-2.0",
            "description": "Mean of the features.",
            "trained_on": {},
            "metrics": {},
            "input": {
                "kind": "mpf",
                "sample_rate": 2000.0,
                "channels": CHANNELS,
                "unit": "noise_sd",
                "high_pass_hz": 40.0,
                "bandwidth": 400.0,
                "tensor": "mpf",
            },
            "mpf": {
                "window": 200,
                "stride": 40,
                "bands": [[0, 50], [30, 100], [100, 225], [225, 375], [375, 700], [700, 1000]],
                "noise_floor": 0.0,
            },
            "frames_per_step": 1,
            "left_context": 0,
            "stride": 40,
            "states": {"count": [1]},
            "output": {"tensor": "displacement", "activation": "none", "labels": ["wrist"]},
            "decoding": {},
        },
    )


WRITTEN = "hellp⌫o⏎to_be"


@pytest.fixture(scope="session")
def handwriting_bundle(onnx, write):
    """Spells `WRITTEN`, a character and a blank in turn, one run of 160 ms each.

    The first of its runs is silent, as its first output needs the twelfth frame.
    """
    labels = [*sorted(set(WRITTEN)), "<blank>"]
    spelt = [len(labels) - 1]
    for character in WRITTEN:
        spelt += [labels.index(character), len(labels) - 1]
    table = np.full((len(spelt), len(labels)), np.log(0.01), np.float32)
    table[np.arange(len(spelt)), spelt] = np.log(1 - 0.01 * (len(labels) - 1))
    helper, floats = onnx.helper, onnx.TensorProto.FLOAT
    constant = onnx.numpy_helper.from_array
    graph = helper.make_graph(
        [
            helper.make_node("Min", ["count", "last"], ["place"]),
            helper.make_node("Cast", ["place"], ["row"], to=onnx.TensorProto.INT64),
            helper.make_node("Gather", ["table", "row"], ["picked"], axis=0),
            helper.make_node("Unsqueeze", ["picked", "first_axis"], ["log_probs"]),
            helper.make_node("Add", ["count", "one"], ["count_out"]),
        ],
        "handwriting",
        [
            helper.make_tensor_value_info("mpf", floats, [1, 8, 6, CHANNELS, CHANNELS]),
            helper.make_tensor_value_info("count", floats, [1]),
        ],
        [
            helper.make_tensor_value_info("log_probs", floats, [1, 1, len(labels)]),
            helper.make_tensor_value_info("count_out", floats, [1]),
        ],
        [
            constant(np.array([len(spelt) - 1], np.float32), "last"),
            constant(table, "table"),
            constant(np.zeros(1, np.int64), "first_axis"),
            constant(np.ones(1, np.float32), "one"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return write(
        "test-handwriting",
        model.SerializeToString(),
        {
            "task": "handwriting",
            "version": 1,
            "licence": "Apache-2.0",
            "description": "Always writes the same.",
            "input": {
                "kind": "mpf",
                "sample_rate": 2000.0,
                "channels": CHANNELS,
                "unit": "noise_sd",
                "high_pass_hz": 40.0,
                "bandwidth": 400.0,
                "tensor": "mpf",
            },
            "mpf": {
                "window": 160,
                "stride": 40,
                "bands": [[0, 50], [30, 100], [100, 225], [225, 375], [375, 700], [700, 1000]],
                "noise_floor": 0.0,
            },
            "frames_per_step": 1,
            "left_context": 0,
            "warm_up": 11,
            "stride": 320,
            "states": {"count": [1]},
            "output": {"tensor": "log_probs", "activation": "none", "labels": labels},
            "decoding": {"swipe": "space"},
        },
    )


@pytest.fixture(scope="session")
def noise():
    """Conditioned EMG of 3 s, (samples, channels), with pulses that are gestures."""
    emg = np.random.default_rng(5).normal(0, 0.3, (6000, CHANNELS)).astype(np.float32) - 3
    for gesture, first in ((0, 1000), (1, 2400), (8, 3500), (2, 4400)):
        emg[first : first + 80, gesture] += 9
    return emg


@pytest.fixture
def array_file(tmp_path, noise):
    np.savez(tmp_path / "emg.npz", emg=noise)
    return tmp_path / "emg.npz"


@pytest.fixture
def write_hdf5(tmp_path):
    """Write an HDF5 recording in the released layout."""

    def write_one(emg, name="recording.hdf5", rate=2000.0, **attributes):
        rows = np.zeros(len(emg), [("time", "f8"), ("emg", "f4", emg.shape[1:])])
        rows["time"] = np.arange(len(emg)) / rate
        rows["emg"] = emg
        with h5py.File(tmp_path / name, "w") as file:
            file["data"] = rows
            file.attrs["sample_rate_hz"] = rate
            for key, value in attributes.items():
                file.attrs[key] = value
        return tmp_path / name

    return write_one


@pytest.fixture
def semg():
    """Run `semg`, in a ROS domain of its own; return the finished process."""
    environment = {
        **os.environ,
        "ROS_DOMAIN_ID": str(next(_domains)),
        "ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST",
    }

    def run(*arguments, **options):
        return subprocess.run(
            [sys.executable, "-m", "semg_bringup.command.main", *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            env=environment,
            **options,
        )

    run.environment = environment
    return run


@pytest.fixture
def semg_here(capsys):
    """Run a `semg` command that needs no ROS in this process."""

    def run(*arguments):
        capsys.readouterr()
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as end:
            status = end.code
        said = capsys.readouterr()
        return SimpleNamespace(returncode=status, stdout=said.out, stderr=said.err)

    return run


@pytest.fixture
def refused(semg_here):
    """Run `semg`, and return the one line by which it refuses."""

    def run(*arguments):
        done = semg_here(*arguments)
        lines = done.stderr.splitlines()
        assert done.returncode == 2, done
        assert len(lines) == 1, done.stderr
        return lines[0].removeprefix(f"semg {arguments[0]}: ")

    return run


@pytest.fixture(scope="session")
def shared():
    """Folder with real recordings and conformance data."""
    default = Path(__file__).resolve().parents[4] / "shared"
    folder = Path(os.environ.get("SEMG_SHARED", default))
    if not (folder / "data").is_dir():
        pytest.skip(f"no shared data at {folder}; SEMG_SHARED names another place")
    return folder
