# SPDX-License-Identifier: Apache-2.0
from hypothesis import given
from hypothesis import strategies as st

from semg_bringup.sample_count import SampleCount


def counted(*blocks):
    count = SampleCount()
    for block in blocks:
        count.add(*block)
    return count


def test_what_is_left_out_within_a_stream_is_lost():
    count = counted((7, 0, 20), (7, 50, 20), (7, 70, 20), (7, 100, 20))
    assert (count.samples, count.lost, count.gaps, count.streams) == (80, 40, 2, 1)


def test_a_new_stream_may_begin_anywhere():
    count = counted((7, 300, 20), (8, 5000, 20))
    assert (count.samples, count.lost, count.gaps, count.streams) == (40, 0, 0, 2)


def test_what_comes_again_does_not_count():
    count = counted((7, 0, 20), (7, 20, 20), (7, 0, 20), (7, 40, 20))
    assert (count.samples, count.lost, count.gaps) == (60, 0, 0)


@given(st.lists(st.booleans(), min_size=1, max_size=50))
def test_samples_and_lost_ones_add_up(arrives):
    sent = [(1, 20 * number, 20) for number in range(len(arrives))]
    came = [block for block, there in zip(sent, arrives, strict=True) if there]
    count = counted(*came)
    spanned = came[-1][1] + 20 - came[0][1] if came else 0
    assert count.samples + count.lost == spanned
