# SPDX-License-Identifier: Apache-2.0
"""A small bundle is made of 8-bit layers, measured, and decodes as before."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is only installed for training")
pytest.importorskip("onnx", reason="onnx is only installed for training")

from semg_decoders.decoding.gestures import GestureDecoder  # noqa: E402
from semg_decoders.inference.bundle import ModelBundle  # noqa: E402
from semg_decoders.inference.session import Model  # noqa: E402
from semg_decoders.inference.writer import write_bundle  # noqa: E402
from semg_training.describe import (  # noqa: E402
    Identity,
    describe_gestures,
    describe_wrist,
    gestures_input_shape,
    mpf_input_shape,
)
from semg_training.export import exported  # noqa: E402
from semg_training.gesture_targets import GESTURES  # noqa: E402
from semg_training.int8.conversion import convert  # noqa: E402
from semg_training.networks.gestures import (  # noqa: E402
    GestureNetwork,
    GestureNetworkSettings,
)
from semg_training.networks.wrist import WristNetwork, WristNetworkSettings  # noqa: E402

RNG = np.random.default_rng(5)
NAMES = ("emg", "logits"), ("mpf", "displacement")
WHO = Identity("small", "Apache-2.0", "A small network with weights by chance.", {}, {}, 400.0)
NOISE = RNG.normal(0, 20, (4000, 16)).astype(np.float32)


@pytest.fixture(scope="module")
def gestures(tmp_path_factory):
    torch.manual_seed(1)
    network = GestureNetwork(GestureNetworkSettings(conv_channels=64, hidden=64))
    inputs = RNG.normal(0, 20, (5, *gestures_input_shape(network))).astype(np.float32)
    graph, _ = exported(network, *NAMES[0], inputs)
    return write_bundle(tmp_path_factory.mktemp("gestures"), graph,
                        describe_gestures(network, WHO, GESTURES))  # fmt: skip


@pytest.fixture(scope="module")
def wrist(tmp_path_factory):
    torch.manual_seed(1)
    network = WristNetwork(WristNetworkSettings(mlp=(32,), hidden=32))
    inputs = RNG.normal(3, 3, (5, *mpf_input_shape(16, 1))).astype(np.float32)
    graph, _ = exported(network, *NAMES[1], inputs)
    return write_bundle(tmp_path_factory.mktemp("wrist"), graph,
                        describe_wrist(network, WHO, 200, ("extension",)))  # fmt: skip


@pytest.fixture(scope="module")
def converted(gestures, tmp_path_factory):
    folder = tmp_path_factory.mktemp("int8") / "bundle"
    return convert(gestures, folder, {"noise": NOISE}, seconds=6.0, fewest=4000), folder


def decoded(folder):
    steps = GestureDecoder(Model.load(folder)).push(NOISE, 0)
    return np.concatenate([step.probabilities for step in steps])


def test_large_layers_shrink_and_the_bundle_says_what_changed(converted):
    report, folder = converted
    assert report.accepted
    assert {layer.kind for layer in report.layers} == {"Conv", "LSTM"}
    assert report.size_after < 0.5 * report.size_before
    assert report.harm <= report.tolerance == 0.005
    noted = ModelBundle.load(folder).metrics["int8"]
    assert noted["layers"] == [layer.name for layer in report.layers]
    assert noted["float32"].keys() == {"CLER", "misses/min", "false alarms/min"}


def test_the_largest_change_is_that_of_the_two_bundles(converted, gestures):
    report, folder = converted
    change = np.abs(decoded(folder) - decoded(gestures.folder)).max()
    assert 0 < change < 0.1
    assert report.largest_changes["noise"] == pytest.approx(change)
    assert report.largest_changes.keys() == {"simulated people", "noise"}


def test_without_large_layers_nothing_is_written(gestures, tmp_path):
    report = convert(gestures, tmp_path / "bundle", seconds=2.0, fewest=10**9)
    assert (report.layers, report.kept, report.accepted) == ((), (), False)
    assert report.size_after == report.size_before
    assert not (tmp_path / "bundle").exists()


def test_wrist_bundles_are_measured_by_their_velocity(wrist, tmp_path):
    report = convert(wrist, tmp_path / "bundle", seconds=4.0, fewest=4000)
    assert report.before.keys() == {"error, deg/s", "correlation"}
    assert report.tolerance == pytest.approx(0.01 * report.before["error, deg/s"])
