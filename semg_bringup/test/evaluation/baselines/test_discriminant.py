# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from scipy.special import softmax
from scipy.stats import multivariate_normal

from semg_bringup.evaluation.baselines.discriminant import DiscriminantFit


@pytest.fixture
def frames():
    rng = np.random.default_rng(2)
    labels = rng.choice(3, 4000, p=[0.2, 0.3, 0.5])
    means = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, -1.0], [0.0, 2.0, 1.0]])
    mixing = rng.normal(size=(3, 3))
    return rng.normal(size=(4000, 3)) @ mixing + means[labels], labels


def test_probabilities_are_those_of_normal_classes_by_bayes(frames):
    features, labels = frames
    fit = DiscriminantFit(3, 3)
    for part in range(0, 4000, 700):
        fit.add(features[part : part + 700], labels[part : part + 700])
    found = np.exp(fit.fitted(shrinkage=0.0).log_probabilities(features[:50]))
    means = np.stack([features[labels == c].mean(axis=0) for c in range(3)])
    within = np.cov((features - means[labels]).T, ddof=0)
    prior = np.bincount(labels) / len(labels)
    density = [
        prior[c] * multivariate_normal(means[c], within).pdf(features[:50]) for c in range(3)
    ]
    np.testing.assert_allclose(found, (np.array(density) / np.sum(density, axis=0)).T, rtol=1e-6)


def test_shrunk_to_a_sphere_only_distances_count(frames):
    features, labels = frames
    fit = DiscriminantFit(3, 3)
    fit.add(features, labels)
    found = np.exp(fit.fitted(shrinkage=1.0).log_probabilities(features[:50]))
    means = np.stack([features[labels == c].mean(axis=0) for c in range(3)])
    variance = np.mean(np.square(features - means[labels]))
    distance = ((features[:50, None, :] - means) ** 2).sum(axis=2) / variance
    expected = softmax(-0.5 * distance + np.log(np.bincount(labels) / len(labels)), axis=1)
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_a_class_that_never_came_is_never_found(frames):
    features, labels = frames
    fit = DiscriminantFit(3, 5)
    fit.add(features, labels)
    found = np.exp(fit.fitted().log_probabilities(features))
    assert not found[:, 3:].any()
    np.testing.assert_allclose(found.sum(axis=1), 1.0)


def test_nothing_to_fit_is_refused():
    with pytest.raises(ValueError, match="frames: there were none"):
        DiscriminantFit(3, 2).fitted()
