# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from semg_node.arrays import float32_array, float32_field, uint64_field


def test_array_survives_the_way_through_a_field():
    block = np.random.default_rng(1).normal(size=(20, 16)).astype(np.float32)
    field = float32_field(block)
    assert field.typecode == "f"
    assert np.array_equal(float32_array(field, -1, 16), block)


def test_transposed_array_is_written_row_by_row():
    block = np.arange(6, dtype=np.float32).reshape(2, 3).T
    assert list(float32_field(block)) == [0, 3, 1, 4, 2, 5]


def test_received_array_cannot_be_changed():
    view = float32_array(float32_field(np.zeros(4)), 2, 2)
    with pytest.raises(ValueError, match="read-only"):
        view[0, 0] = 1


def test_large_sample_indices_keep_every_digit():
    indices = np.array([2**53 + 1, 2**63], dtype=np.uint64)
    assert list(uint64_field(indices)) == [2**53 + 1, 2**63]
