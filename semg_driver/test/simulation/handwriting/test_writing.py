# SPDX-License-Identifier: Apache-2.0
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semg_driver.simulation.handwriting.hand_style import HandStyle
from semg_driver.simulation.handwriting.shapes import SHAPES
from semg_driver.simulation.handwriting.writing import written

PANGRAM = "the quick brown fox jumps over the lazy dog"
STYLES = {seed: HandStyle.sample(seed) for seed in range(1, 21)}


def rng(seed=0):
    return np.random.default_rng(seed)


@settings(max_examples=60, deadline=None)
@given(st.text(sorted(SHAPES), min_size=1, max_size=12), st.sampled_from(list(STYLES)))
def test_characters_are_written_one_after_another(text, seed):
    writing = written(text, STYLES[seed], rng(seed))
    assert "".join(c.character for c in writing.characters) == text
    assert writing.characters[0].start >= 0.0
    for one, following in itertools.pairwise(writing.characters):
        assert one.start < one.stop <= following.start
    assert writing.duration == writing.characters[-1].stop


@pytest.mark.parametrize("character", [c for c in SHAPES if c != "🤏"])
def test_a_character_moves_the_pen_where_its_shape_goes(character):
    style = STYLES[1]
    writing = written(character, style, rng(3))
    shape = style.written(character, rng(3))
    end = writing.strokes.position(np.array([9.0]))[:, 0]
    np.testing.assert_allclose(end, shape.points[-1] - shape.points[0], atol=1e-9)
    (when,) = writing.characters
    times = np.arange(0.0, 3.0, 1e-3)
    speed = np.hypot(*writing.strokes.velocity(times))
    inside = (times >= when.start) & (times <= when.stop)
    assert speed[inside].sum() > 0.98 * speed.sum()


def test_people_write_some_twenty_words_a_minute():
    pace, letters = [], []
    for seed, style in STYLES.items():
        writing = written(f"{PANGRAM} {PANGRAM}", style, rng(seed))
        pace.append(len(writing.characters) / 5 / (writing.duration / 60.0))
        letters += [c.stop - c.start for c in writing.characters if c.character != " "]
    assert 18.0 < np.mean(pace) < 27.0
    assert 13.0 < min(pace) < max(pace) < 35.0
    assert 0.35 < np.mean(letters) < 0.6
    assert np.percentile(letters, 2) > 0.2
    assert np.percentile(letters, 98) < 0.9


def test_a_hand_never_writes_quite_the_same_twice_but_chance_decides():
    style = STYLES[2]
    one, again, other = (written(PANGRAM, style, rng(seed)) for seed in (1, 1, 2))
    assert one.characters == again.characters != other.characters
    np.testing.assert_array_equal(one.strokes.length, again.strokes.length)


def test_a_pinch_follows_without_moving_the_pen():
    plain, pinched = (written(text, STYLES[3], rng(5)) for text in ("ok", "ok🤏"))
    np.testing.assert_array_equal(plain.strokes.onset, pinched.strokes.onset)
    pinch = pinched.characters[-1]
    assert 0.15 < pinch.stop - pinch.start < 0.5
    assert pinch.start > plain.duration + 0.05
    assert written("🤏", STYLES[3], rng(5)).strokes.onset.size == 0


def test_long_strokes_take_little_longer_than_short_ones():
    style = HandStyle.sample(1, spread=0.0)

    def lasts(character):
        times = [written(character, style, rng(seed)).duration for seed in range(40)]
        return np.mean(times)

    assert 1.1 < lasts("_") / lasts("-") < 2.0
    assert 1.2 < lasts("m") / lasts("n") < 2.0


def test_words_are_further_apart_than_letters():
    gaps = {" ": [], "": []}
    for seed in range(40):
        for text, between in (("no no", " "), ("nono", "")):
            when = written(text, STYLES[4], rng(seed)).characters
            gaps[between].append(when[2 + len(between)].start - when[1].stop)
    assert np.mean(gaps[" "]) > 1.5 * np.mean(gaps[""])
