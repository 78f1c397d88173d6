# SPDX-License-Identifier: Apache-2.0
"""Limits on commands, and on how fast they grow."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semg_teleop.command import Command, Text
from semg_teleop.profile.profile import TWIST_COMPONENTS, LimitGroup, Output, OutputKind
from semg_teleop.safety.limiter import Limiter

BASE = Output(
    "base",
    OutputKind.TWIST,
    "cmd_vel",
    components=TWIST_COMPONENTS,
    limits=(LimitGroup((0, 1, 2), 0.5, 1.0), LimitGroup((3, 4, 5), 1.0, 3.0)),
)
JOY = Output(
    "joy",
    OutputKind.JOY,
    "joy",
    components=("axes.0", "buttons.0"),
    limits=(LimitGroup((0,), 1.0, apart=True), LimitGroup((1,), 1.0, apart=True)),
)

ENOUGH_S = 10.0
"""Long enough to grow to any limit."""
values = st.floats(-1e6, 1e6, width=32, allow_subnormal=False)
vectors = st.tuples(*[values] * 6)


def limited(limiter, vector, elapsed=ENOUGH_S):
    return np.array(limiter.limit(Command({"base": tuple(vector)}), elapsed).vectors["base"])


@settings(deadline=None)
@given(wanted=vectors)
def test_no_vector_is_longer_than_its_limit(wanted):
    sent = limited(Limiter([BASE]), wanted)
    assert np.linalg.norm(sent[:3]) <= 0.5 * (1 + 1e-9)
    assert np.linalg.norm(sent[3:]) <= 1.0 * (1 + 1e-9)


@settings(deadline=None)
@given(wanted=vectors)
def test_the_direction_of_the_whole_vector_stays(wanted):
    wanted = np.array(wanted)
    sent = limited(Limiter([BASE]), wanted)
    factor = np.max(np.abs(sent)) / np.max(np.abs(wanted)) if wanted.any() else 1.0
    np.testing.assert_allclose(sent, factor * wanted, rtol=1e-9, atol=1e-300)


def test_what_is_within_the_limits_is_sent_as_it_is():
    wanted = (0.3, 0.0, 0.4, 0.0, 0.0, -1.0)
    np.testing.assert_array_equal(limited(Limiter([BASE]), wanted), wanted)


@settings(deadline=None)
@given(
    steps=st.lists(
        st.tuples(vectors, st.floats(1e-4, 0.1)),
        min_size=1,
        max_size=20,
    )
)
def test_components_grow_at_most_so_fast_and_shrink_at_once(steps):
    limiter, last = Limiter([BASE]), np.zeros(6)
    growth = np.array([1.0] * 3 + [3.0] * 3)
    for wanted, elapsed in steps:
        sent = limited(limiter, wanted, elapsed)
        target = limited(Limiter([BASE]), wanted)
        assert np.all(np.abs(sent) <= np.abs(target))
        assert np.all(sent * target >= 0.0)
        base = np.where(last * sent > 0.0, np.abs(last), 0.0)
        assert np.all(np.abs(sent) <= (base + growth * elapsed) * (1 + 1e-12))
        shrinks = (np.abs(target) <= np.abs(last)) & (target * last > 0.0)
        np.testing.assert_array_equal(sent[shrinks], target[shrinks])
        np.testing.assert_array_equal(sent[target == 0.0], 0.0)
        last = sent


def test_a_steady_component_is_not_slowed_by_one_that_begins():
    limiter = Limiter([BASE])
    limited(limiter, (0.4, 0, 0, 0, 0, 0))
    np.testing.assert_allclose(limited(limiter, (0.4, 0, 0, 0, 0, 1.0), 0.01)[[0, 5]], (0.4, 0.03))


def test_turning_round_begins_at_zero():
    limiter = Limiter([BASE])
    limited(limiter, (0.4, 0, 0, 0, 0, 0))
    assert limited(limiter, (-0.4, 0, 0, 0, 0, 0), 0.01)[0] == pytest.approx(-0.01)


def test_begins_at_zero_after_a_reset():
    limiter = Limiter([BASE])
    limited(limiter, (0.4, 0, 0, 0, 0, 0))
    limiter.reset()
    assert limited(limiter, (0.4, 0, 0, 0, 0, 0), 0.01)[0] == pytest.approx(0.01)


def test_an_axis_beyond_its_limit_does_not_let_go_of_a_button():
    assert Limiter([JOY]).limit(Command({"joy": (3.0, 1.0)}), 0.0).vectors["joy"] == (1.0, 1.0)


def test_texts_pass():
    texts = (Text("words", "x"),)
    assert Limiter([JOY]).limit(Command({"joy": (0.0, 0.0)}, texts), 0.0).texts == texts
