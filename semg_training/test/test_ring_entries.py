# SPDX-License-Identifier: Apache-2.0
"""Small MPF frames hold all that the wrist network looks at."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is only installed for training")

from semg_training.networks.wrist import WristNetwork, WristNetworkSettings  # noqa: E402
from semg_training.ring_entries import from_ring_entries, to_ring_entries  # noqa: E402


def symmetric(frames):
    matrices = np.random.default_rng(0).normal(size=(frames, 6, 16, 16))
    return matrices + matrices.swapaxes(2, 3)


def test_entries_come_back_at_their_place_and_the_others_as_zero():
    matrices = symmetric(3)
    back = from_ring_entries(torch.from_numpy(to_ring_entries(matrices, 3))).numpy()
    apart = np.abs(np.subtract.outer(np.arange(16), np.arange(16)))
    near = np.minimum(apart, 16 - apart) <= 3
    np.testing.assert_array_equal(back[:, :, near], matrices[:, :, near].astype(np.float16))
    assert not back[:, :, ~near].any()


def test_wrist_network_sees_no_difference():
    matrices = symmetric(4).astype(np.float16).astype(np.float64)
    network = WristNetwork(WristNetworkSettings(mlp=(8,), hidden=8)).eval()
    state = torch.zeros(network.state_shape())
    small = from_ring_entries(torch.from_numpy(to_ring_entries(matrices, 3)).float())
    with torch.no_grad():
        of_small, _, _ = network(small[None], state, state)
        of_whole, _, _ = network(torch.from_numpy(matrices).float()[None], state, state)
    torch.testing.assert_close(of_small, of_whole)
