# SPDX-License-Identifier: Apache-2.0
from semg_bringup.recording.ordering import Received
from semg_bringup.recording.tally import Tally


def chunk(first_sample, stream_id=7, stamp=0, samples=20):
    return Received("/emg/raw", stamp, b"", stream_id, first_sample, samples)


def test_index_jumps_are_lost_samples():
    tally = Tally()
    for first in (0, 20, 100, 120, 160):
        tally.add(chunk(first))
    assert (tally.raw.samples, tally.raw.lost, tally.raw.gaps) == (100, 80, 2)
    assert tally.summary() == "emg/raw 5; 80 samples lost in 2 places"


def test_a_new_stream_is_no_loss():
    tally = Tally()
    tally.add(chunk(0, stream_id=7))
    tally.add(chunk(5000, stream_id=8))
    assert (tally.raw.streams, tally.raw.lost) == (2, 0)


def test_topics_are_named_relative_to_the_namespace():
    tally = Tally()
    tally.add(Received("/left/gesture/event", 0, b""))
    tally.add(Received("/diagnostics", 3_000_000_000, b""))
    assert tally.summary("/left") == "/diagnostics 1, gesture/event 1"
    assert tally.duration == 3.0
