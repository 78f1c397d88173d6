# SPDX-License-Identifier: Apache-2.0
import itertools

import numpy as np
import pytest
from scipy.signal import butter, find_peaks, sosfiltfilt, welch

from semg_driver.simulation.anatomy import MUSCLE_INDEX, MUSCLES
from semg_driver.simulation.band import NOISE_SD
from semg_driver.simulation.person import Person
from semg_driver.simulation.recording import simulate
from semg_driver.simulation.script import SCRIPTS

EVERYDAY = ("grasp", "typing", "walking", "scratching")
FLEXORS = ("FDS2", "FDS3", "FDS4")
EXTENSORS = ("ED2", "ED3", "ED4")
PERSON = Person.sample(3001)


def bouts(name, seed, count=60):
    """Passages of a script in which something is done."""
    return list(itertools.islice((p for p in SCRIPTS[name](seed, PERSON) if p.efforts), count))


def drives(passage):
    """Drive of all muscles over a passage at 500 Hz, in its usual style."""
    times = np.arange(passage.movement.angle.size // 4) * 4 / 2000.0
    total = np.zeros((len(MUSCLES), times.size))
    for effort in passage.efforts:
        effort.activity.add_to(total, times - effort.sample / 2000.0)
    return total


def drive(passage, muscles):
    """Mean drive of some muscles."""
    return drives(passage)[[MUSCLE_INDEX[name] for name in muscles]].mean(axis=0)


def conditioned(emg):
    return sosfiltfilt(butter(4, 40.0, "highpass", fs=2000.0, output="sos"), emg, axis=0)


@pytest.mark.parametrize("name", [*EVERYDAY, "daily"])
def test_nothing_of_it_is_a_gesture(name):
    emg, truth = simulate(3001, name, 30.0, 2)
    assert truth.gestures == ()
    active = np.sqrt((conditioned(emg / NOISE_SD).reshape(-1, 200, 16) ** 2).mean(axis=1))
    assert active.max() > 5.0


@pytest.mark.parametrize("name", EVERYDAY)
def test_no_effort_comes_before_its_passage_or_long_after(name):
    for passage in bouts(name, 3):
        (effort,) = passage.efforts
        assert effort.sample + effort.activity.start.min() * 2000.0 >= 0.0
        assert effort.sample + effort.activity.end * 2000.0 <= passage.movement.angle.size + 800
        assert (effort.activity.rise > 0.0).all()
        assert (effort.activity.fall > 0.0).all()
        assert (effort.activity.level >= 0.0).all()


@pytest.mark.parametrize("name", EVERYDAY)
def test_efforts_are_submaximal(name):
    peak = max(drives(passage).max() for passage in bouts(name, 4, 15))
    assert 0.02 < peak < 0.8


def test_a_grasp_is_all_fingers_flexors_at_once_for_half_a_second_to_five():
    lengths = []
    for passage in bouts("grasp", 1):
        flexion = np.stack([drive(passage, [name]) for name in FLEXORS])
        held = (flexion > 0.4 * flexion.max(axis=1, keepdims=True)).all(axis=0)
        lengths.append(held.sum() / 500.0)
        wrist = drive(passage, ["ECR"])
        assert wrist[held].min() > 0.2 * flexion[:, held].min()
    assert 0.2 < min(lengths) < 1.0
    assert 3.0 < max(lengths) <= 5.5


def test_the_hand_opens_after_a_grasp():
    for passage in bouts("grasp", 1):
        flexion, extension = drive(passage, FLEXORS), drive(passage, EXTENSORS)
        release = np.flatnonzero(flexion > 0.1 * flexion.max())[-1]
        assert extension[release : release + 100].max() > 0.05


def test_a_held_force_wavers():
    variations = []
    for passage in bouts("grasp", 5):
        flexion = drive(passage, FLEXORS)
        held = flexion[flexion > 0.6 * flexion.max()]
        if held.size > 750:
            variations.append(held.std() / held.mean())
    assert 0.03 < np.median(variations) < 0.3


def test_keys_are_struck_two_to_six_times_a_second_by_every_finger():
    rates, strikers = [], set()
    for passage in bouts("typing", 1):
        per_finger = [drive(passage, [name]) for name in ("thenar", *FLEXORS)]
        peaks = [find_peaks(d, height=0.05, prominence=0.04)[0] for d in per_finger]
        strikers |= {i for i, found in enumerate(peaks) if found.size}
        strikes = np.unique(np.concatenate(peaks))
        strikes = strikes[np.diff(strikes, prepend=-100) > 15]
        rates.append(strikes.size / ((strikes[-1] - strikes[0]) / 500.0))
    assert strikers == {0, 1, 2, 3}
    assert 1.5 < min(rates) < 3.0
    assert 4.5 < max(rates) < 8.0


def test_typists_hold_their_wrist_extended():
    for passage in bouts("typing", 2):
        middle = passage.movement.angle[passage.movement.angle.size // 2 :]
        assert np.ptp(middle) == 0.0
        assert 0.2 < middle[0] < 0.55


def test_walkers_step_at_their_cadence_and_swing_their_arm_once_in_two_steps():
    for passage in bouts("walking", 1):
        steps = np.array([jolt.sample for jolt in passage.jolts]) / 2000.0
        cadence = 1.0 / np.diff(steps).mean()
        assert 1.55 < cadence < 2.25
        angle = passage.movement.angle[round(steps[0] * 2000) : round(steps[-1] * 2000)]
        spectrum = np.abs(np.fft.rfft((angle - angle.mean()) * np.hanning(angle.size)))
        swing = np.fft.rfftfreq(angle.size, 1 / 2000.0)[spectrum.argmax()]
        assert swing == pytest.approx(cadence / 2, abs=1.1 / (steps[-1] - steps[0]))


def test_what_steps_do_to_the_band_lies_below_forty_hertz_but_for_some_noise():
    emg = simulate(3004, "walking", 60.0, 1)[0]
    frequency, power = welch(emg - emg.mean(axis=0), 2000.0, nperseg=4096, axis=0)
    _, at_rest = welch(simulate(3004, "rest", 60.0, 1)[0], 2000.0, nperseg=4096, axis=0)
    more = (power - at_rest).sum(axis=1)
    assert more[frequency < 40.0].sum() > 5.0 * more[frequency >= 40.0].sum() > 0.0
    quiet = (frequency > 500.0) & (frequency < 800.0)
    assert power[quiet].sum() > 1.01 * at_rest[quiet].sum()


def test_scratching_alternates_flexion_and_extension_three_to_six_times_a_second():
    rates = []
    for passage in bouts("scratching", 1):
        velocity = passage.movement.velocity
        fast = np.flatnonzero(np.abs(velocity) > 0.5 * np.abs(velocity).max())
        inside = velocity[fast[0] : fast[-1]]
        turns = np.count_nonzero(np.diff(np.sign(inside)))
        rates.append(turns / 2 / (inside.size / 2000.0))
        flexion, extension = drive(passage, FLEXORS), drive(passage, EXTENSORS)
        busy = flexion + extension > 0.05
        assert np.corrcoef(flexion[busy], extension[busy])[0, 1] < 0.0
    assert 2.5 < min(rates) < 4.0
    assert 4.5 < max(rates) < 6.5


def test_a_day_holds_everything_in_random_order():
    def kinds(seed):
        for passage in bouts("daily", seed, 80):
            if passage.jolts:
                yield "walking"
            elif np.abs(passage.movement.velocity).max() > 1.0 and passage.movement.angle.size:
                yield "scratching"
            else:
                yield "typing" if passage.movement.angle[-1] > 0.24 else "grasp"

    first, second = list(kinds(1)), list(kinds(2))
    assert set(first) == set(second) == set(EVERYDAY)
    assert first != second


def test_people_differ_in_how_they_do_the_same():
    levels = []
    for person in (3001, 3002):
        emg = conditioned(simulate(person, "grasp", 60.0, 1)[0])
        level = emg.std(axis=0)
        levels.append(level / np.linalg.norm(level))
    assert levels[0] @ levels[1] < 0.98
