# SPDX-License-Identifier: Apache-2.0
"""First weights let through what varies in MPF frames."""

import pytest

torch = pytest.importorskip("torch", reason="torch is only installed for training")

from semg_training.networks.first_weights import standardise  # noqa: E402
from semg_training.networks.handwriting import (  # noqa: E402
    HandwritingNetwork,
    HandwritingNetworkSettings,
)

SMALL = HandwritingNetworkSettings(
    channels=4, bands=(0, 1), num_adjacent_cov=1, mlp=(12, 8), feed_forward=6, kernel=3,
    strides=(1, 2), attention_windows=(5, 4), heads=2, outputs=7,
)  # fmt: skip


def frames(seed):
    """Small changes of each entry about the large level of its band."""
    generator = torch.Generator().manual_seed(seed)
    level = 20 * torch.randn(6, 1, 1, generator=torch.Generator().manual_seed(1))
    return level + 0.1 * torch.randn(3, 400, 6, 4, 4, generator=generator)


def reduced(network, mpf):
    """What the first block is given."""
    features = network.rotation_invariant_mlp(mpf).reshape(3, 200, -1)
    return network.time_reduction(features).flatten(0, 1)


def test_the_first_block_is_given_mean_0_and_deviation_1():
    torch.manual_seed(0)
    network = HandwritingNetwork(SMALL)
    with torch.no_grad():
        before = reduced(network, frames(2))
        standardise(network, frames(2))
        after, of_others = reduced(network, frames(2)), reduced(network, frames(3))
    assert before.mean(dim=0).abs().max() > 10 * before.std(dim=0).max()
    torch.testing.assert_close(after.mean(dim=0), torch.zeros(8), rtol=0, atol=1e-3)
    torch.testing.assert_close(after.std(dim=0), torch.ones(8), rtol=1e-3, atol=0)
    assert of_others.mean(dim=0).abs().max() < 0.3
    assert (of_others.std(dim=0) - 1).abs().max() < 0.2


def test_entries_that_never_change_do_no_harm():
    network = HandwritingNetwork(SMALL)
    still = torch.ones(3, 400, 6, 4, 4)
    standardise(network, still)
    assert all(torch.isfinite(parameter).all() for parameter in network.parameters())
