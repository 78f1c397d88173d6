# SPDX-License-Identifier: Apache-2.0
import pytest

from semg_bringup.simulated.plan import LONGEST, Plan, recordable_scripts
from semg_driver.simulation.script import SCRIPTS


def plan(**fields):
    known = {"person": 3, "task": "gestures", "script": "gestures", "minutes": 1.0, "seed": 5}
    return Plan(**{**known, **fields})


def test_samples_are_those_of_2_khz():
    assert plan(minutes=1.5).samples == 180_000


def test_every_script_but_the_one_that_waits_can_be_recorded():
    assert {*recordable_scripts(), "intent"} == set(SCRIPTS)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"task": "juggling"}, "task 'juggling': must be one of gestures, wrist, "),
        ({"script": "intent"}, "script 'intent': the simulation has none .* only demo, gestures"),
        ({"person": -1}, "person -1: must be at least 0"),
        ({"seed": -1}, "seed -1: must be at least 0"),
        ({"minutes": 0.0}, "minutes 0: must be more than 0"),
        ({"minutes": float("nan")}, "minutes nan: must be more than 0"),
        ({"minutes": LONGEST + 1}, "at most 240"),
        ({"minutes": 1e-9}, "too short for a sample"),
        ({"rotation": float("inf")}, "rotation inf: must be from -360 to 360"),
        ({"ring": "ankle"}, "ring 'ankle': must be one of wrist, forearm"),
        ({"spread": -1.0}, "spread -1: must be from 0 to 3"),
        ({"rate": 3000}, "rate 3000: must be from 250 to 2000 Hz"),
    ],
)
def test_what_cannot_be_is_refused(fields, message):
    with pytest.raises(ValueError, match=message) as error:
        plan(**fields)
    assert "\n" not in str(error.value)
