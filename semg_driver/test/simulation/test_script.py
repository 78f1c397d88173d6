# SPDX-License-Identifier: Apache-2.0
import itertools

import numpy as np
import pytest

from semg_driver.simulation.gestures import GESTURES, RELEASE_OF
from semg_driver.simulation.person import Person
from semg_driver.simulation.script import SCRIPTS, gesture_script

PERSON = Person.sample(104)
SECONDS = 600.0


def performed(name, seed=1):
    """Angle, velocity and (gesture, s, hold) of the first minutes of a script."""
    angle, velocity, cues, samples = [], [], [], 0
    for passage in SCRIPTS[name](seed, PERSON):
        cues += [(c.gesture, (samples + c.sample) / 2000.0, c.hold) for c in passage.cues]
        angle.append(passage.movement.angle)
        velocity.append(passage.movement.velocity)
        samples += passage.movement.angle.size
        if samples > SECONDS * 2000:
            return np.concatenate(angle), np.concatenate(velocity), cues
    raise AssertionError("the script has an end")


@pytest.mark.parametrize("name", SCRIPTS)
@pytest.mark.parametrize("seed", [1, 2])
def test_wrist_never_jumps(name, seed):
    angle, velocity, _ = performed(name, seed)
    middle = (velocity[1:] + velocity[:-1]) / 2
    np.testing.assert_allclose(np.diff(angle) * 2000.0, middle, atol=0.02)
    assert np.abs(angle).max() <= np.deg2rad(60.0)


@pytest.mark.parametrize("name", ["gestures", "demo"])
def test_all_gestures_come_about_equally_often(name):
    _, _, cues = performed(name)
    counts = [sum(gesture == wanted for gesture, _, _ in cues) for wanted in GESTURES]
    assert min(counts) > 0.5 * max(counts)


@pytest.mark.parametrize("name", ["gestures", "demo"])
def test_every_press_is_followed_by_its_release(name):
    _, _, cues = performed(name)
    assert [time for _, time, _ in cues] == sorted(time for _, time, _ in cues)
    for (gesture, time, hold), (following, later, _) in itertools.pairwise(cues):
        if gesture in RELEASE_OF:
            assert following == RELEASE_OF[gesture]
            assert later - time == pytest.approx(hold, abs=0.001)
            assert 0.15 <= hold <= 1.5
        else:
            assert later - time >= 0.49


def test_presses_are_mostly_short_and_sometimes_held():
    _, _, cues = performed("gestures")
    holds = np.array([hold for gesture, _, hold in cues if gesture in RELEASE_OF])
    assert np.mean(holds <= 0.5) > 0.75
    assert holds.max() > 1.0


def test_some_gestures_come_while_the_wrist_moves_and_most_do_not():
    _, velocity, cues = performed("gestures")
    speed = np.array([abs(velocity[int(time * 2000)]) for _, time, _ in cues])
    assert 0.05 < np.mean(speed > np.deg2rad(20.0)) < 0.4


def test_wrist_script_is_fast_and_without_gestures():
    _, velocity, cues = performed("wrist")
    assert not cues
    assert 40.0 <= np.rad2deg(np.abs(velocity).mean()) <= 70.0


def test_rest_script_rests():
    _, velocity, cues = performed("rest")
    assert not cues
    assert np.rad2deg(np.abs(velocity)).max() < 15.0


def test_seed_decides_on_the_script():
    first = [next(p.cues for p in gesture_script(seed) if p.cues) for seed in (1, 1, 2)]
    assert first[0] == first[1] != first[2]
