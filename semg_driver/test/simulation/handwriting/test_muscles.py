# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from semg_driver.simulation.anatomy import MUSCLE_INDEX
from semg_driver.simulation.handwriting.hand_style import HandStyle
from semg_driver.simulation.handwriting.muscles import PenMuscles
from semg_driver.simulation.handwriting.writing import written

STEP = 0.002
FLEXORS = ("FDS2", "FDP2", "FDS3", "FPL")
EXTENSORS = ("ED2", "EI", "EPL")


def moved(towards, speed=16.0, **how):
    """Mean drive of each muscle while the pen goes straight at an even speed."""
    angle = np.deg2rad(towards)
    velocity = np.repeat(speed * np.array([[np.cos(angle)], [np.sin(angle)]]), 10, axis=1)
    drive = PenMuscles.sample(**{"seed": 1, **how}).writing(velocity, STEP)
    return dict(zip(MUSCLE_INDEX, drive.mean(axis=1), strict=True))


def total(drive, names):
    return sum(drive[name] for name in names)


@pytest.mark.parametrize("seed", range(1, 9))
def test_fingers_flex_downwards_and_extend_upwards(seed):
    up, down = moved(90.0, seed=seed), moved(-90.0, seed=seed)
    assert total(down, FLEXORS) > 5.0 * total(up, FLEXORS)
    assert total(up, EXTENSORS) > 5.0 * total(down, EXTENSORS)


@pytest.mark.parametrize("seed", range(1, 9))
def test_the_wrist_moves_the_pen_across(seed):
    right, left = moved(0.0, seed=seed), moved(180.0, seed=seed)
    assert right["ECU"] > 3.0 * left["ECU"]
    assert left["FCR"] > 3.0 * right["FCR"]


def test_the_other_hand_moves_it_the_other_way():
    right, left = moved(30.0), moved(150.0, mirrored=True)
    assert left == pytest.approx(right)


def test_drive_falls_off_with_the_cosine():
    usual = {"seed": 1, "spread": 0.0, "speed": 0.01}
    best = moved(90.0, **usual)["EI"] - moved(-90.0, **usual)["EI"]
    for off in (0.0, 20.0, 45.0, 70.0):
        there = moved(90.0 + off, **usual)["EI"] - moved(-90.0, **usual)["EI"]
        assert there / best == pytest.approx(np.cos(np.deg2rad(off)), abs=1e-3)


def test_the_pen_is_held_faster_the_faster_it_moves():
    away = [moved(90.0, speed=speed)["thenar"] for speed in (0.0, 5.0, 20.0)]
    assert away[0] == 0.0 < away[1] < away[2]


def test_people_differ_in_their_muscles_directions():
    across = [PenMuscles.sample(seed).direction for seed in range(200)]
    angles = np.unwrap([np.arctan2(*direction.T[::-1]) for direction in across], axis=0)
    assert 8.0 < np.rad2deg(np.std(angles, axis=0)).mean() < 20.0


def test_writing_is_well_below_maximal_effort_and_clearly_above_rest():
    peaks = []
    for seed in range(1, 9):
        writing = written(
            "jumping over big foxes", HandStyle.sample(seed), np.random.default_rng(1)
        )
        velocity = writing.strokes.velocity(np.arange(0.0, writing.duration, STEP))
        drive = PenMuscles.sample(seed).writing(velocity, STEP)
        assert drive.min() >= 0.0
        peaks.append(np.percentile(drive, 98, axis=1)[[MUSCLE_INDEX["FDS2"], MUSCLE_INDEX["EI"]]])
    assert np.max(peaks) < 0.75
    assert np.min(peaks) > 0.1
    assert 0.15 < np.median(peaks) < 0.5


def test_a_pinch_closes_thumb_and_index_finger_and_is_over():
    times = np.arange(0.0, 1.0, STEP)
    drive = PenMuscles.sample(4).pinching(times, 0.3, 0.6)
    outside = (times < 0.3) | (times > 0.6)
    assert not drive[:, outside].any()
    for name in ("FPL", "thenar", "FDP2"):
        assert 0.2 < drive[MUSCLE_INDEX[name]].max() < 0.9
    assert not drive[MUSCLE_INDEX["ED3"]].any()
