# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from semg_driver.stream.chunking import Chunking, samples_per_chunk


@pytest.mark.parametrize(
    ("rate", "ms", "samples"), [(2000, 10, 20), (1000, 10, 10), (200, 1, 1), (250, 10, 2)]
)
def test_a_chunk_is_the_nearest_number_of_samples_but_at_least_one(rate, ms, samples):
    assert samples_per_chunk(rate, ms) == samples


@given(sizes=st.lists(st.integers(1, 70), min_size=1, max_size=30), size=st.integers(1, 40))
def test_chunks_do_not_depend_on_how_the_stream_was_cut(sizes, size, block):
    chunking = Chunking(1000.0, size)
    chunks, first = [], 0
    for samples in sizes:
        chunks += chunking.push(block(first, samples, truth=True))
        first += samples
    chunks += chunking.flush()
    assert all(len(chunk.emg) == size for chunk in chunks[:-1])
    assert [chunk.first_sample for chunk in chunks] == list(range(0, first, size))
    joined = np.concatenate([chunk.emg for chunk in chunks])
    np.testing.assert_array_equal(joined[:, 0], np.arange(first))
    angles = np.concatenate([chunk.truth.wrist_angle for chunk in chunks])
    np.testing.assert_array_equal(angles, np.arange(first))
    for chunk in chunks:
        inside = range(chunk.first_sample, chunk.first_sample + len(chunk.emg))
        assert [label.sample for label in chunk.truth.gestures] == [
            i for i in inside if i % 50 == 0
        ]
        assert chunk.monotonic_time == pytest.approx(chunk.first_sample / 1000.0)


def test_a_chunk_ends_at_a_jump_of_the_index(block):
    chunking = Chunking(1000.0, 10)
    chunking.push(block(0, 6))
    (short,) = chunking.push(block(9, 4))
    assert (short.first_sample, len(short.emg)) == (0, 6)
    (rest,) = chunking.flush()
    assert (rest.first_sample, len(rest.emg), rest.new_stream) == (9, 4, False)


def test_a_chunk_ends_where_a_stream_starts_even_if_the_count_goes_on(block):
    chunking = Chunking(1000.0, 10)
    chunking.push(block(0, 6, starts_stream=True))
    (short,) = chunking.push(block(6, 4, starts_stream=True))
    assert (len(short.emg), short.new_stream) == (6, True)
    (rest,) = chunking.flush()
    assert (rest.first_sample, rest.new_stream) == (6, True)


def test_recorded_stamps_are_those_of_the_first_sample(block):
    chunking = Chunking(2000.0, 20)
    chunks = chunking.push(block(0, 30, stamp_ns=1_000_000_007))
    chunks += chunking.push(block(30, 10, stamp_ns=1_015_000_009))
    assert [chunk.stamp_ns for chunk in chunks] == [1_000_000_007, 1_010_000_007]


def test_chunks_are_fresh_for_100_ms_after_a_start_and_after_a_gap(block):
    chunking = Chunking(1000.0, 10)
    chunks = chunking.push(block(0, 200, starts_stream=True)) + chunking.push(block(205, 200))
    assert [chunk.fresh for chunk in chunks] == 2 * (10 * [True] + 10 * [False])


def test_truth_that_is_missing_in_one_part_is_missing_in_the_chunk(block):
    chunking = Chunking(1000.0, 10)
    chunking.push(block(0, 5, truth=True))
    (chunk,) = chunking.push(block(5, 5))
    assert chunk.truth is None


def test_the_arrival_of_a_chunk_is_that_of_its_last_sample(block):
    chunking = Chunking(1000.0, 10)
    chunking.push(block(0, 5, received=1.0))
    (chunk,) = chunking.push(block(5, 5, received=2.0))
    assert chunk.received == 2.0
