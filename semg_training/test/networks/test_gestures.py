# SPDX-License-Identifier: Apache-2.0
"""The gesture network's shape, size and streaming."""

import pytest

torch = pytest.importorskip("torch", reason="torch is only installed for training")

from semg_training.networks.gestures import (  # noqa: E402
    PUBLISHED_GESTURES,
    GestureNetwork,
    GestureNetworkSettings,
)


def test_published_sizes_have_the_published_number_of_parameters():
    network = GestureNetwork(PUBLISHED_GESTURES)
    assert round(sum(p.numel() for p in network.parameters()) / 1e6, 2) == 6.48


def test_24000_samples_give_2398_frames():
    network = GestureNetwork(GestureNetworkSettings(conv_channels=8, hidden=8))
    state = torch.zeros(network.state_shape())
    assert network(torch.zeros(1, 16, 24000), state, state)[0].shape == (1, 2398, 9)


def test_two_frames_at_a_time_equal_the_whole_window():
    torch.manual_seed(1)
    network = GestureNetwork(GestureNetworkSettings(conv_channels=16, hidden=16)).eval()
    emg = 30 * torch.randn(1, 16, 11 + 20 * 25)
    h = c = torch.zeros(network.state_shape())
    with torch.no_grad():
        whole, _, _ = network(emg, h, c)
        for step in range(25):
            piece, h, c = network(emg[:, :, 20 * step : 20 * step + 31], h, c)
            torch.testing.assert_close(piece, whole[:, 2 * step : 2 * step + 2])
