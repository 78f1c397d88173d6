# SPDX-License-Identifier: Apache-2.0
"""The default decoders on simulated people whom they have never seen."""

import math

import numpy as np
import pytest

from semg_bringup.evaluation.simulated_people import evaluate_people, to_markdown
from semg_decoders.inference.bundle import BundleError
from semg_driver.simulation.recording import simulate

MINUTES = 0.3


@pytest.fixture(scope="module")
def evaluation():
    return evaluate_people("gestures", "wrist", [40, 41], MINUTES, processes=2, progress=False)


def test_default_decoders_do_well_on_new_people(evaluation):
    # Looser than the aims, which are for ten people and longer recordings.
    assert evaluation.event_f1 > 0.8
    assert evaluation.false_per_minute_at_rest < 5
    assert evaluation.correlation > 0.85
    assert evaluation.error < 0.5 * evaluation.mean_speed


def test_true_values_are_those_of_the_simulation(evaluation):
    person = evaluation.people[0]
    _, truth = simulate(person.seed, "gestures", 60 * MINUTES, person.seed)
    assert person.gestures.pooled.labels == len(truth.gestures)
    _, moving = simulate(person.seed, "wrist", 60 * MINUTES, person.seed)
    speed = np.rad2deg(np.abs(moving.wrist_velocity).mean())
    assert person.wrist.mean_speed == pytest.approx(speed, rel=0.02)
    assert person.rest.pooled.labels == person.moving.pooled.labels == 0


def test_one_process_gives_the_same_as_two(evaluation):
    alone = evaluate_people("gestures", "wrist", [40], MINUTES, processes=1, progress=False)
    assert alone.people[0] == evaluation.people[0]


def test_table_has_a_row_for_each_person_and_their_mean(evaluation):
    lines = to_markdown(evaluation).splitlines()
    assert lines[2].startswith("| 40 | ")
    assert lines[3].startswith("| 41 | ")
    mean = [float(cell) for cell in lines[4].strip("|").split("|")[1:]]
    of_people = [[float(c) for c in line.strip("|").split("|")[1:]] for line in lines[2:4]]
    for column in range(5):
        assert mean[column] == pytest.approx(np.mean([p[column] for p in of_people]), abs=0.06)
    assert "simulated" in lines[-1]


def test_a_wrist_that_does_not_move_has_no_ratio():
    still = evaluate_people("gestures", "wrist", [40], 0.005, processes=1, progress=False)
    assert still.mean_speed == 0.0
    assert all(line.endswith("|  |") for line in to_markdown(still).splitlines()[2:4])


def test_people_for_training_are_refused():
    with pytest.raises(ValueError, match="seed 1000000: people for evaluation are 0 to 999999"):
        evaluate_people("gestures", "wrist", [1_000_000], MINUTES)


@pytest.mark.parametrize("minutes", [0.0, -1.0, math.nan])
def test_no_time_is_refused(minutes):
    with pytest.raises(ValueError, match=r"minutes: .* must be a positive number"):
        evaluate_people("gestures", "wrist", [1], minutes)


def test_unknown_bundle_is_refused_before_anything_is_simulated():
    with pytest.raises(BundleError, match="no bundle folder and no installed bundle"):
        evaluate_people("no-such-bundle", "wrist", [1], 1000.0)
