# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from semg_bringup.evaluation.baselines.regression import RegressionFit


@pytest.fixture
def frames():
    rng = np.random.default_rng(3)
    features = rng.normal(5.0, 2.0, (600, 4))
    return features, features @ [1.0, -2.0, 0.0, 0.5] + 7.0 + rng.normal(0, 0.1, 600)


def fitted(features, wanted, penalty):
    fit = RegressionFit(features.shape[1])
    for part in range(0, len(features), 250):
        fit.add(features[part : part + 250], wanted[part : part + 250])
    return fit.fitted(penalty)


def test_without_penalty_it_is_least_squares(frames):
    features, wanted = frames
    found = fitted(features, wanted, 0.0)
    expected, *_ = np.linalg.lstsq(np.column_stack([features, np.ones(600)]), wanted, rcond=None)
    np.testing.assert_allclose([*found.weights, found.offset], expected, rtol=1e-8)


def test_the_penalty_is_that_of_more_rows_with_nothing_to_see(frames):
    features, wanted = frames
    found = fitted(features, wanted, 0.3)
    centred = features - features.mean(axis=0)
    size = np.sqrt(0.3 * np.mean(np.var(features, axis=0)) * 600)
    rows = np.concatenate([centred, size * np.eye(4)])
    expected, *_ = np.linalg.lstsq(
        rows, np.concatenate([wanted - wanted.mean(), np.zeros(4)]), rcond=None
    )
    np.testing.assert_allclose(found.weights, expected, rtol=1e-8)
    assert found.values(features).mean() == pytest.approx(wanted.mean())


def test_nothing_to_fit_is_refused():
    with pytest.raises(ValueError, match="frames: there were none"):
        RegressionFit(3).fitted()
