# SPDX-License-Identifier: Apache-2.0
"""Layers go back to float32 only as far as they do harm."""

from hypothesis import given
from hypothesis import strategies as st

from semg_training.int8.choice import choose_layers
from semg_training.int8.layers import Layer


def layers(count):
    return tuple(Layer(f"layer {number}", "LSTM", 1000) for number in range(count))


def summed(harms):
    return lambda chosen: sum(harms[layer.name] for layer in chosen)


def test_all_layers_are_chosen_where_none_does_harm():
    some = layers(3)
    assert choose_layers(some, lambda chosen: 0.0, 0.005) == some


def test_the_layer_that_does_the_harm_stays_in_float32():
    some = layers(3)
    harms = {"layer 0": 0.001, "layer 1": 0.1, "layer 2": 0.001}
    assert choose_layers(some, summed(harms), 0.005) == (some[0], some[2])


def test_nothing_is_chosen_where_every_layer_does_too_much_harm():
    assert choose_layers(layers(3), lambda chosen: 1.0, 0.005) == ()


def test_a_graph_without_large_layers_is_not_tried():
    assert choose_layers((), lambda chosen: 1 / 0, 0.005) == ()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6), st.floats(0, 2))
def test_what_is_chosen_is_within_the_tolerance_and_no_layer_could_be_added(harms, tolerance):
    some = layers(len(harms))
    harm = summed({layer.name: value for layer, value in zip(some, harms, strict=True)})
    chosen = choose_layers(some, harm, tolerance)
    assert harm(chosen) <= tolerance
    assert all(harm((*chosen, layer)) > tolerance for layer in some if layer not in chosen)
