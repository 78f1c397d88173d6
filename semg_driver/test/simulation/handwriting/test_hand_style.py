# SPDX-License-Identifier: Apache-2.0
import itertools

import numpy as np
import pytest

from semg_driver.simulation.handwriting.hand_style import HandStyle
from semg_driver.simulation.handwriting.shapes import SHAPES

NUMBERS = ("tempo", "rounding", "skew", "pause", "word_pause", "progress", "unsteadiness")


def numbers(style):
    return np.log([getattr(style, name) for name in NUMBERS])


def heights(style):
    """How high a person writes some letters."""
    return np.array([np.ptp(style.shapes[c].points[:, 1]) for c in "lhkbdITL"])


def test_a_person_always_has_the_same_hand():
    one, again = HandStyle.sample(7), HandStyle.sample(7)
    assert numbers(one).tolist() == numbers(again).tolist()
    for character in SHAPES:
        np.testing.assert_array_equal(one.shapes[character].points, again.shapes[character].points)


def test_people_write_each_character_in_one_of_its_ways():
    ways = {len(HandStyle.sample(seed).shapes["t"].turns) for seed in range(20)}
    assert ways == {shape.turns.size for shape in SHAPES["t"]}
    styles = [HandStyle.sample(seed) for seed in range(40)]
    share = np.mean([style.shapes["7"].turns.size > 2 for style in styles])
    assert 0.2 < share < 0.6


def test_one_hand_writes_more_alike_than_two():
    rng = np.random.default_rng(1)
    styles = [HandStyle.sample(seed) for seed in range(30)]
    same, other = [], []
    for style, another in itertools.pairwise(styles):
        for character in "acmosuvwLMNSVW":
            first, second, third = (
                hand.written(character, rng).points for hand in (style, style, another)
            )
            same.append(np.sqrt(((first - second) ** 2).sum(axis=1).mean()))
            if first.shape == third.shape:
                other.append(np.sqrt(((first - third) ** 2).sum(axis=1).mean()))
    assert 0.02 < np.median(same) < 0.5 * np.median(other)


@pytest.mark.parametrize("spread", [1.0, 1.5])
def test_spread_widens_what_differs_between_people(spread):
    usual = [HandStyle.sample(seed) for seed in range(60)]
    wide = [HandStyle.sample(seed, spread=spread) for seed in range(60)]
    ratio = np.std([numbers(s) for s in wide], axis=0) / np.std([numbers(s) for s in usual], axis=0)
    np.testing.assert_allclose(ratio, spread, rtol=1e-9)
    height = np.std(np.log([heights(style) for style in wide]))
    assert height / np.std(np.log([heights(style) for style in usual])) == pytest.approx(
        spread, rel=0.2
    )


def test_a_hand_without_spread_writes_the_alphabet():
    style = HandStyle.sample(3, spread=0.0)
    (shape,) = SHAPES["L"]
    upright = style.shapes["L"].points
    np.testing.assert_allclose(upright[:, 1], shape.points[:, 1])
    np.testing.assert_allclose(upright[1:], shape.points[1:])


def test_what_nobody_writes_is_refused():
    with pytest.raises(KeyError):
        HandStyle.sample(1).written("ß", np.random.default_rng(0))
