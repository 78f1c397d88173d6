# SPDX-License-Identifier: Apache-2.0
import array

import pytest

from semg_decoders.stream_input import RawStream
from semg_msgs.msg import EmgChunk, EmgInfo
from semg_node.component import Refused


def info(stream_id, **fields):
    given = {"channels": 2, "sample_rate": 2000.0, "noise_sd": 1.0, "unit": "V", **fields}
    return EmgInfo(stream_id=stream_id, **given)


def chunk(stream_id, first_sample, samples=20):
    return EmgChunk(
        stream_id=stream_id,
        first_sample=first_sample,
        channels=2,
        sample_rate=2000.0,
        unit="V",
        data=array.array("f", bytes(4 * 2 * samples)),
    )


@pytest.fixture
def heard():
    return []


@pytest.fixture
def stream(heard):
    return RawStream(
        begin=lambda verdict, info: heard.append((verdict.value, info.stream_id)),
        process=lambda info, chunk: heard.append((chunk.stream_id, chunk.first_sample)),
    )


def test_chunks_wait_for_the_description_of_their_stream(stream, heard):
    stream.take(chunk(1, 0))
    stream.take(chunk(1, 20))
    assert heard == []
    stream.describe(info(1))
    assert heard == [("first block", 1), (1, 0), (1, 20)]


def test_last_chunks_of_a_stream_may_come_after_the_next_description(stream, heard):
    stream.describe(info(1))
    stream.take(chunk(1, 0))
    stream.describe(info(2))
    stream.take(chunk(1, 20))
    stream.take(chunk(2, 20))
    assert heard == [("first block", 1), (1, 0), (1, 20), ("new stream", 2), (2, 20)]


def test_jump_begins_anew_and_a_repeated_chunk_is_dropped(stream, heard):
    stream.describe(info(1))
    for first in (0, 0, 40):
        stream.take(chunk(1, first))
    assert heard == [("first block", 1), (1, 0), ("gap", 1), (1, 40)]


def test_stream_does_not_restart_while_its_description_is_nonsense(stream):
    with pytest.raises(Refused, match=r"noise_sd 0\.0, must be positive"):
        stream.describe(info(1, noise_sd=0.0))
    with pytest.raises(Refused, match=r"noise_sd 0\.0, must be positive"):
        stream.restart()
    stream.describe(info(2))
    stream.restart()


@pytest.mark.parametrize(
    ("described", "line"),
    [
        ({"channels": 3}, "emg/raw: 2 channels, must be 3"),
        ({"sample_rate": 1000.0}, "emg/raw: 2000 Hz, must be 1000 Hz"),
        ({"unit": "noise_sd"}, "emg/raw: unit 'V', must be 'noise_sd'"),
    ],
)
def test_chunk_that_contradicts_its_description_is_refused(stream, described, line):
    stream.describe(info(1, **described))
    with pytest.raises(Refused, match=line):
        stream.take(chunk(1, 0))


def test_chunk_with_a_value_missing_is_refused(stream):
    stream.describe(info(1))
    short = chunk(1, 0)
    short.data.pop()
    with pytest.raises(Refused, match="emg/raw: 39 values, must be a multiple of 2"):
        stream.take(short)


def test_ring_that_does_not_name_each_channel_once_is_refused(stream):
    with pytest.raises(Refused, match=r"ring_order \[0, 0\], must name each of the 2 channels"):
        stream.describe(info(1, ring_order=[0, 0]))
