# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import cumulative_simpson
from scipy.stats import lognorm

from semg_driver.simulation.handwriting.strokes import strokes_between

TIMES = np.arange(0.0, 2.0, 1e-3)
POINTS = np.array([(0.0, 0.0), (1.0, 2.0), (-0.5, 1.0), (0.5, 1.0)])
TURNS = np.deg2rad([0.0, 150.0, -200.0])
START = np.array([0.1, 0.3, 0.5])
DURATION = np.array([0.3, 0.35, 0.25])


def strokes(points=POINTS, turns=TURNS, start=START, duration=DURATION, width=0.3):
    return strokes_between(points, turns, start, duration, width)


def single(turn, width=0.3):
    return strokes_between(POINTS[:2], np.array([turn]), START[:1], DURATION[:1], width)


@given(st.floats(-4.5, 4.5), st.floats(0.1, 0.6))
def test_a_stroke_has_a_lognormal_speed(turn, width):
    stroke = single(turn, width)
    speed = np.hypot(*stroke.velocity(TIMES))
    shape = lognorm(stroke.width[0], stroke.onset[0], np.exp(stroke.delay[0]))
    np.testing.assert_allclose(speed, stroke.length[0] * shape.pdf(TIMES), rtol=1e-6, atol=2e-3)
    assert shape.ppf(0.005) == pytest.approx(START[0], abs=1e-4)
    assert shape.ppf(0.995) == pytest.approx(START[0] + DURATION[0], abs=1e-4)


@given(st.floats(-4.5, 4.5))
def test_the_heading_turns_with_the_way_covered(turn):
    stroke = single(turn)
    vx, vy = stroke.velocity(TIMES)
    share = cumulative_simpson(np.hypot(vx, vy), x=TIMES, initial=0.0) / stroke.length[0]
    inside = (share > 0.01) & (share < 0.99)
    chord = np.arctan2(2.0, 1.0)
    off = np.arctan2(vy, vx)[inside] - (chord + turn * (share[inside] - 0.5))
    np.testing.assert_allclose(np.angle(np.exp(1j * off)), 0.0, atol=1e-3)


def test_velocity_integrates_to_the_path():
    written = strokes()
    path = cumulative_simpson(written.velocity(TIMES), x=TIMES, initial=0.0)
    np.testing.assert_allclose(path, written.position(TIMES), atol=1e-4)


@given(st.lists(st.floats(-4.5, 4.5), min_size=3, max_size=3))
def test_strokes_end_where_they_are_to(turns):
    end = strokes(turns=np.array(turns)).position(np.array([5.0]))[:, 0]
    np.testing.assert_allclose(end, POINTS[-1] - POINTS[0], atol=1e-9)


def test_a_half_turn_draws_half_a_circle():
    half = strokes_between(
        np.array([(1.0, 0.0), (-1.0, 0.0)]), np.array([np.pi]), START[:1], DURATION[:1], 0.3
    )
    x, y = half.position(TIMES)
    np.testing.assert_allclose(np.hypot(x + 1.0, y), 1.0, atol=1e-9)
    assert y.max() == pytest.approx(1.0, abs=1e-3)


def test_strokes_that_do_not_overlap_meet_their_points():
    apart = strokes(start=np.array([0.0, 0.5, 1.0]))
    between = apart.position(np.array([0.48, 0.98])).T
    np.testing.assert_allclose(between, POINTS[1:3], atol=0.01)


def test_nothing_moves_before_the_first_stroke():
    written = strokes()
    onset = written.onset.min()
    assert START[0] - 0.1 < onset < START[0]
    assert not written.velocity(np.linspace(0.0, onset, 50)).any()
