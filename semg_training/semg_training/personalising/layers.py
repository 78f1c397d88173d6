# SPDX-License-Identifier: Apache-2.0
"""Which layers of a network are trained further."""

from __future__ import annotations

from torch import nn

from semg_training.networks.gestures import GestureNetwork
from semg_training.networks.handwriting import HandwritingNetwork
from semg_training.networks.wrist import WristNetwork

OUTPUT, LAST, ALL = "output", "last", "all"
LAYERS = (OUTPUT, LAST, ALL)
"""The output layer; also the last LSTM layer or the last third of the blocks; everything."""


def trained_weights(network: nn.Module, layers: str) -> list[str]:
    """Return the names of the weights that are trained.

    Parameters
    ----------
    network : nn.Module
        For gestures, wrist or handwriting.
    layers : str
        One of `LAYERS`.
    """
    names = [name for name, _ in network.named_parameters()]
    if layers == ALL:
        return names
    output, last = _places(network)
    wanted = (output,) if layers == OUTPUT else (output, *last)
    return [name for name in names if name.startswith(wanted) or _is_layer(name, wanted)]


def freeze_others(network: nn.Module, layers: str) -> None:
    """Have all weights but those of `trained_weights` stay as they are."""
    trained = set(trained_weights(network, layers))
    for name, weights in network.named_parameters():
        weights.requires_grad_(name in trained)


def _places(network: nn.Module) -> tuple[str, tuple[str, ...]]:
    """Return where the output layer and the last layers are; ``_l1`` ends names of a layer."""
    match network:
        case GestureNetwork():
            return "projection.", ("post_lstm_layer_norm.", f"_l{network.settings.layers - 1}")
        case WristNetwork():
            return "linear_out.", (f"_l{network.settings.layers - 1}",)
        case HandwritingNetwork():
            count = len(network.settings.strides)
            first = count - max(1, count // 3)
            return "output.", tuple(f"blocks.{number}." for number in range(first, count))
        case _:
            raise TypeError(f"{type(network).__name__} is not trained further")


def _is_layer(name: str, wanted: tuple[str, ...]) -> bool:
    return any(end.startswith("_l") and name.endswith(end) for end in wanted)
