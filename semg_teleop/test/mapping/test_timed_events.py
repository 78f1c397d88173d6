# SPDX-License-Identifier: Apache-2.0
from hypothesis import given
from hypothesis import strategies as st

from semg_teleop.mapping.timed_events import TimedEvents
from semg_teleop.profile.profile import Event

CLICK = Event("thumb_click", 0.25)


@given(st.floats(0.001, 1.0), st.lists(st.floats(0.001, 0.1), max_size=40))
def test_an_event_counts_until_its_duration_has_passed(duration, cycles):
    event, events, left = Event("thumb_up", duration), TimedEvents(), duration
    events.begin(event)
    assert events.counts(event)
    for elapsed in cycles:
        left -= elapsed
        events.pass_time(elapsed)
        assert events.counts(event) is (left > 0.0)
        if left <= 0.0:
            return


def test_an_event_that_comes_again_counts_anew():
    events = TimedEvents()
    events.begin(CLICK)
    events.pass_time(0.125)
    events.begin(CLICK)
    events.pass_time(0.125)
    assert events.counts(CLICK)
    events.pass_time(0.125)
    assert not events.counts(CLICK)


def test_the_same_event_with_another_duration_counts_by_itself():
    events, short = TimedEvents(), Event("thumb_click", 0.125)
    events.begin(CLICK)
    events.begin(short)
    events.pass_time(0.125)
    assert (events.counts(CLICK), events.counts(short)) == (True, False)


def test_nothing_counts_after_clearing():
    events = TimedEvents()
    events.begin(CLICK)
    events.clear()
    assert not events.counts(CLICK)
