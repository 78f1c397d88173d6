# SPDX-License-Identifier: Apache-2.0
"""The network that is read from a bundle is the one that was exported into it."""

from dataclasses import asdict

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is only installed for training")

import torch

from semg_decoders.decoding.characters import CHARACTERS
from semg_decoders.inference.bundle import ModelBundle
from semg_training.bundle_network import network_of
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


@pytest.mark.parametrize("make", [gestures, wrist, handwriting])
def test_outputs_and_states_are_equal_over_a_stream(make, bundle_of):
    network = make()
    bundle = bundle_of(network)
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


def test_weights_are_the_same_wherever_they_matter(bundle_of):
    network = handwriting()
    read = dict(network_of(bundle_of(network)).network.named_parameters())
    without = {name for name in read if name.endswith("attention.key.bias")}
    for name, weights in network.named_parameters():
        # The bias of the keys drops out of attention.
        expected = torch.zeros_like(weights) if name in without else weights
        assert torch.equal(read[name], expected), name
    assert len(without) == 2


def test_a_network_whose_weights_are_alike_is_read_too(bundle_of):
    network = WristNetwork(WristNetworkSettings(mlp=(8,), hidden=8))
    with torch.no_grad():
        for weights in network.parameters():
            weights.zero_()
    read = network_of(bundle_of(network)).network
    assert all(not weights.any() for weights in read.parameters())


def test_sizes_of_a_recipe_come_first(bundle_of):
    network = wrist()
    sizes = {"recipe": {"network": asdict(network.settings)}, "network": {"hidden": 3}}
    assert network_of(bundle_of(network, **sizes)).network.settings.hidden == 6


def test_eight_bits_are_refused(bundle_of):
    bundle = bundle_of(wrist(), lambda graph: quantised(graph, large_layers(graph, 50)))
    with pytest.raises(TrainingRefused, match="bundle 'mine': its weights have 8 bits"):
        network_of(bundle)


def test_a_bundle_without_sizes_is_refused(bundle_of):
    bundle = bundle_of(wrist(), network=None)
    with pytest.raises(TrainingRefused, match="trained_on: no 'network'"):
        network_of(bundle)


def test_sizes_that_are_not_those_of_the_graph_are_refused(bundle_of):
    larger = {"network": {**asdict(wrist().settings), "hidden": 7}}
    bundle = bundle_of(wrist(), **larger)
    with pytest.raises(TrainingRefused, match=r"model.onnx: not a graph that semg train") as said:
        network_of(bundle)
    assert "\n" not in str(said.value)


@pytest.mark.parametrize("name", ["gestures", "wrist"])
def test_installed_bundles_can_be_read(name):
    from semg_decoders.inference.lookup import find_bundle

    bundle = ModelBundle.load(find_bundle(name))
    count = sum(weights.numel() for weights in network_of(bundle).network.parameters())
    assert count == bundle.trained_on["parameters"]
