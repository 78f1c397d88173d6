# SPDX-License-Identifier: Apache-2.0
"""The wrist network's shape, size and use of the matrix entries."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is only installed for training")

from semg_training.networks.rotation_invariant import (  # noqa: E402
    RotationInvariantMlp,
    adjacent_entries,
)
from semg_training.networks.wrist import (  # noqa: E402
    PUBLISHED_WRIST,
    WristNetwork,
    WristNetworkSettings,
)


def test_published_sizes_have_the_published_number_of_parameters():
    network = WristNetwork(PUBLISHED_WRIST)
    assert round(sum(p.numel() for p in network.parameters()) / 1e6, 2) == 4.40


@pytest.mark.parametrize("offset", [-1, 0, 1])
def test_entries_are_those_of_the_rolled_matrix_near_the_diagonal_of_the_ring(offset):
    matrix = np.random.default_rng(0).normal(size=(16, 16))
    rolled = np.roll(matrix, (offset, offset), axis=(0, 1))
    by_hand = [
        rolled[row, column]
        for row in range(16)
        for column in range(row, 16)
        if min(column - row, 16 - (column - row)) <= 3
    ]
    assert len(by_hand) == 64
    np.testing.assert_array_equal(matrix.ravel()[adjacent_entries(16, 3, offset)], by_hand)


def test_layer_averages_over_the_three_offsets():
    torch.manual_seed(1)
    layer = RotationInvariantMlp(16, (0, 1, 2, 3, 4, 5), 3, (8,))
    mpf = np.random.default_rng(0).normal(size=(6, 16, 16)).astype(np.float32)
    linear = layer.fully_connected_layers[0]
    expected = torch.zeros(8)
    for offset in (-1, 0, 1):
        rolled = np.roll(mpf, (offset, offset), axis=(1, 2)).reshape(6, -1)
        inputs = torch.from_numpy(rolled[:, adjacent_entries(16, 3, 0)].ravel())
        expected += torch.nn.functional.leaky_relu(linear(inputs), 0.01) / 3
    torch.testing.assert_close(layer(torch.from_numpy(mpf)[None, None])[0, 0], expected)


def test_unused_bands_have_no_influence():
    network = WristNetwork(WristNetworkSettings(mlp=(8,), hidden=8)).eval()
    state = torch.zeros(network.state_shape())
    mpf = torch.randn(1, 5, 6, 16, 16)
    changed = mpf.clone()
    changed[:, :, 4:] = 1e6
    with torch.no_grad():
        torch.testing.assert_close(network(mpf, state, state)[0], network(changed, state, state)[0])
