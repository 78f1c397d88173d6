# SPDX-License-Identifier: Apache-2.0
"""Whether what is decoded is a wearer's doing at this moment."""

import pytest

from semg_teleop.safety.source_check import LIVE, SIMULATED, SourceCheck

UNKNOWN, PLAYBACK = 0, 3


@pytest.mark.parametrize("source", [LIVE, SIMULATED])
def test_has_nothing_against_a_live_or_a_simulated_wearer(source):
    check = SourceCheck(allow_playback=False)
    check.hear(5, source)
    assert check.faults(5) == []


@pytest.mark.parametrize(("source", "name"), [(UNKNOWN, "unknown"), (PLAYBACK, "playback")])
def test_refuses_what_is_not_said_to_be_either(source, name):
    check = SourceCheck(allow_playback=False)
    check.hear(5, source)
    [fault] = check.faults(5)
    assert f"the source is {name}, must be live or simulated" in fault


def test_refuses_a_stream_that_was_never_described():
    check = SourceCheck(allow_playback=False)
    check.hear(5, LIVE)
    assert check.faults(6) == ["emg/info: this stream has not been described"]


def test_takes_anything_when_playback_is_allowed_by_hand():
    check = SourceCheck(allow_playback=True)
    check.hear(5, PLAYBACK)
    assert check.faults(5) == check.faults(6) == []


def test_knows_a_recording_that_may_drive():
    for allowed in (True, False):
        check = SourceCheck(allow_playback=allowed)
        check.hear(5, PLAYBACK)
        check.hear(6, LIVE)
        assert check.is_recorded(5) == allowed
        assert not check.is_recorded(6)


def test_remembers_the_last_streams_only():
    check = SourceCheck(allow_playback=False)
    for stream in range(100):
        check.hear(stream, LIVE)
    assert check.faults(99) == []
    assert check.faults(0) != []
