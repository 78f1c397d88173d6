# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from semg_driver.stream.reordering import Reordering
from semg_driver.stream.statistics import StreamStatistics


@pytest.fixture
def counts():
    return StreamStatistics()


@pytest.fixture
def reordering(counts):
    return Reordering(1000.0, 0.05, counts)


def firsts(blocks):
    return [block.first_sample for block in blocks]


def test_blocks_in_order_pass_at_once(reordering, block):
    assert firsts(reordering.push(block(0, 10))) == [0]
    assert firsts(reordering.push(block(10, 10))) == [10]


def test_a_block_ahead_waits_for_the_one_before_it(reordering, counts, block):
    reordering.push(block(0, 10))
    assert reordering.push(block(20, 10)) == []
    assert firsts(reordering.push(block(10, 10))) == [10, 20]
    assert (counts.reordered_blocks, counts.gaps, counts.lost_samples) == (1, 0, 0)


def test_a_missing_block_is_given_up_after_50_ms_of_samples(reordering, counts, block):
    reordering.push(block(0, 10))
    released = [firsts(reordering.push(block(first, 10))) for first in range(20, 90, 10)]
    assert released == [[], [], [], [], [], [20, 30, 40, 50, 60, 70], [80]]
    assert (counts.gaps, counts.lost_samples) == (1, 10)


def test_a_missing_block_is_given_up_after_50_ms_of_silence(reordering, counts, block):
    reordering.push(block(0, 10))
    ahead = block(20, 10)
    reordering.push(ahead)
    assert reordering.poll(ahead.received + 0.049) == []
    assert firsts(reordering.poll(ahead.received + 0.051)) == [20]
    assert counts.lost_samples == 10


def test_a_repeated_block_is_dropped(reordering, counts, block):
    reordering.push(block(0, 10))
    reordering.push(block(10, 10))
    assert reordering.push(block(0, 10)) == []
    assert counts.repeated_samples == 10


def test_of_an_overlapping_block_only_the_new_part_passes(reordering, counts, block):
    reordering.push(block(0, 10))
    (rest,) = reordering.push(block(4, 10, stamp_ns=4_000_000))
    assert (rest.first_sample, rest.stamp_ns) == (10, 10_000_000)
    np.testing.assert_array_equal(rest.emg[:, 0], np.arange(10, 14))
    assert rest.device_time == pytest.approx(0.010)
    assert counts.repeated_samples == 6
    assert counts.reordered_blocks == 0


def test_a_repetition_of_what_is_held_is_dropped(reordering, counts, block):
    reordering.push(block(0, 10))
    reordering.push(block(20, 10))
    reordering.push(block(20, 10))
    assert firsts(reordering.push(block(10, 10))) == [10, 20]
    assert counts.repeated_samples == 10


def test_a_block_that_comes_after_it_was_given_up_is_dropped(reordering, counts, block):
    reordering.push(block(0, 10))
    reordering.push(block(20, 60))
    assert reordering.push(block(10, 10)) == []
    assert (counts.lost_samples, counts.repeated_samples) == (10, 10)


def test_a_new_stream_lets_go_of_what_was_held(reordering, counts, block):
    reordering.push(block(0, 10))
    reordering.push(block(20, 10))
    released = reordering.push(block(5, 10, starts_stream=True))
    assert firsts(released) == [20, 5]
    assert [b.starts_stream for b in released] == [False, True]
    assert counts.streams == 2


def test_the_first_block_starts_a_stream(reordering, block):
    (first,) = reordering.push(block(700, 10))
    assert first.starts_stream


def test_without_patience_a_jump_is_passed_on_at_once(counts, block):
    reordering = Reordering(1000.0, 0.0, counts)
    reordering.push(block(0, 10))
    assert firsts(reordering.push(block(20, 10))) == [20]
