# SPDX-License-Identifier: Apache-2.0
"""A small bundle is made of 8-bit layers, measured, and decodes as before."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is only installed for training")
pytest.importorskip("onnx", reason="onnx is only installed for training")

from semg_decoders.decoding.gestures import GestureDecoder  # noqa: E402
from semg_decoders.inference.bundle import BundleError, ModelBundle  # noqa: E402
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


def gesture_bundle(folder, settings, labels=GESTURES):
    torch.manual_seed(1)
    network = GestureNetwork(settings)
    inputs = RNG.normal(0, 20, (5, *gestures_input_shape(network))).astype(np.float32)
    graph, _ = exported(network, *NAMES[0], inputs)
    return write_bundle(folder, graph, describe_gestures(network, WHO, labels))


def wrist_bundle(folder, settings, labels=("extension",)):
    torch.manual_seed(1)
    network = WristNetwork(settings)
    inputs = RNG.normal(3, 3, (5, *mpf_input_shape(16, 1))).astype(np.float32)
    graph, _ = exported(network, *NAMES[1], inputs)
    return write_bundle(folder, graph, describe_wrist(network, WHO, 200, labels))


@pytest.fixture(scope="module")
def gestures(tmp_path_factory):
    settings = GestureNetworkSettings(conv_channels=64, hidden=64)
    return gesture_bundle(tmp_path_factory.mktemp("gestures"), settings)


@pytest.fixture(scope="module")
def wrist(tmp_path_factory):
    settings = WristNetworkSettings(mlp=(32,), hidden=32)
    return wrist_bundle(tmp_path_factory.mktemp("wrist"), settings)


@pytest.fixture
def without_people(monkeypatch):
    """Fail if simulated people are asked although it is clear before that they cannot tell."""

    def fail(*arguments):
        raise AssertionError("people were simulated")

    monkeypatch.setattr("semg_training.int8.conversion.simulated", fail)


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
    assert report.harm <= 1
    assert report.tolerances.keys() == {"CLER", "misses/min", "false alarms/min"}
    assert report.tolerances["CLER"] == 0.005
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
    limit = pytest.approx(0.01 * report.before["error, deg/s"])
    assert report.tolerances == {"error, deg/s": limit}


@pytest.mark.parametrize(
    ("emg", "said"),
    [
        (NOISE[:, :8], "'emg' has 8 channels, must have 16"),
        (NOISE[:100], "'emg' has 100 samples, too few for any output"),
        (np.full((4000, 16), np.nan, np.float32), "'emg' holds what is no number"),
    ],
)
def test_emg_that_cannot_be_compared_is_refused_by_name_at_once(
    emg, said, wrist, without_people, tmp_path
):
    with pytest.raises(BundleError) as refusal:
        convert(wrist, tmp_path / "bundle", {"day1.npz": emg}, fewest=4000)
    assert str(refusal.value) == f"day1.npz: {said}"
    assert not (tmp_path / "bundle").exists()


@pytest.mark.parametrize(
    ("settings", "labels", "said"),
    [
        (GestureNetworkSettings(channels=8), GESTURES, "8 channels; .* it must have 16,"),
        (GestureNetworkSettings(outputs=2), ("a", "b"), "outputs a, b; .* all of index_press"),
    ],
)
def test_what_simulated_people_cannot_tell_is_refused(
    settings, labels, said, without_people, tmp_path
):
    bundle = gesture_bundle(tmp_path / "float32", settings, labels)
    with pytest.raises(BundleError, match=said):
        convert(bundle, tmp_path / "bundle", fewest=4000)
    assert not (tmp_path / "bundle").exists()


def test_wrists_of_several_angles_are_refused(without_people, tmp_path):
    settings = WristNetworkSettings(outputs=2)
    bundle = wrist_bundle(tmp_path / "float32", settings, ("extension", "deviation"))
    with pytest.raises(BundleError, match=r"2 outputs; .* it must have 1,"):
        convert(bundle, tmp_path / "bundle", fewest=4000)
