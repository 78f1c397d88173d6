# SPDX-License-Identifier: Apache-2.0
"""Networks of other sizes answer as torch, and files that do not fit leave nothing behind."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is only installed for training")

from semg_decoders.decoding.gestures import GestureDecoder  # noqa: E402
from semg_decoders.decoding.wrist import WristDecoder  # noqa: E402
from semg_decoders.inference.session import Model  # noqa: E402
from semg_training.checkpoints.import_checkpoint import import_checkpoint  # noqa: E402
from semg_training.networks.gestures import GestureNetwork, GestureNetworkSettings  # noqa: E402
from semg_training.networks.wrist import WristNetwork, WristNetworkSettings  # noqa: E402

SMALL_GESTURES = GestureNetworkSettings(
    channels=6, conv_channels=10, hidden=7, layers=2, outputs=9, kernel=15, stride=5
)
SMALL_WRIST = WristNetworkSettings(
    channels=6, bands=(0, 1, 2, 3, 4, 5), num_adjacent_cov=2, mlp=(9, 5), hidden=7, layers=1,
    offsets=(-2, 0, 1),
)  # fmt: skip
SMALL_WRIST_CONFIG = {
    "num_channels": 6, "hidden_dims": [9, 5], "lstm_hidden_dim": 7, "lstm_num_layers": 1,
    "output_dim": 1, "invariance_layer": {"offsets": [-2, 0, 1]},
}  # fmt: skip


def made(kind, settings):
    torch.manual_seed(3)
    return kind(settings).eval()


@pytest.fixture
def small_gestures(write_config, write_checkpoint):
    """A released folder of other sizes; keyword arguments change tensors."""

    def write(network=None, **changes):
        state = made(GestureNetwork, SMALL_GESTURES).state_dict()
        state.update(changes)
        write_config("discrete_gestures", {"output_channels": 9, "stride": 5, **(network or {})})
        return write_checkpoint({n: tensor for n, tensor in state.items() if tensor is not None})

    return write


@pytest.fixture
def small_wrist(write_config, write_checkpoint):
    """The same for the wrist."""

    def write(network=None, **changes):
        state = {**made(WristNetwork, SMALL_WRIST).state_dict(), **changes}
        write_config("wrist", {**SMALL_WRIST_CONFIG, **(network or {})})
        return write_checkpoint(state)

    return write


def test_gestures_of_other_sizes_equal_torch(small_gestures, tmp_path):
    bundle = import_checkpoint(small_gestures(), tmp_path / "b", "small", "MIT")
    assert bundle.licence == "MIT"
    assert (bundle.left_context, bundle.stride) == (10, 5)
    assert bundle.trained_on["taken_as_published"] == {
        "limit of the compression": 64.0,
        "midpoint of the compression": 32.0,
    }
    emg = np.random.default_rng(2).normal(0, 20, (415, 6)).astype(np.float32)
    steps = GestureDecoder(Model(bundle)).push(emg, 0)
    network = made(GestureNetwork, SMALL_GESTURES)
    with torch.no_grad():
        logits, *_ = network(
            torch.from_numpy(emg.T.copy())[None], *network.initial_states().values()
        )
    expected = torch.sigmoid(logits[0]).numpy()[: 2 * len(steps)]
    found = np.concatenate([step.probabilities for step in steps])
    assert len(found) == 80
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_a_wrist_of_other_sizes_equals_torch(small_wrist, tmp_path):
    bundle = import_checkpoint(small_wrist(), tmp_path / "b", "small")
    assert bundle.trained_on["taken_as_published"] == {"window of the MPF features": 200}
    frames = np.random.default_rng(2).normal(2, 3, (60, 6, 6, 6)).astype(np.float32)
    found = [v.velocity / 50 for v in WristDecoder(Model(bundle)).push(frames, 253)]
    network = made(WristNetwork, SMALL_WRIST)
    with torch.no_grad():
        expected, *_ = network(torch.from_numpy(frames)[None], *network.initial_states().values())
    np.testing.assert_allclose(found, expected[0, :, 0].numpy(), atol=1e-5)


def test_another_window_of_the_features_is_taken_from_the_configuration(small_wrist, tmp_path):
    folder = small_wrist({"featurizer": {"window_length": 120}})
    bundle = import_checkpoint(folder, tmp_path / "b", "small")
    assert bundle.mpf.window == 120


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16, torch.float64])
def test_weights_of_other_precision_are_imported(kind, small_gestures, tmp_path):
    state = made(GestureNetwork, SMALL_GESTURES).state_dict()
    folder = small_gestures(**{name: tensor.to(kind) for name, tensor in state.items()})
    bundle = import_checkpoint(folder, tmp_path / "b", "small")
    network = GestureNetwork(SMALL_GESTURES).eval()
    network.load_state_dict({name: tensor.to(kind).float() for name, tensor in state.items()})
    emg = np.random.default_rng(2).normal(0, 20, (20, 6)).astype(np.float32)
    with torch.no_grad():
        logits, *_ = network(
            torch.from_numpy(emg.T.copy())[None], *network.initial_states().values()
        )
    found = GestureDecoder(Model(bundle)).push(emg, 0)[0].probabilities
    np.testing.assert_allclose(found, torch.sigmoid(logits[0]).numpy(), atol=1e-5)


def test_sizes_that_only_the_stored_network_says_are_taken_from_it(
    write_config, write_checkpoint, tmp_path
):
    # Whatever class the network object has, it is a stand-in when it is read.
    network = made(GestureNetwork, SMALL_GESTURES)
    holder = torch.nn.Module()
    holder.conv_layer = network.conv_layer
    holder.compression = torch.nn.Module()
    holder.compression.range, holder.compression.midpoint = 50.0, 20.0
    write_config("discrete_gestures")
    folder = write_checkpoint(network.state_dict(), {"network": holder})
    bundle = import_checkpoint(folder, tmp_path / "b", "small")
    assert (bundle.left_context, bundle.stride) == (10, 5)
    assert bundle.trained_on["network"]["limit"] == 50.0
    assert bundle.trained_on["network"]["compression"] == 20.0
    assert "taken_as_published" not in bundle.trained_on


def refused(refusal, folder, output):
    """Return why the import is refused; nothing is left behind."""
    said = refusal(import_checkpoint, folder, output, "small")
    assert not output.exists()
    assert list(output.parent.glob(".*")) == []
    return said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"projection.bias": None}, "network.projection.bias is missing, must have shape [9]"),
        ({"conv_layer.weight": None}, "tensor network.conv_layer.weight is missing"),
        ({"lstm.weight_hh_l0": None}, "tensor network.lstm.weight_hh_l0 is missing"),
        (
            {"projection.weight": torch.zeros(9, 5)},
            "tensor network.projection.weight has shape [9, 5], must be [9, 7]",
        ),
        (
            {"projection.weight": torch.zeros(8, 7)},
            "tensor network.projection.weight has shape [8, 7], must be [9, 7]",
        ),
        (
            {"conv_layer.weight": torch.zeros(10, 6)},
            "tensor network.conv_layer.weight has shape [10, 6], must have 3 dimensions",
        ),
        (
            {"lstm.weight_hh_l0": torch.zeros(1, 10**6)},
            "tensor network.lstm.weight_ih_l0 has shape [28, 10], must be [4000000, 10]",
        ),
        ({"extra.weight": torch.zeros(2)}, "network.extra.weight, of shape [2], is unexpected"),
        (
            {"projection.bias": torch.full((9,), torch.nan)},
            "projection.bias holds what is no number",
        ),
        ({"projection.bias": [0.0] * 9}, "state_dict: network.projection.bias is no tensor"),
    ],
)
def test_a_tensor_that_does_not_fit_is_named(changes, said, small_gestures, tmp_path, refusal):
    assert said in refused(refusal, small_gestures(**changes), tmp_path / "bundle")


@pytest.mark.parametrize(
    ("network", "said"),
    [
        ({"output_channels": "nine"}, "outputs: nine, must be integers from 1 to"),
        ({"output_channels": 0}, "outputs: 0, must be integers from 1 to"),
        ({"output_channels": 8}, "projection.weight has shape [9, 7], must be [8, 7] (and 1 more)"),
        ({"stride": 16}, "stride of the convolution: 16, must be at most its kernel, 15"),
    ],
)
def test_a_gesture_configuration_that_does_not_fit_is_refused(
    network, said, small_gestures, tmp_path, refusal
):
    assert said in refused(refusal, small_gestures(network), tmp_path / "bundle")


@pytest.mark.parametrize(
    ("network", "said"),
    [
        ({"lstm_num_layers": 2}, "tensor network.lstm.weight_ih_l1 is missing"),
        ({"lstm_num_layers": 10**9}, "LSTM layers: 1000000000, must be integers from 1 to 64"),
        ({"lstm_hidden_dim": 10**6}, "lstm.weight_ih_l0 has shape [28, 5], must be [4000000, 5]"),
        ({"num_channels": 5}, "fully_connected_layers.0.weight has 108 inputs, must have one of"),
        (
            {"hidden_dims": [9]},
            "tensor network.lstm.weight_ih_l0 has shape [28, 5], must be [28, 9]",
        ),
        ({"featurizer": {"n_fft": 128}}, "network.featurizer.n_fft: 128, must be 64"),
        ({"featurizer": {"fft_stride": 5}}, "network.featurizer.fft_stride: 5, must be 10"),
        ({"featurizer": {"stride": 20}}, "network.featurizer.stride: 20, must be 40"),
        ({"featurizer": {"frequency_bins": [[0, 50]]}}, "frequency_bins: [[0, 50]], must be"),
        ({"featurizer": {"window_length": 190}}, "190 samples, must be a multiple of 40"),
        (
            {"invariance_layer": {"num_adjacent_cov": 1}},
            "fully_connected_layers.0.weight has shape [9, 108], must be [9, 72]",
        ),
    ],
)
def test_a_wrist_configuration_that_does_not_fit_is_refused(
    network, said, small_wrist, tmp_path, refusal
):
    assert said in refused(refusal, small_wrist(network), tmp_path / "bundle")


@pytest.mark.parametrize(
    ("name", "tensor", "said"),
    [
        ("window", torch.ones(64), "mpf_featurizer.window holds other values"),
        ("window", torch.ones(32), "mpf_featurizer.window has shape [32], must be [64]"),
        (
            "freq_masks",
            torch.ones(1, 1, 6, 33, 1, 1, dtype=torch.uint8),
            "mpf_featurizer.freq_masks holds other values",
        ),
    ],
)
def test_features_that_are_not_computed_here_are_refused(
    name, tensor, said, small_wrist, tmp_path, refusal
):
    folder = small_wrist(**{f"mpf_featurizer.{name}": tensor})
    assert said in refused(refusal, folder, tmp_path / "bundle")


@pytest.mark.parametrize(
    ("layer", "module", "said"),
    [
        (
            "post_conv_layer_norm",
            torch.nn.LayerNorm(10, eps=1e-3),
            "post_conv_layer_norm.eps: 0.001, must be 1e-05",
        ),
        (
            "conv_layer",
            torch.nn.Conv1d(6, 10, 15, 3),
            "network.stride: 5, but the network in model_checkpoint.ckpt has (3,)",
        ),
        ("conv_layer", torch.nn.Conv1d(6, 10, 15, 5, 2), "conv_layer.padding: (2,), must be 0"),
        ("lstm", torch.nn.LSTM(10, 7, 2, bidirectional=True), "lstm.bidirectional: True, must be"),
        ("lstm", torch.nn.LSTM(10, 8, 2), "lstm.weight_ih_l0 has shape [28, 10], must be [32, 10]"),
    ],
)
def test_a_stored_network_that_differs_is_refused(
    layer, module, said, write_config, write_checkpoint, tmp_path, refusal
):
    holder = torch.nn.Module()
    setattr(holder, layer, module)
    write_config("discrete_gestures", {"stride": 5})
    state = made(GestureNetwork, SMALL_GESTURES).state_dict()
    folder = write_checkpoint(state, {"network": holder})
    assert said in refused(refusal, folder, tmp_path / "bundle")


def test_a_checkpoint_of_another_task_is_refused(small_wrist, write_config, tmp_path, refusal):
    small_wrist()
    folder = write_config("discrete_gestures")
    said = refused(refusal, folder, tmp_path / "bundle")
    assert "tensor network.conv_layer.weight is missing" in said


def test_a_folder_without_the_files_is_refused(folder, write_config, tmp_path, refusal):
    output = tmp_path / "bundle"
    assert refused(refusal, folder, output) == f"{folder}: no such folder"
    folder.mkdir()
    assert refused(refusal, folder, output) == f"{folder / 'model_config.yaml'}: no such file"
    write_config("wrist")
    assert refused(refusal, folder, output) == f"{folder / 'model_checkpoint.ckpt'}: no such file"


def test_a_checkpoint_without_tensors_is_refused(write_config, write_checkpoint, tmp_path, refusal):
    write_config("wrist")
    said = refused(refusal, write_checkpoint({}), tmp_path / "bundle")
    assert "state_dict has no tensor whose name begins with network." in said
