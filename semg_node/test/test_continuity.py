# SPDX-License-Identifier: Apache-2.0
from hypothesis import given
from hypothesis import strategies as st

from semg_node.continuity import LONGEST_REPEAT, Continuity, ContinuityCheck


def test_first_block_is_a_start():
    assert ContinuityCheck().step(7, 1000, 20) is Continuity.STARTS


def test_next_block_continues():
    check = ContinuityCheck()
    check.step(7, 0, 20)
    assert check.step(7, 20, 20) is Continuity.CONTINUES


def test_missing_samples_are_a_gap_and_the_stream_goes_on_behind_it():
    check = ContinuityCheck()
    check.step(7, 0, 20)
    assert check.step(7, 40, 20) is Continuity.GAP
    assert check.step(7, 60, 20) is Continuity.CONTINUES


def test_another_stream_id_is_a_new_stream_even_when_the_index_fits():
    check = ContinuityCheck()
    check.step(7, 0, 20)
    assert check.step(8, 20, 20) is Continuity.NEW_STREAM


def test_repeated_block_is_dropped_without_losing_the_place():
    check = ContinuityCheck()
    check.step(7, 0, 20)
    check.step(7, 20, 20)
    assert check.step(7, 0, 20) is Continuity.REPEATED
    assert check.step(7, 40, 20) is Continuity.CONTINUES


def test_block_that_overlaps_in_part_is_a_gap():
    check = ContinuityCheck()
    check.step(7, 0, 20)
    assert check.step(7, 10, 20) is Continuity.GAP


def test_stream_that_is_played_again_from_its_start_is_no_repetition():
    check = ContinuityCheck()
    check.step(7, 100_000, 20)
    assert check.step(7, 0, 20) is Continuity.GAP
    assert check.step(7, 20, 20) is Continuity.CONTINUES


def test_a_short_recording_that_is_played_again_is_taken_up_again():
    check = ContinuityCheck()
    for first in range(0, 1000, 20):
        check.step(7, first, 20)
    verdicts = [check.step(7, first, 20) for first in range(0, 1000, 20)]
    repeated = LONGEST_REPEAT // 20
    assert verdicts[: repeated + 1] == [Continuity.REPEATED] * repeated + [Continuity.GAP]
    assert set(verdicts[repeated + 1 :]) == {Continuity.CONTINUES}


def test_blocks_that_all_come_twice_are_dropped_for_ever():
    check = ContinuityCheck()
    for first in range(0, 5000, 20):
        assert check.step(7, first, 20) is not Continuity.GAP
        assert check.step(7, first, 20) is Continuity.REPEATED


def test_after_reset_anything_is_a_start():
    check = ContinuityCheck()
    check.step(7, 0, 20)
    check.reset()
    assert check.step(7, 0, 20) is Continuity.STARTS


@given(st.lists(st.integers(1, 50), min_size=2), st.data())
def test_every_dropped_block_is_noticed_once(sizes, data):
    dropped = data.draw(st.integers(0, len(sizes) - 2))
    check = ContinuityCheck()
    check.step(1, 0, 5)
    first, verdicts = 5, []
    for number, size in enumerate(sizes):
        if number != dropped:
            verdicts.append(check.step(1, first, size))
        first += size
    assert verdicts.count(Continuity.GAP) == 1
    assert verdicts[dropped] is Continuity.GAP
