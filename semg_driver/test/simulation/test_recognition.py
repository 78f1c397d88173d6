# SPDX-License-Identifier: Apache-2.0
"""New people's gestures and wrist movement can be told from other people's, without a network."""

import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from semg_driver.simulation.band import NOISE_SD
from semg_driver.simulation.gestures import GESTURES
from semg_driver.simulation.recording import simulate

CONDITIONING = butter(4, 40.0, "highpass", fs=2000.0, output="sos")
KNOWN = range(1_000_001, 1_000_041)
NEW = range(201, 213)


def conditioned(emg):
    return sosfilt(CONDITIONING, emg / NOISE_SD, axis=0)


def gesture_features(seeds, seconds):
    features, names = [], []
    for seed in seeds:
        emg, truth = simulate(seed, "gestures", seconds, seed)
        signal = conditioned(emg)
        for label in truth.gestures:
            if not 500 <= label.sample < len(signal) - 300:
                continue
            around = signal[label.sample - 500 : label.sample + 300].reshape(4, 200, 16)
            features.append(np.log(np.sqrt((around**2).mean(axis=1)) + 0.3).ravel())
            names.append(GESTURES.index(label.name))
    return np.array(features), np.array(names)


def discriminant(features, names, new):
    means = np.stack([features[names == g].mean(axis=0) for g in range(len(GESTURES))])
    spread = np.cov((features - means[names]).T) + 0.01 * np.eye(features.shape[1])
    weights = np.linalg.solve(spread, means.T)
    return (new @ weights - 0.5 * (means * weights.T).sum(axis=1)).argmax(axis=1)


def test_gestures_of_new_people_are_told_apart_linearly():
    new, truth = gesture_features(NEW, 40.0)
    answer = discriminant(*gesture_features(KNOWN, 30.0), new)
    assert np.mean(answer == truth) >= 0.78
    for gesture in range(len(GESTURES)):
        assert np.mean(answer[truth == gesture] == gesture) > 0.55, GESTURES[gesture]


def wrist_features(seed, seconds):
    emg, truth = simulate(seed, "wrist", seconds, seed)
    bins = round(seconds * 50)
    power = (conditioned(emg)[: bins * 40] ** 2).reshape(bins, 40, 16).mean(axis=1)
    level = np.log(np.sqrt(power) + 1.0)
    sections = [np.array([[1 / span, 0, 0, 1, 1 / span - 1, 0]]) for span in (1, 3, 8, 20, 60)]
    smoothed = [sosfilt(section, level, axis=0) for section in sections]
    velocity = truth.wrist_velocity[: bins * 40].reshape(bins, 40).mean(axis=1)
    return np.concatenate([*smoothed, np.ones((bins, 1))], axis=1)[50:], velocity[50:]


@pytest.mark.parametrize("seed", NEW[:6])
def test_wrist_velocity_is_linear_in_a_persons_own_signal_levels(seed):
    features, velocity = wrist_features(seed, 80.0)
    half = len(features) // 2
    gram = features[:half].T @ features[:half] + 0.1 * np.eye(features.shape[1])
    weights = np.linalg.solve(gram, features[:half].T @ velocity[:half])
    assert np.corrcoef(features[half:] @ weights, velocity[half:])[0, 1] > 0.9
