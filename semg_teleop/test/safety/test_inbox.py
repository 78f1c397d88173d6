# SPDX-License-Identifier: Apache-2.0
"""What the decoders said since the last cycle."""

import pytest

from semg_teleop.intent import Intent
from semg_teleop.safety.inbox import Inbox

STEP_NS = 20_000_000


@pytest.fixture
def inbox():
    return Inbox()


def test_collects_until_it_is_asked(inbox):
    inbox.held(["index"])
    inbox.event("index_press")
    inbox.event("thumb_click")
    inbox.text("ab")
    inbox.text("c")
    index = frozenset({"index"})
    first = Intent(index, ("index_press", "thumb_click"), text="abc", kept=frozenset())
    assert inbox.take() == first
    assert inbox.take() == Intent(index, kept=index)


def test_tells_what_was_let_go_and_held_again_between_two_cycles(inbox):
    inbox.held(["index"])
    inbox.take()
    inbox.held([])
    inbox.held(["index"])
    intent = inbox.take()
    assert (intent.held, intent.kept) == ({"index"}, frozenset())


def test_integrates_velocity_over_sample_time(inbox):
    for count, velocity in enumerate([9.0, 1.0, 2.0, -0.5]):
        inbox.wrist(count * STEP_NS, velocity)
    intent = inbox.take()
    assert intent.wrist_travel == pytest.approx(0.02 * (1.0 + 2.0 - 0.5))
    assert intent.wrist_velocity == -0.5


def test_the_integral_goes_on_from_one_cycle_to_the_next(inbox):
    inbox.wrist(0, 0.0)
    inbox.take()
    inbox.wrist(STEP_NS, 1.0)
    assert inbox.take().wrist_travel == pytest.approx(0.02)
    assert inbox.take().wrist_travel == 0.0


@pytest.mark.parametrize("step", [0, -STEP_NS, 101_000_000])
def test_nothing_moves_over_a_gap_or_backwards(inbox, step):
    inbox.wrist(10 * STEP_NS, 1.0)
    inbox.wrist(10 * STEP_NS + step, 1.0)
    assert inbox.take().wrist_travel == 0.0


def test_what_is_thrown_away_moves_nothing_later(inbox):
    inbox.held(["index"])
    inbox.event("thumb_click")
    inbox.wrist(0, 1.0)
    inbox.wrist(STEP_NS, 1.0)
    inbox.discard()
    inbox.wrist(2 * STEP_NS, 1.0)
    intent = inbox.take()
    assert (intent.events, intent.wrist_travel) == ((), 0.0)
    assert intent.held == {"index"}
