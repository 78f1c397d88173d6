# SPDX-License-Identifier: Apache-2.0
"""The layers near the output are trained, the others stay."""

import pytest

pytest.importorskip("torch", reason="torch is only installed for training")

from semg_training.networks.gestures import GestureNetwork, GestureNetworkSettings
from semg_training.networks.handwriting import HandwritingNetwork, HandwritingNetworkSettings
from semg_training.networks.wrist import WristNetwork, WristNetworkSettings
from semg_training.personalising.layers import LAYERS, freeze_others, trained_weights

NETWORKS = {
    "gestures": GestureNetwork(GestureNetworkSettings(conv_channels=4, hidden=4, layers=3)),
    "wrist": WristNetwork(WristNetworkSettings(mlp=(4,), hidden=4, layers=2)),
    "handwriting": HandwritingNetwork(
        HandwritingNetworkSettings(
            bands=(0,), num_adjacent_cov=1, mlp=(8,), feed_forward=8, strides=(1, 2, 1),
            attention_windows=(4, 4, 4), heads=2,
        )
    ),
}  # fmt: skip


@pytest.mark.parametrize("task", list(NETWORKS))
def test_each_choice_holds_the_one_before(task):
    output, last, everything = (set(trained_weights(NETWORKS[task], one)) for one in LAYERS)
    assert output < last < everything
    assert len(output) == 2
    assert len(everything) == len(list(NETWORKS[task].parameters()))


@pytest.mark.parametrize(
    ("task", "layer", "other"),
    [
        ("gestures", "lstm.weight_hh_l2", "lstm.weight_hh_l1"),
        ("wrist", "lstm.bias_ih_l1", "lstm.bias_ih_l0"),
        ("handwriting", "blocks.2.norm.weight", "blocks.1.norm.weight"),
    ],
)
def test_the_last_layer_is_trained_and_the_one_before_is_not(task, layer, other):
    freeze_others(NETWORKS[task], "last")
    weights = dict(NETWORKS[task].named_parameters())
    assert weights[layer].requires_grad
    assert not weights[other].requires_grad
