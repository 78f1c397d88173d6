# SPDX-License-Identifier: Apache-2.0
"""Errors of one person, for networks that say the same whatever they see."""

import math

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is only installed for training")

import torch

from semg_training.networks.gestures import GestureNetwork, GestureNetworkSettings
from semg_training.networks.wrist import WristNetwork, WristNetworkSettings
from semg_training.recordings import EmgRecording, MpfRecording
from semg_training.tasks.person_errors import gesture_errors, wrist_errors


def constant(network, output, bias):
    with torch.no_grad():
        output.weight.zero_()
        output.bias.copy_(torch.as_tensor(bias))
    return network


@pytest.mark.parametrize(("kernel", "stride"), [(21, 10), (41, 20)])
def test_a_silent_network_misses_every_gesture_and_has_no_error_among_detections(kernel, stride):
    network = GestureNetwork(
        GestureNetworkSettings(conv_channels=4, hidden=4, layers=1, kernel=kernel, stride=stride)
    )
    constant(network, network.projection, [-9.0] * 9)
    emg = np.zeros((8000, 16), np.float16)
    recordings = [EmgRecording(emg, np.array([[4, 2000], [8, 5000]])),
                  EmgRecording(emg, np.empty((0, 2), np.int64))]  # fmt: skip
    errors = gesture_errors(network, recordings)
    assert math.isnan(errors["cler"])
    assert errors["misses"] == 1.0
    assert errors["one_minus_f1"] == 1.0
    assert errors["false_per_minute"] == 0.0


def test_the_error_of_always_answering_zero_is_the_mean_speed():
    network = WristNetwork(WristNetworkSettings(mlp=(4,), hidden=4, layers=1))
    constant(network, network.linear_out, [0.0])
    moves = np.where(np.arange(100) % 3 == 0, 0.02, -0.01).astype(np.float32)
    recording = MpfRecording(np.zeros((100, 6, 16, 4), np.float16), moves)
    errors = wrist_errors(network, [recording])
    assert errors["deg_per_s"] == pytest.approx(np.degrees(50 * np.abs(moves[1:]).mean()), rel=1e-5)
    assert errors["of_zero"] == pytest.approx(1.0)


def test_recordings_without_movement_of_the_wrist_are_nothing_to_measure():
    network = WristNetwork(WristNetworkSettings(mlp=(4,), hidden=4, layers=1))
    rest = MpfRecording(np.zeros((9, 6, 16, 4), np.float16), np.zeros(9, np.float32), "rest")
    assert all(math.isnan(value) for value in wrist_errors(network, [rest]).values())
