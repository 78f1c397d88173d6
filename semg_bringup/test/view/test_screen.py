# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from semg_bringup.view.screen import bar, centred_bar, draw, level_fraction
from semg_bringup.view.snapshot import Snapshot


def picture(state, width=80, height=24, notices=()):
    return draw(state.snapshot(notices), width, height).plain


def test_before_anything_came_it_says_that_it_waits():
    text = draw(Snapshot(now=0.0, running=0.0)).plain
    assert "waiting for a band" in text
    assert "Ctrl-C stops" in text


def test_a_simulated_wearer_is_called_one(state, graph):
    graph.band()
    assert "SIMULATED WEARER - not a real person" in picture(state)
    assert "simulator person-7, 2000 Hz, 4 channels, right arm" in picture(state)


def test_gestures_stand_beside_what_the_wearer_did(state, graph):
    graph.band()
    graph.truth(["index_press"])
    graph.event("index_press", 1, 0.93)
    graph.probabilities(held=["index"])
    lines = picture(state).splitlines()
    row = next(line for line in lines if "0.93" in line)
    assert row.count("index press") == 2
    assert any("held now" in line and "index" in line for line in lines)


def test_a_playback_has_no_truth(state, graph):
    graph.band(source=3)
    assert "what the wearer did" not in picture(state)


def test_the_line_being_written_is_shown_where_handwriting_is_decoded(state, graph):
    graph.band()
    assert "writing" not in picture(state)
    graph.text("o", "hello")
    assert "writing   hello" in picture(state)
    graph.text("x", "a very long line of which only the end fits on the screen")
    assert "fits on the screen" in picture(state)
    assert "a very long" not in picture(state)


def test_whether_a_robot_is_driven_is_shown_where_one_can_be(state, graph):
    graph.band()
    assert "robot" not in picture(state)
    graph.teleop(True, "reverse")
    assert "robot      driving: reverse" in picture(state)
    graph.teleop(False, reason="wrist/velocity: silent for more than 100 ms, and much more to say")
    assert "robot     wrist/velocity: silent" in picture(state)
    assert "much more to say" not in picture(state, width=60)


def test_faults_are_shown(state, graph):
    graph.band()
    emg = np.random.default_rng(1).normal(size=(20, 4))
    emg[:, 3] = 0
    graph.chunk(emg, "emg/raw", first_sample=0)
    graph.chunk(emg, "emg/raw", first_sample=60)
    graph.diagnostics("gesture_decoder", "unconfigured", 2, "no such bundle")
    text = picture(state, 100, notices=("ERROR gesture_decoder: no such bundle",))
    assert "40 samples lost" in text
    assert "flat" in text
    assert "gesture_decoder no such bundle" in text
    assert "ERROR gesture_decoder: no such bundle" in text


@pytest.mark.parametrize(("width", "height"), [(80, 24), (40, 10), (20, 5), (200, 60)])
@pytest.mark.parametrize("channels", [1, 16, 64])
def test_it_fits_any_terminal(state, graph, width, height, channels):
    graph.band(channels)
    graph.chunk(np.full((20, channels), 1e6))
    graph.velocity(float("nan"))
    for i in range(20):
        graph.event(f"a_rather_long_name_of_a_gesture_{i}")
    graph.truth(["thumb_up"] * 3, -9.0)
    graph.text("🤏", "a long line of text 🤏 " * 5)
    lines = draw(state.snapshot(("a line " * 50,)), width, height).plain.split("\n")
    assert len(lines) <= height
    assert all(len(line) <= width for line in lines)


def test_a_narrow_terminal_shows_the_same_figures_on_more_lines(state, graph):
    graph.band(16)
    graph.truth(["index_press"])
    graph.velocity(-1.0)
    names = ("driver", "gesture_decoder", "preprocessor", "wrist_decoder")
    for name in names:
        graph.diagnostics(name, "active", 0, "running")
    wide, narrow = (picture(state, width, 30) for width in (80, 60))
    foot = narrow[narrow.index(" rates") :]
    assert all(name in foot for name in names)
    assert "samples lost" in foot
    assert "-57" in narrow
    assert "what the wearer did" in wide
    assert "what the wearer did" not in narrow


def test_more_channels_than_rows_are_counted(state, graph):
    graph.band(64)
    graph.chunk(np.ones((20, 64)))
    assert "more channels" in picture(state)


@given(st.floats(-2, 2), st.integers(1, 40))
def test_bars_keep_their_width(fraction, width):
    assert len(bar(fraction, width)) == width
    assert len(centred_bar(fraction, width)) == 2 * width + 1


@given(st.floats(0, 1e4), st.floats(0, 1e4))
def test_a_higher_level_never_has_a_shorter_bar(one, other):
    low, high = sorted((one, other))
    assert level_fraction(low) <= level_fraction(high)
