# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from semg_driver.simulation.anatomy import MUSCLE_INDEX
from semg_driver.simulation.person import Person
from semg_driver.simulation.wrist import wrist_drive

PERSON = Person.sample(101)


def drive(angle, velocity):
    values = wrist_drive(PERSON, np.array([angle]), np.array([velocity]))[:, 0]
    return {name: values[index] for name, index in MUSCLE_INDEX.items()}


@pytest.mark.parametrize("muscle", ["ECR", "ECU"])
def test_extensors_drive_extension(muscle):
    assert drive(0.0, 2.0)[muscle] > 1.3 * drive(0.0, -2.0)[muscle] > 0.0


@pytest.mark.parametrize("muscle", ["FCR", "FCU"])
def test_flexors_drive_flexion(muscle):
    assert drive(0.0, -2.0)[muscle] > 1.3 * drive(0.0, 2.0)[muscle] > 0.0


def test_a_bent_wrist_is_held_against_its_stiffness():
    bent = drive(0.8, 0.0)
    assert bent["ECR"] > 0.02
    assert bent["FCR"] == 0.0


def test_a_straight_resting_wrist_needs_no_drive():
    assert max(drive(0.0, 0.0).values()) == 0.0
