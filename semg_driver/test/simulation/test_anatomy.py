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


def test_every_muscle_lies_under_the_skin_and_has_a_name_of_its_own():
    assert len(MUSCLE_INDEX) == len(MUSCLES)
    assert all(0 < m.depth < 15 and 0 <= m.angle < 360 and m.units > 0 for m in MUSCLES)


def test_flexors_lie_on_the_palm_side_and_extensors_on_the_back():
    towards_palm = {m.name: np.cos(np.deg2rad(m.angle)) for m in MUSCLES}
    assert all(towards_palm[name] > 0 for name in ("FDS2", "FDS3", "FDP2", "FDP3", "FCR", "FCU"))
    assert all(towards_palm[name] < 0 for name in ("ED2", "ED3", "EI", "EPL", "ECR", "ECU"))
