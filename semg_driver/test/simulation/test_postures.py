# SPDX-License-Identifier: Apache-2.0
import numpy as np

from semg_driver.simulation.montage import FOREARM_RING
from semg_driver.simulation.person import Person
from semg_driver.simulation.postures import POSTURES, posture_script
from semg_driver.simulation.wearer import Wearer

TRIAL = 56_000


def test_trials_are_rest_then_each_posture_once_then_rest():
    script = posture_script(3)
    orders = set()
    for _ in range(6):
        passage = next(script)
        names = [held.name for held in passage.postures]
        assert names[0] == names[-1] == "rest"
        assert sorted(names[1:-1]) == sorted(set(POSTURES) - {"rest"})
        assert [held.sample for held in passage.postures] == [10_000 * i for i in range(6)]
        assert passage.movement.angle.size == TRIAL
        orders.add(tuple(names))
    assert len(orders) > 1


def test_people_begin_around_the_cue():
    script = posture_script(5)
    late = [
        held.start - held.sample / 2000.0
        for _ in range(40)
        for held in next(script).postures
        if held.name != "rest"
    ]
    assert min(late) >= -0.4001
    assert max(late) <= 0.5001
    assert np.std(late) > 0.1


def test_held_postures_are_labelled_and_stronger_than_rest_in_places_of_their_own():
    wearer = Wearer(Person.sample(42), posture_script(1), seed=1, montage=FOREARM_RING)
    emg, truth = wearer.generate(TRIAL)
    assert [label.sample for label in truth.postures] == [10_000 * i for i in range(6)]
    level = {
        label.name: np.std(emg[label.sample + 2000 : label.sample + 6000], axis=0)
        for label in truth.postures[:5]
    }
    for name in POSTURES[1:]:
        assert level[name].max() > 3.0 * level["rest"].max(), name
    # Channel 0 lies on the palm side: flexion is strongest there, extension on the back.
    flexors, extensors = [12, 13, 14, 15, 0, 1], [4, 5, 6, 7, 8, 9, 10]
    assert level["lower"].argmax() in flexors
    assert level["raise"].argmax() in extensors
    assert level["open"].argmax() in extensors
