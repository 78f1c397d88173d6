# SPDX-License-Identifier: Apache-2.0
import json
import math

import numpy as np
import pytest
from scipy import stats

from semg_decoders.evaluation.velocity import mean_velocity, score_velocity


def test_agrees_with_scipys_correlation():
    rng = np.random.default_rng(0)
    true = rng.normal(size=500)
    ours = 0.7 * true + rng.normal(size=500)
    assert score_velocity(ours, true).correlation == pytest.approx(stats.pearsonr(ours, true)[0])


def test_errors_are_in_degrees_per_second():
    score = score_velocity([0.0, math.pi, 0.0], [math.pi, math.pi, -math.pi])
    assert score.error == pytest.approx(120.0)
    assert score.mean_speed == pytest.approx(180.0)
    assert score.error_ratio == pytest.approx(2 / 3)
    assert score.frames == 3


def test_always_answering_zero_has_ratio_one():
    score = score_velocity(np.zeros(10), np.linspace(-1, 1, 10))
    assert score.error_ratio == pytest.approx(1.0)
    assert math.isnan(score.correlation)


def test_a_score_can_be_written_as_json():
    values = json.loads(json.dumps(score_velocity(np.zeros(3), np.zeros(3)).to_dict()))
    assert values == {
        "frames": 3,
        "correlation": None,
        "error": 0.0,
        "mean_speed": 0.0,
        "error_ratio": None,
    }


def test_mean_velocity_of_a_steady_movement_is_its_velocity():
    angle = 0.3 + 1.5 * np.arange(1000) / 2000.0
    np.testing.assert_allclose(mean_velocity(angle, [253, 293, 999]), 1.5)


@pytest.mark.parametrize("last", [39, 1000])
def test_a_frame_beyond_the_angles_is_refused(last):
    with pytest.raises(ValueError, match="must be from 40 to 999"):
        mean_velocity(np.zeros(1000), [253, last])


@pytest.mark.parametrize("shapes", [((3,), (4,)), ((0,), (0,)), ((2, 2), (2, 2))])
def test_velocities_that_cannot_be_compared_are_refused(shapes):
    with pytest.raises(ValueError, match="must be alike"):
        score_velocity(np.zeros(shapes[0]), np.zeros(shapes[1]))
