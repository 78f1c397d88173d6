# SPDX-License-Identifier: Apache-2.0
import itertools
import json

import numpy as np
import pytest

from semg_driver.simulation.handwriting.shapes import SHAPES, parsed

PINCH = "🤏"


def traced(shape, points=40):
    """The path from its start, as points at equal distances, arcs by plane geometry."""
    pieces = [np.zeros((1, 2))]
    for start, end, turn in zip(shape.points, shape.points[1:], shape.turns, strict=False):
        share = np.linspace(0.0, 1.0, 50)[1:]
        way = complex(*(end - start))
        if turn:
            centre = way / 2 + 1j * way / (2 * np.tan(turn / 2))
            covered = centre - centre * np.exp(1j * turn * share)
        else:
            covered = way * share
        pieces.append(np.stack([covered.real, covered.imag], axis=1) + start - shape.points[0])
    path = np.concatenate(pieces)
    along = np.concatenate([[0.0], np.hypot(*np.diff(path, axis=0).T).cumsum()])
    at = np.linspace(0.0, along[-1], points)
    return np.stack([np.interp(at, along, path[:, axis]) for axis in (0, 1)], axis=1)


def test_every_class_but_the_blank_can_be_written(shared):
    text = json.loads((shared / "conformance/metrics/text.json").read_text())
    assert list(SHAPES) == sorted(SHAPES, key=text["classes"].index)
    assert {*SHAPES, "<blank>"} == set(text["classes"])


@pytest.mark.parametrize("character", SHAPES)
def test_a_way_of_writing_is_of_a_size_that_can_be_written(character):
    for shape in SHAPES[character]:
        assert shape.points.shape == (shape.turns.size + 1, 2)
        assert shape.lifted.shape == shape.turns.shape
        assert np.abs(np.rad2deg(shape.turns)).max(initial=0.0) < 250.0
        assert np.hypot(*np.diff(shape.points, axis=0).T).min(initial=1.0) > 0.04
        assert shape.points[:, 1].min() >= -1.0
        assert shape.points[:, 1].max() <= 2.3
        assert (shape.turns.size > 0) == (character != PINCH)


def test_no_two_characters_are_moved_alike():
    paths = [(c, traced(shape)) for c, ways in SHAPES.items() if c != PINCH for shape in ways]
    for (one, path), (other, another) in itertools.combinations(paths, 2):
        if one != other:
            apart = np.sqrt(((path - another) ** 2).sum(axis=1).mean())
            assert apart > 0.12, one + other


def test_swipes_go_where_they_point():
    for swipe, to in (("_", 1.0), ("⌫", -1.0)):
        (shape,) = SHAPES[swipe]
        way = shape.points[-1] - shape.points[0]
        assert way[0] * to > 2.0
        assert way[1] == 0.0


def test_a_row_says_where_the_pen_turns_and_is_lifted():
    shape = parsed("0,1 -.5,0@-90 ^1,2")
    np.testing.assert_array_equal(shape.points, [(0.0, 1.0), (-0.5, 0.0), (1.0, 2.0)])
    np.testing.assert_allclose(shape.turns, [-np.pi / 2, 0.0])
    assert shape.lifted.tolist() == [False, True]


@pytest.mark.parametrize("row", ["", "0,1 2", "0,1 a,b", "0,1 1,1@x"])
def test_what_is_no_row_is_refused(row):
    with pytest.raises(ValueError, match="must be points x,y"):
        parsed(row)
