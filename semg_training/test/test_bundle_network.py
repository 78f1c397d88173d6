# SPDX-License-Identifier: Apache-2.0
"""The network that is read from a bundle is the one that was exported into it."""

from dataclasses import asdict

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is only installed for training")

import torch

from semg_decoders.decoding.characters import BLANK, CHARACTERS
from semg_decoders.inference.bundle import ModelBundle
from semg_decoders.inference.writer import write_bundle
from semg_decoders.signal.mpf import HANDWRITING_WINDOW, WRIST_WINDOW
from semg_training.bundle_network import network_of
from semg_training.describe import (
    Identity,
    describe_gestures,
    describe_handwriting,
    describe_wrist,
    gestures_input_shape,
    mpf_input_shape,
)
from semg_training.export import export_onnx
from semg_training.gesture_targets import GESTURES
from semg_training.int8.layers import large_layers, quantised
from semg_training.networks.gestures import GestureNetwork, GestureNetworkSettings
from semg_training.networks.handwriting import HandwritingNetwork, HandwritingNetworkSettings
from semg_training.networks.wrist import WristNetwork, WristNetworkSettings
from semg_training.refusal import TrainingRefused

HANDWRITING = HandwritingNetworkSettings(
    bands=(0, 1), num_adjacent_cov=2, mlp=(8,), feed_forward=8, kernel=4, strides=(1, 2),
    attention_windows=(4, 4), heads=2, outputs=len(CHARACTERS) + 1,
)  # fmt: skip


def trained(network):
    """Weights no two of which are alike, as after a training."""
    torch.manual_seed(3)
    with torch.no_grad():
        for weights in network.parameters():
            weights.add_(0.05 * torch.randn_like(weights))
    return network.eval()


def gestures():
    return trained(GestureNetwork(GestureNetworkSettings(conv_channels=12, hidden=8, layers=2)))


def wrist():
    return trained(WristNetwork(WristNetworkSettings(mlp=(8,), hidden=6)))


def handwriting():
    return trained(HandwritingNetwork(HANDWRITING))


def written(network, folder, change=lambda graph: graph, /, **origin):
    """Write a bundle of a network; return it."""
    trained_on = {"network": asdict(network.settings), **origin}
    identity = Identity("mine", "Apache-2.0", "x", trained_on, {}, 400.0)
    match network:
        case GestureNetwork():
            names, shape = ("emg", "logits"), gestures_input_shape(network)
            described = describe_gestures(network, identity, GESTURES)
        case WristNetwork():
            names, shape = ("mpf", "displacement"), mpf_input_shape(16, 1)
            described = describe_wrist(network, identity, WRIST_WINDOW, ("extension",))
        case _:
            names = ("mpf", "log_probabilities")
            shape = mpf_input_shape(16, network.settings.frames_per_emission)
            labels = (*CHARACTERS, BLANK)
            described = describe_handwriting(network, identity, HANDWRITING_WINDOW, labels)
    path = folder / "exported.onnx"
    export_onnx(network, path, names[0], shape, names[1])
    return write_bundle(folder / "bundle", change(path.read_bytes()), described)


@pytest.mark.parametrize("make", [gestures, wrist, handwriting])
def test_outputs_and_states_are_equal_over_a_stream(make, tmp_path):
    network = make()
    bundle = written(network, tmp_path)
    read = network_of(bundle).network.eval()
    rng = np.random.default_rng(5)
    states, others = (list(one.initial_states().values()) for one in (network, read))
    for _ in range(20):
        inputs = torch.from_numpy(rng.normal(2, 3, bundle.input_shape).astype(np.float32))
        with torch.no_grad():
            wanted, *states = network(inputs, *states)
            found, *others = read(inputs, *others)
        torch.testing.assert_close(found, wanted, rtol=1e-5, atol=1e-5)
        for one, other in zip(states, others, strict=True):
            torch.testing.assert_close(other, one, rtol=1e-5, atol=1e-5)


def test_weights_are_the_same_wherever_they_matter(tmp_path):
    network = handwriting()
    read = dict(network_of(written(network, tmp_path)).network.named_parameters())
    without = {name for name in read if name.endswith("attention.key.bias")}
    for name, weights in network.named_parameters():
        # The bias of the keys drops out of attention.
        expected = torch.zeros_like(weights) if name in without else weights
        assert torch.equal(read[name], expected), name
    assert len(without) == 2


def test_a_network_whose_weights_are_alike_is_read_too(tmp_path):
    network = WristNetwork(WristNetworkSettings(mlp=(8,), hidden=8))
    with torch.no_grad():
        for weights in network.parameters():
            weights.zero_()
    read = network_of(written(network, tmp_path)).network
    assert all(not weights.any() for weights in read.parameters())


def test_sizes_of_a_recipe_come_first(tmp_path):
    network = wrist()
    sizes = {"recipe": {"network": asdict(network.settings)}, "network": {"hidden": 3}}
    assert network_of(written(network, tmp_path, **sizes)).network.settings.hidden == 6


def test_eight_bits_are_refused(tmp_path):
    bundle = written(wrist(), tmp_path, lambda graph: quantised(graph, large_layers(graph, 50)))
    with pytest.raises(TrainingRefused, match="bundle 'mine': its weights have 8 bits"):
        network_of(bundle)


def test_a_bundle_without_sizes_is_refused(tmp_path):
    bundle = written(wrist(), tmp_path, network=None)
    with pytest.raises(TrainingRefused, match="trained_on: no 'network'"):
        network_of(bundle)


def test_sizes_that_are_not_those_of_the_graph_are_refused(tmp_path):
    larger = {"network": {**asdict(wrist().settings), "hidden": 7}}
    bundle = written(wrist(), tmp_path, **larger)
    with pytest.raises(TrainingRefused, match=r"model.onnx: not a graph that semg train") as said:
        network_of(bundle)
    assert "\n" not in str(said.value)


@pytest.mark.parametrize("name", ["gestures", "wrist"])
def test_installed_bundles_can_be_read(name):
    from semg_decoders.inference.lookup import find_bundle

    bundle = ModelBundle.load(find_bundle(name))
    count = sum(weights.numel() for weights in network_of(bundle).network.parameters())
    assert count == bundle.trained_on["parameters"]
