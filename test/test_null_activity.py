# SPDX-License-Identifier: Apache-2.0
"""Sixty simulated minutes of everyday movements engage nothing; the deliberate act does."""

from __future__ import annotations

from functools import partial

import pytest

from semg_bringup.evaluation.parallel import in_processes
from semg_decoders.inference.lookup import installed_bundles
from test.engagements import deliberate, engagements

PROFILE = "mobile_base"
PEOPLE = range(6001, 6013)
MINUTES_EACH = 5.0

pytestmark = pytest.mark.skipif(
    "gestures" not in installed_bundles(),
    reason="the default gesture bundle is not installed: run `make train`",
)


def everyday(script: str, person: int):
    return engagements(person, script, 60.0 * MINUTES_EACH, PROFILE)


def test_an_hour_of_grasping_typing_walking_and_scratching_engages_nothing():
    found = in_processes(partial(everyday, "daily"), PEOPLE, "everyday", progress=False)
    assert len(found) * MINUTES_EACH == 60.0
    # The hands did do things that look like gestures.
    assert sum(one.events for one in found) > 20
    assert [one.engaged for one in found] == [0] * len(found)


def test_the_deliberate_act_engages():
    act = partial(deliberate, acts=4, profile=PROFILE)
    found = in_processes(act, PEOPLE[:4], "acts", progress=False)
    assert all(one.engaged for one in found)
