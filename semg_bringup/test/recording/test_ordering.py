# SPDX-License-Identifier: Apache-2.0
from hypothesis import given
from hypothesis import strategies as st

from semg_bringup.recording.ordering import InfoFirst, Received

INFO = "/emg/info"
RAW = "/emg/raw"


def message(topic, stamp, stream_id=None):
    return Received(topic, stamp, b"", stream_id)


def test_what_is_described_goes_through_at_once():
    order = InfoFirst(INFO)
    info, raw = message(INFO, 1, 7), message(RAW, 2, 7)
    assert order.push(info, 0.0) == [info]
    assert order.push(raw, 0.0) == [raw]


def test_info_that_came_late_is_written_and_stamped_before_the_samples():
    order = InfoFirst(INFO)
    assert order.push(message(RAW, 10, 7), 0.0) == []
    assert order.push(message("/gesture/event", 11), 0.01) == []
    written = order.push(message(INFO, 12, 7), 0.02)
    assert [(m.topic, m.stamp_ns) for m in written] == [
        (INFO, 9),
        (RAW, 10),
        ("/gesture/event", 11),
    ]


def test_samples_without_info_are_written_when_patience_ends():
    order = InfoFirst(INFO, patience=2.0)
    raw = message(RAW, 10, 7)
    assert order.push(raw, 0.0) == []
    assert order.release_late(1.9) == []
    assert order.release_late(2.0) == [raw]
    again = message(RAW, 20, 7)
    assert order.push(again, 2.1) == [again]


def test_a_new_stream_waits_for_its_own_info():
    order = InfoFirst(INFO)
    order.push(message(INFO, 1, 7), 0.0)
    assert order.push(message(RAW, 2, 8), 0.0) == []
    other = message(INFO, 3, 9)
    assert order.push(other, 0.0) == []
    written = order.push(message(INFO, 4, 8), 0.0)
    assert [(m.topic, m.stream_id) for m in written] == [(INFO, 8), (RAW, 8), (INFO, 9)]


@given(st.lists(st.tuples(st.sampled_from([INFO, RAW, "/other"]), st.integers(1, 3))))
def test_nothing_is_lost_or_doubled(kinds):
    order = InfoFirst(INFO, patience=3.0)
    sent = [
        Received(topic, 100 * i, str(i).encode(), None if topic == "/other" else stream)
        for i, (topic, stream) in enumerate(kinds)
    ]
    written = [out for i, one in enumerate(sent) for out in order.push(one, float(i))]
    written += order.release()
    assert sorted(m.data for m in written) == sorted(m.data for m in sent)
