# SPDX-License-Identifier: Apache-2.0
from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is only installed for training")

from semg_training.mounting import Mounting, mixtures, mounted  # noqa: E402

AS_IT_WAS = Mounting(
    rotation_sd=0.0, warp_sd=0.0, gain_sd=0.0, channel_gain_sd=0.0, noisy_share=0.0, lost_share=0.0
)


def rng(seed=0):
    return np.random.default_rng(seed)


def test_nothing_to_vary_leaves_everything_as_it_was():
    mixed, noise = mixtures(AS_IT_WAS, 5, 8, rng())
    np.testing.assert_array_equal(mixed, np.tile(np.eye(8), (5, 1, 1)))
    assert not noise.any()


def test_any_rotation_reaches_every_place_and_keeps_the_order_of_the_ring():
    mixed, _ = mixtures(replace(AS_IT_WAS, any_rotation=True), 400, 8, rng())
    whole = mixed[(mixed.max(axis=2) == 1.0).all(axis=1)]
    places = whole.argmax(axis=2)
    assert len(whole) > 150
    assert set(places[:, 0]) == set(range(8))
    assert (np.diff(places, axis=1) % 8 == 1).all()


def test_between_two_places_a_channel_is_a_mean_of_both():
    mixed, _ = mixtures(replace(AS_IT_WAS, any_rotation=True), 400, 8, rng())
    np.testing.assert_allclose(mixed.sum(axis=2), 1.0, atol=1e-6)
    assert ((mixed > 0).sum(axis=2) <= 2).all()


def test_gains_spread_as_they_should():
    mixed, _ = mixtures(replace(AS_IT_WAS, gain_sd=0.5), 4000, 2, rng())
    gains = np.log(mixed[:, 0, 0])
    assert gains.std() == pytest.approx(0.5, rel=0.05)
    np.testing.assert_allclose(mixed[:, 0, 0], mixed[:, 1, 1])


def test_shares_of_channels_are_noisy_or_lost():
    shares = replace(AS_IT_WAS, noisy_share=0.2, lost_share=0.1)
    mixed, noise = mixtures(shares, 4000, 4, rng())
    assert (noise > 0).mean() == pytest.approx(0.2, abs=0.02)
    assert (np.diagonal(mixed, axis1=1, axis2=2) < 0.5).mean() == pytest.approx(0.1, abs=0.02)
    powers = noise[noise > 0]
    assert shares.least_noise**2 <= powers.min() < powers.max() <= shares.most_noise**2 * 1.001


def test_covariances_are_those_of_the_mixed_channels():
    emg = rng(3).normal(size=(6, 40_000))
    covariance = np.tile(np.cov(emg, bias=True), (1, 2, 1, 1)).astype(np.float32)
    varied = Mounting(any_rotation=True, noisy_share=0.0)
    found = mounted(torch.from_numpy(covariance), varied, rng(7))[0, 1].numpy()
    mixture = mixtures(varied, 1, 6, rng(7))[0][0]
    np.testing.assert_allclose(found, np.cov(mixture @ emg, bias=True), rtol=1e-3, atol=1e-4)


def test_noise_adds_to_the_power_of_its_channel_alone():
    silent = torch.zeros(50, 3, 4, 4)
    noisy = replace(AS_IT_WAS, noisy_share=0.3)
    found = mounted(silent, noisy, rng(5)).numpy()
    noise = mixtures(noisy, 50, 4, rng(5))[1]
    np.testing.assert_allclose(
        found.mean(axis=1), np.einsum("bi,ij->bij", noise, np.eye(4)), rtol=0.6
    )
    assert not found[:, :, ~np.eye(4, dtype=bool)].any()


def test_the_same_seed_draws_the_same_mountings():
    one, other = (mixtures(Mounting(any_rotation=True), 3, 16, rng(4)) for _ in range(2))
    np.testing.assert_array_equal(one[0], other[0])
    np.testing.assert_array_equal(one[1], other[1])
