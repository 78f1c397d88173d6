# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from semg_bringup.evaluation.decoding import at_decoded, blocks_of, padded_block
from semg_bringup.evaluation.parts import open_labelled


@pytest.mark.parametrize(("first", "stop"), [(100, 200), (-50, 20), (3990, 4100), (-10, 4010)])
def test_zeros_stand_outside_of_the_recording_only(write, first, stop):
    with open_labelled(write(), "wrist") as recording:
        block = padded_block(recording, first, stop)
    rows = np.arange(first, stop)
    inside = (rows >= 0) & (rows < 4000)
    assert block.emg.shape == (stop - first, 16)
    assert (block.emg[inside, 8] == rows[inside] + 1).all()
    assert not block.emg[~inside].any()
    assert (block.first_sample, block.starts_stream) == (0, False)


@pytest.mark.parametrize("rate", [2000.0, 1000.0, 1999.3])
@pytest.mark.parametrize(("first", "stop"), [(0, 4000), (1, 2), (1234, 3777)])
def test_rows_are_read_exactly(write, rate, first, stop):
    with open_labelled(write(rate=rate), "wrist") as recording:
        blocks = list(blocks_of(recording, first, stop))
    assert blocks[0].first_sample == first
    emg = np.concatenate([block.emg for block in blocks])
    assert emg[:, 0].tolist() == list(range(first, stop))


def test_a_segment_starts_a_stream_and_irregular_stamps_do_not(write):
    stamps = np.arange(40_000) / 2000 + 3.0 * (np.arange(40_000) >= 10_000)
    path = write(samples=40_000, stamps=stamps, segment_starts=[0, 500, 30_000])
    with open_labelled(path, "wrist") as recording:
        blocks = list(blocks_of(recording, 500, 35_000))
    assert [block.first_sample for block in blocks if block.starts_stream] == [30_000]
    assert np.concatenate([block.emg for block in blocks])[:, 0].tolist() == list(
        range(500, 35_000)
    )


def test_columns_at_2_khz_are_taken_as_they_are():
    stamps = 1.65e9 + np.random.default_rng(1).random(500).cumsum()
    samples = np.array([20, 30, 499])
    assert (at_decoded(stamps, samples, 2000.0) == stamps[samples]).all()


def test_columns_at_another_rate_are_interpolated():
    halves = at_decoded(np.arange(100.0) ** 2, np.array([4, 5]), 1000.0)
    assert halves.tolist() == [4.0, 6.5]
