# SPDX-License-Identifier: Apache-2.0
"""Simulated people come from the cache when they are there."""

import resource

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is only installed for training")

from semg_training.recordings import EmgRecording
from semg_training.sources.people import CHOICE_SEED, TRAINING_SEED, People, load_people


def test_a_second_load_reads_what_the_first_one_simulated(tmp_path, monkeypatch):
    monkeypatch.setenv("SEMG_CACHE", str(tmp_path))
    people = People(TRAINING_SEED, 2, 0.1)
    first = load_people(people, EmgRecording, processes=2, progress=False)
    written = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.npy")}
    second = load_people(people, EmgRecording, processes=2, progress=False)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.npy")} == written
    assert len(first) == len(second) == 2
    for before, after in zip(first, second, strict=True):
        assert before.keys() == after.keys() == EmgRecording.SHARES.keys()
        np.testing.assert_array_equal(before["demo"].emg, after["demo"].emg)
    assert not np.array_equal(first[0]["demo"].emg, first[1]["demo"].emg)
    assert not list(tmp_path.rglob("*.partial"))


def test_hundreds_of_people_may_be_open_at_once(tmp_path, monkeypatch):
    monkeypatch.setenv("SEMG_CACHE", str(tmp_path))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(256, soft), hard))
    try:
        load_people(People(TRAINING_SEED, 0, 0.1), EmgRecording, progress=False)
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (hard, hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_people_kept_for_evaluation_are_refused():
    with pytest.raises(ValueError, match="must be at least 1000000"):
        People(101, 10, 2.0)


def test_training_and_model_choice_are_different_people():
    training, choice = People(TRAINING_SEED, 1000, 2.0), People(CHOICE_SEED, 1000, 2.0)
    assert not set(training.seeds) & set(choice.seeds)


def test_people_held_out_are_none_that_models_are_trained_on():
    assert list(People(701, 3, 2.0, held_out=True).seeds) == [701, 702, 703]
    with pytest.raises(ValueError, match="held out"):
        People(TRAINING_SEED - 2, 3, 2.0, held_out=True)
