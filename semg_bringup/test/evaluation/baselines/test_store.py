# SPDX-License-Identifier: Apache-2.0
"""Baselines of one person each; those that evaluations use take more of them."""

import numpy as np
import pytest

from semg_bringup.evaluation.baselines import store
from semg_bringup.evaluation.people import gestures, handwriting, wrist
from semg_bringup.evaluation.people.performance import performance
from semg_bringup.evaluation.simulated_people import FIRST_TRAINING_SEED

ONE = range(1_500_000, 1_500_001)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("SEMG_CACHE", str(tmp_path))


def test_baselines_see_only_people_for_training():
    assert min(store.PEOPLE) >= FIRST_TRAINING_SEED


def test_the_wrist_of_the_same_person_is_followed():
    baseline = store.wrist_baseline(ONE, progress=False)
    score = wrist.score_person(baseline.follow, performance(ONE.start, "wrist", 10.0))
    assert score.correlation > 0.7
    assert score.error < score.mean_speed


def test_gestures_of_the_same_person_are_found():
    baseline = store.gesture_baseline(ONE, progress=False)
    done = performance(ONE.start, "gestures", 30.0)
    score = gestures.score_person(baseline.find, gestures.GesturePerformances(done, {}))
    assert score.cler < 0.4
    assert score.missed < 50.0


def test_writing_of_the_same_person_is_read_better_than_nothing():
    baseline = store.handwriting_baseline(ONE, progress=False)
    score = handwriting.score_person(baseline.read, performance(ONE.start, "handwriting", 40.0))
    assert score.greedy.characters > 0
    assert 0.0 < score.greedy.cer < 100.0


def test_what_was_fitted_is_kept_and_what_is_damaged_is_fitted_anew():
    path = store.baseline_path("wrist", ONE)
    fitted = store.wrist_baseline(ONE, progress=False).regression
    written = path.stat().st_mtime_ns
    kept = store.wrist_baseline(ONE, progress=False).regression
    np.testing.assert_array_equal(kept.weights, fitted.weights)
    assert kept.offset == fitted.offset
    assert path.stat().st_mtime_ns == written
    path.write_bytes(path.read_bytes()[:100])
    again = store.wrist_baseline(ONE, progress=False).regression
    np.testing.assert_array_equal(again.weights, fitted.weights)
    assert [file.name for file in path.parent.iterdir()] == ["wrist.npz"]
