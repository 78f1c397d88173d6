# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semg_driver.stream.assembler import AssemblerSettings, StreamAssembler


@pytest.fixture
def assembler():
    return StreamAssembler(1000.0)


def push_all(assembler, blocks):
    chunks = [chunk for block in blocks for chunk in assembler.push(block)]
    return chunks + assembler.flush()


def samples(chunks):
    return np.concatenate([chunk.emg[:, 0] for chunk in chunks]).astype(int)


@settings(max_examples=50, deadline=None)
@given(data=st.data(), seed=st.integers(0, 2**31))
def test_repeats_and_swaps_within_50_ms_leave_no_trace(data, seed, block):
    shuffle = random.Random(seed)
    sizes = data.draw(st.lists(st.integers(1, 10), min_size=5, max_size=40))
    starts = np.cumsum([0, *sizes])
    blocks = [block(int(a), n) for a, n in zip(starts, sizes, strict=False)]
    for i in range(1, len(blocks) - 1):
        if shuffle.random() < 0.3:
            blocks[i], blocks[i + 1] = blocks[i + 1], blocks[i]
        if shuffle.random() < 0.2:
            blocks[i] = blocks[i - 1]
    kept = {b.first_sample for b in blocks}
    blocks += [b for b in (block(int(a), n) for a, n in zip(starts, sizes, strict=False))
               if b.first_sample not in kept]  # fmt: skip
    assembler = StreamAssembler(1000.0, AssemblerSettings(reorder_ms=1000.0))
    chunks = push_all(assembler, blocks)
    np.testing.assert_array_equal(samples(chunks), np.arange(starts[-1]))
    assert all(len(chunk.emg) == 10 for chunk in chunks[:-1])
    assert assembler.statistics.lost_samples == 0
    assert sum(chunk.new_stream for chunk in chunks) == 1


@settings(max_examples=50, deadline=None)
@given(lost=st.sets(st.integers(1, 98), max_size=20))
def test_every_sample_is_passed_on_or_counted_as_lost(lost, block):
    assembler = StreamAssembler(1000.0)
    chunks = push_all(assembler, [block(10 * i, 10) for i in range(100) if i not in lost])
    expected = [10 * i + j for i in range(100) if i not in lost for j in range(10)]
    np.testing.assert_array_equal(samples(chunks), expected)
    assert assembler.statistics.lost_samples == 10 * len(lost)
    assert assembler.statistics.samples == len(expected)
    for chunk in chunks:
        np.testing.assert_array_equal(
            chunk.emg[:, 0], np.arange(chunk.first_sample, chunk.first_sample + len(chunk.emg))
        )


def test_stamps_rise_and_are_never_glued_to_the_arrival(assembler, block):
    rng = np.random.default_rng(3)
    blocks = []
    for first in range(0, 5000, 10):
        due = 100.0 + (first + 9) / 1000.0
        late = 0.3 - first / 1000.0 if first < 300 else 0.0
        blocks.append(block(first, 10, received=due + max(late, 0.0) + rng.exponential(0.005)))
    chunks = push_all(assembler, blocks)
    times = np.array([chunk.monotonic_time for chunk in chunks])
    assert (np.diff(times) > 0).all()
    true = 100.0 + np.array([chunk.first_sample for chunk in chunks]) / 1000.0
    assert np.abs(times - true)[100:].max() < 1e-3


def test_a_device_clock_that_is_set_moves_no_stamp(assembler, block):
    blocks = [
        block(first, 10, device_time=first / 1000.0 - (50.0 if first >= 3000 else 0.0))
        for first in range(0, 6000, 10)
    ]
    chunks = push_all(assembler, blocks)
    times = np.array([chunk.monotonic_time for chunk in chunks])
    np.testing.assert_allclose(np.diff(times), 0.01, atol=1e-6)
    assert assembler.clock.jumps == 1
    assert sum(chunk.new_stream for chunk in chunks) == 1


def test_a_device_that_counts_anew_starts_a_stream(assembler, block):
    blocks = [block(first, 10) for first in range(0, 3000, 10)]
    blocks += [block(first, 10, device_time=3.0 + first / 1000.0) for first in range(0, 500, 10)]
    chunks = push_all(assembler, blocks)
    starts = [i for i, chunk in enumerate(chunks) if chunk.new_stream]
    assert starts == [0, 300]
    assert sum(len(chunk.emg) for chunk in chunks) == 3500
    assert assembler.statistics.streams == 2


def test_another_number_of_channels_starts_a_stream(assembler, block):
    chunks = push_all(assembler, [block(0, 15), block(15, 10, channels=3)])
    assert [(chunk.emg.shape, chunk.new_stream) for chunk in chunks] == [
        ((10, 2), True),
        ((5, 2), False),
        ((10, 3), True),
    ]


def test_recorded_stamps_bypass_the_fit(assembler, block):
    chunks = push_all(assembler, [block(0, 20, stamp_ns=10**18), block(20, 10, stamp_ns=5)])
    assert [chunk.stamp_ns for chunk in chunks] == [10**18, 10**18 + 10_000_000, 5]
    assert math.isnan(assembler.clock_residual)


def test_non_finite_samples_pass_unchanged(assembler, block):
    broken = block(0, 10)
    broken.emg[3] = np.nan
    broken.emg[4] = np.inf
    (chunk,) = assembler.push(broken)
    np.testing.assert_array_equal(chunk.emg, broken.emg)


def test_held_samples_are_passed_on_when_the_device_falls_silent(assembler, block):
    assembler.push(block(0, 10))
    ahead = block(20, 10)
    assert assembler.push(ahead) == []
    (chunk,) = assembler.idle(ahead.received + 0.06)
    assert (chunk.first_sample, chunk.fresh) == (20, True)


def test_a_flush_ends_the_stream(assembler, block):
    assembler.push(block(0, 15))
    (rest,) = assembler.flush()
    assert (rest.first_sample, len(rest.emg)) == (10, 5)
    (chunk,) = assembler.push(block(15, 10))
    assert chunk.new_stream
    assert assembler.flush() == []


def test_another_rate_makes_other_chunks(assembler, block):
    (rest,) = assembler.push(block(0, 5)) + assembler.change_rate(2000.0)
    assert len(rest.emg) == 5
    chunks = assembler.push(block(0, 40, rate=2000.0))
    assert [len(chunk.emg) for chunk in chunks] == [20, 20]
    assert [chunk.new_stream for chunk in chunks] == [True, False]


def test_an_empty_block_is_nothing(assembler, block):
    assert assembler.push(block(0, 0)) == []
    assert assembler.statistics.blocks == 1
