# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from semg_teleop.mapping.response import share
from semg_teleop.profile.profile import Response

RESPONSES = st.builds(
    Response,
    full=st.floats(0.01, 100.0),
    dead_band=st.floats(0.0, 0.95),
    curve=st.floats(0.1, 10.0),
)
DEFLECTIONS = st.floats(-200.0, 200.0)


@given(DEFLECTIONS, RESPONSES)
def test_it_is_odd_and_bounded_and_keeps_the_sign(deflection, response):
    value = share(deflection, response)
    assert value == -share(-deflection, response)
    assert abs(value) <= 1.0
    assert value * deflection >= 0.0


@given(DEFLECTIONS, DEFLECTIONS, RESPONSES)
def test_it_never_falls(one, other, response):
    low, high = sorted((one, other))
    assert share(low, response) <= share(high, response)


@given(RESPONSES, st.floats(0.0, 1.0))
def test_within_the_dead_band_it_is_zero(response, part):
    assert share(part * response.dead_band * response.full * (1 - 1e-12), response) == 0.0


@given(RESPONSES)
def test_at_full_deflection_and_beyond_it_is_whole(response):
    assert share(response.full, response) == 1.0
    assert share(-2.0 * response.full, response) == -1.0


@given(
    st.builds(
        Response,
        full=st.floats(0.1, 10.0),
        dead_band=st.floats(0.0, 0.9),
        curve=st.floats(1.0, 5.0),
    )
)
def test_at_the_edge_of_the_dead_band_it_does_not_jump(response):
    edge = response.dead_band * response.full
    assert share(edge + 1e-6 * response.full, response) < 1e-4


def test_a_straight_response_interpolates_from_the_edge():
    deflections = np.linspace(-1.5, 1.5, 101)
    expected = np.interp(deflections, [-0.8, -0.2, 0.2, 0.8], [-1.0, 0.0, 0.0, 1.0])
    values = [share(deflection, Response(0.8, 0.25)) for deflection in deflections]
    np.testing.assert_allclose(values, expected, atol=1e-12)


@pytest.mark.parametrize(("deflection", "expected"), [(0.5, 0.25), (-0.5, -0.25), (1.0, 1.0)])
def test_a_curve_is_a_power_of_the_share(deflection, expected):
    assert share(deflection, Response(1.0, 0.0, 2.0)) == pytest.approx(expected)
