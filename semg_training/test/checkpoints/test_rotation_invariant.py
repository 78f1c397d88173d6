# SPDX-License-Identifier: Apache-2.0
"""The number of entries on the ring."""

import pytest

from semg_training.checkpoints.rotation_invariant import entries


@pytest.mark.parametrize("channels", [1, 2, 3, 6, 7, 16])
def test_entries_are_as_many_as_there_are_pairs_that_near_on_the_ring(channels):
    for distance in range(channels + 1):
        by_hand = [
            (row, column)
            for row in range(channels)
            for column in range(row, channels)
            if min(column - row, channels - (column - row)) <= distance
        ]
        assert entries(channels, distance) == len(by_hand)
