# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from semg_driver.simulation.anatomy import MUSCLE_INDEX, MUSCLES, outline


@pytest.mark.parametrize("flatness", [1.0, 1.2, 1.45])
def test_outline_has_the_asked_circumference(flatness):
    ring = outline(np.linspace(0.0, 360.0, 20001), 170.0, flatness)
    length = np.linalg.norm(np.diff(ring, axis=0), axis=1).sum()
    assert length == pytest.approx(170.0, rel=0.01)


def test_outline_starts_at_the_palm_and_goes_to_the_thumb():
    palm, thumb = outline(np.array([0.0, 90.0]), 170.0, 1.3)
    np.testing.assert_allclose(palm[0], 0.0, atol=1e-9)
    assert palm[1] > 0
    np.testing.assert_allclose(thumb[1], 0.0, atol=1e-9)
    assert thumb[0] == pytest.approx(1.3 * palm[1])


@pytest.mark.parametrize("section", ["wrist", "forearm"])
def test_every_muscle_lies_under_the_skin_and_has_a_name_of_its_own(section):
    assert len(MUSCLE_INDEX) == len(MUSCLES)
    places = [place for m in MUSCLES if (place := getattr(m, section)) is not None]
    assert all(0 < p.depth < 30 and 0 <= p.angle < 360 and p.spread > 0 for p in places)
    assert len(places) >= 20


@pytest.mark.parametrize("section", ["wrist", "forearm"])
def test_flexors_lie_on_the_palm_side_and_extensors_on_the_back(section):
    towards_palm = {
        m.name: np.cos(np.deg2rad(place.angle))
        for m in MUSCLES
        if (place := getattr(m, section)) is not None
    }
    flexors = [name for name in towards_palm if name.startswith(("FDS", "FDP", "FC"))]
    extensors = [name for name in towards_palm if name.startswith(("E",))]
    assert len(flexors) == 10
    assert len(extensors) == 9
    assert all(towards_palm[name] > 0 for name in flexors)
    assert all(towards_palm[name] < 0 for name in extensors)
