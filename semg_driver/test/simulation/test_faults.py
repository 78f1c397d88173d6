# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from semg_driver.devices.device import SampleBlock
from semg_driver.simulation.band import FULL_SCALE
from semg_driver.simulation.faults import Faults, FaultyLink, begun, differing


def blocks(count=9):
    for k in range(count):
        emg = np.full((20, 16), 1e-5 * (k + 1), np.float32)
        yield SampleBlock(first_sample=20 * k, emg=emg, device_time=0.01 * k, received=0.0)


def numbers(faults, count=9):
    link = FaultyLink(faults)
    arrived = [b for block in blocks(count) for b in link.passed(block)] + link.rest()
    return [block.first_sample // 20 for block in arrived]


def test_without_faults_everything_passes():
    assert numbers(Faults()) == list(range(9))


def test_every_third_block_is_lost():
    assert numbers(Faults(drop_block_every=3)) == [0, 1, 3, 4, 6, 7]


def test_every_fourth_block_comes_twice():
    assert numbers(Faults(repeat_block_every=4)) == [0, 1, 2, 3, 3, 4, 5, 6, 7, 7, 8]


def test_every_third_block_comes_after_the_next():
    assert numbers(Faults(swap_block_every=3), 8) == [0, 1, 3, 2, 4, 6, 5, 7]


def test_a_block_held_back_at_the_end_still_comes():
    assert numbers(Faults(swap_block_every=3), 6) == [0, 1, 3, 2, 4, 5]


def test_a_stall_delays_what_falls_into_it_and_nothing_else():
    link = FaultyLink(Faults(stall_after=1.0, stall=0.5))
    assert [link.due(t) for t in (0.9, 1.0, 1.01, 1.49, 1.5, 1.6)] == [
        0.9, 1.0, 1.5, 1.5, 1.5, 1.6,
    ]  # fmt: skip


def test_the_link_breaks_once_its_time_is_over():
    assert not FaultyLink(Faults()).broken(1e6)
    link = FaultyLink(Faults(disconnect_after=2.0))
    assert not link.broken(2.0)
    assert link.broken(2.01)


@pytest.mark.parametrize(
    ("name", "value"),
    [("flat_channel", 0.0), ("nan_channel", np.nan), ("saturated_channel", FULL_SCALE)],
)
def test_channel_faults_start_when_asked_and_spare_the_other_channels(name, value):
    link = FaultyLink(Faults(**{name: 5, "channel_fault_after": 0.015}))
    sent = list(blocks(3))
    got = [link.passed(block)[0].emg for block in sent]
    emg, plain = np.concatenate(got), np.concatenate([b.emg for b in sent])
    np.testing.assert_array_equal(emg[:30, 5], plain[:30, 5])
    np.testing.assert_array_equal(emg[30:, 5], np.float32(value))
    others = np.arange(16) != 5
    np.testing.assert_array_equal(emg[:, others], plain[:, others])
    assert np.isfinite(plain).all()


def test_blocks_are_counted_from_the_change_and_other_changes_do_not_count():
    link = FaultyLink(Faults(drop_block_every=3))
    arrived = []
    for k, block in enumerate(blocks(12)):
        if k == 2:
            link.change(Faults(drop_block_every=3, nan_channel=1))
        if k == 4:
            link.change(Faults(drop_block_every=4))
        if k == 9:
            link.change(Faults())
        arrived += [b.first_sample // 20 for b in link.passed(block)]
    assert arrived == [0, 1, 3, 4, 5, 6, 8, 9, 10, 11]


def test_new_faults_begin_now_and_the_others_keep_their_times():
    asked = Faults(stall_after=9.0, stall=1.0, disconnect_after=5.0, channel_fault_after=8.0)
    more = Faults(stall_after=9.0, stall=0.3, disconnect_after=5.0, channel_fault_after=8.0)
    running = begun(asked, differing(asked, more), passed=2.0, delivered=2.1)
    assert (running.stall_after, running.stall) == (2.0, 0.3)
    assert (running.disconnect_after, running.channel_fault_after) == (5.0, 8.0)
    spoilt = begun(asked, {"nan_channel": 3, "disconnect_after": 1.0}, passed=2.0, delivered=2.1)
    assert (spoilt.stall_after, spoilt.stall) == (9.0, 1.0)
    assert (spoilt.disconnect_after, spoilt.channel_fault_after) == (3.1, 0.0)
    assert begun(asked, {"disconnect_after": 0.0}, delivered=2.1).disconnect_after == 0.0
