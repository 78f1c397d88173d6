# SPDX-License-Identifier: Apache-2.0
"""The default decoders on simulated people whom they have never seen."""

import math

import pytest

from semg_bringup.evaluation.simulated_people import evaluate_people
from semg_decoders.inference.bundle import BundleError
from semg_driver.simulation.recording import simulate

MINUTES = 0.3
BUNDLES = {"gestures": "gestures", "wrist": "wrist"}


def evaluate(seeds, bundles=BUNDLES, minutes=MINUTES, **options):
    return evaluate_people(bundles, seeds, minutes, baseline=False, progress=False, **options)


@pytest.fixture(scope="module")
def evaluation():
    return evaluate([40, 41], processes=2)


def test_default_decoders_know_something_of_new_people(evaluation):
    # Looser than the aims, which are for thirty people and longer recordings.
    for person in evaluation.people:
        assert person.gestures.decoder.cler < 0.5
        assert person.gestures.decoder.missed < 60.0
        assert person.wrist.decoder.error < person.wrist.decoder.mean_speed


def test_true_values_are_those_of_the_simulation(evaluation):
    person = evaluation.people[0]
    _, truth = simulate(person.seed, "gestures", 60 * MINUTES, person.seed)
    assert sum(person.gestures.decoder.doing.labels.values()) == len(truth.gestures)
    assert all(not errors.labels for errors in person.gestures.decoder.null.values())


def test_one_process_gives_the_same_as_two(evaluation):
    assert evaluate([40], processes=1).people[0] == evaluation.people[0]


def test_only_tasks_with_a_bundle_are_scored():
    (person,) = evaluate([40], {"wrist": "wrist"}, 0.1).people
    assert person.wrist is not None
    assert (person.gestures, person.handwriting) == (None, None)


def test_the_threshold_is_that_of_live_events_or_as_asked_for(evaluation):
    from semg_bringup.evaluation.people.gestures import live_threshold
    from semg_decoders.inference.lookup import find_bundle
    from semg_decoders.inference.session import Model

    assert evaluation.threshold == live_threshold(Model.load(str(find_bundle("gestures"))))
    asked = evaluate([40], {"gestures": "gestures"}, threshold=0.0)
    assert asked.threshold == 0.0
    # All outputs cross zero once, in the first frame, and never again.
    errors = asked.people[0].gestures.decoder.doing
    assert errors.false + sum(errors.labels.values()) - errors.misses <= 9


def test_people_outside_are_others(evaluation):
    outside = evaluate([40], {"wrist": "wrist"}, spread=1.5).people[0].wrist.decoder
    usual = evaluation.people[0].wrist.decoder
    assert outside.mean_speed == usual.mean_speed
    assert outside.error != usual.error


def test_people_for_training_are_refused():
    with pytest.raises(ValueError, match="seed 1000000: people for evaluation are 0 to 999999"):
        evaluate([1_000_000])


@pytest.mark.parametrize("minutes", [0.0, -1.0, math.nan])
def test_no_time_is_refused(minutes):
    with pytest.raises(ValueError, match=r"minutes: .* must be a positive number"):
        evaluate([1], minutes=minutes)


@pytest.mark.parametrize("bundles", [{}, {"juggling": "gestures"}])
def test_no_or_unknown_tasks_are_refused(bundles):
    with pytest.raises(ValueError, match="must be of gestures, wrist, handwriting"):
        evaluate([1], bundles)


def test_bundles_that_cannot_be_used_are_refused_before_anything_is_simulated():
    with pytest.raises(BundleError, match="no bundle folder and no installed bundle"):
        evaluate([1], {"gestures": "no-such-bundle"}, 1000.0)
    with pytest.raises(BundleError, match="for discrete_gestures, must be for wrist"):
        evaluate([1], {"wrist": "gestures"}, 1000.0)
