# SPDX-License-Identifier: Apache-2.0
import dataclasses
import itertools

import numpy as np
from scipy.signal import butter, sosfilt

from semg_driver.devices.device import Hand
from semg_driver.simulation.anatomy import MUSCLE_INDEX, MUSCLES
from semg_driver.simulation.band import NOISE_SD
from semg_driver.simulation.handwriting.script import handwriting_script
from semg_driver.simulation.person import Person
from semg_driver.simulation.recording import simulate
from semg_driver.simulation.wearer import Wearer

PERSON = Person.sample(104)
CONDITIONING = butter(4, 40.0, "highpass", fs=2000.0, output="sos")
LENGTH = 40000


def passages(seed=1, person=PERSON, count=60):
    return list(itertools.islice(handwriting_script(seed, person), count))


def test_characters_lie_in_order_inside_their_prompt_inside_its_passage():
    written = [passage for passage in passages() if passage.prompts]
    assert len(written) > 20
    for passage in written:
        (prompt,) = passage.prompts
        assert "".join(c.text for c in passage.characters) == prompt.text
        assert prompt.start == passage.characters[0].start > 0
        assert prompt.stop == passage.characters[-1].stop < passage.movement.angle.size
        for one, following in itertools.pairwise(passage.characters):
            assert one.start < one.stop <= following.start


def test_prompts_follow_each_other_after_one_or_two_seconds():
    gaps, last, first = [], None, 0
    for passage in passages(count=200):
        for prompt in passage.prompts:
            if last is not None:
                gaps.append((first + prompt.start - last) / 2000.0)
            last = first + prompt.stop
        first += passage.movement.angle.size
    assert min(gaps) >= 0.99
    assert np.median(gaps) < 2.0
    # A change of posture takes longer.
    assert 0.1 < np.mean(np.array(gaps) > 2.01) < 0.4
    assert max(gaps) < 6.0


def test_muscles_are_ahead_of_the_pen_by_the_persons_lead():
    early, late = (dataclasses.replace(PERSON, lead=lead) for lead in (0.1, 0.04))
    one, other = (
        next(p.efforts[0].activity for p in passages(person=who) if p.efforts)
        for who in (early, late)
    )
    steps = round(0.06 * 500)
    middle = slice(500, 1500)
    moved = one.drive[:, middle], other.drive[:, 500 + steps : 1500 + steps]
    np.testing.assert_allclose(*moved, atol=1e-9)


def test_a_hand_holds_on_from_writing_to_pinch_and_lets_go():
    for passage in passages():
        for effort in passage.efforts:
            thumb = effort.activity.drive[MUSCLE_INDEX["FPL"]]
            pinch = passage.characters[-1]
            assert thumb[0] == 0.0
            assert thumb[-1] < 0.01
            assert thumb[pinch.start // 4 : pinch.stop // 4].max() > 0.2


def test_every_few_prompts_more_muscles_hold_the_hand_in_the_air():
    raised = [
        bool(effort.activity.drive[MUSCLE_INDEX["ED4"], 130:-130].min() > 0.01)
        for passage in passages(count=400)
        for effort in passage.efforts
    ]
    assert 0.1 < np.mean(raised) < 0.6
    runs = [len(list(run)) for _, run in itertools.groupby(raised)]
    assert len(runs) > 10
    assert min(runs[:-1]) >= 3


def test_the_same_text_in_two_hands():
    texts, drives = [], []
    for seed in (104, 105):
        written = [p for p in passages(person=Person.sample(seed)) if p.prompts]
        texts.append([p.prompts[0].text for p in written])
        drives.append(written[0].efforts[0].activity.drive.shape)
    assert texts[0][:10] == texts[1][:10]
    assert drives[0] != drives[1]


def test_left_hands_write_the_mirrored_way():
    left = dataclasses.replace(PERSON, hand=Hand.LEFT)
    one, other = (
        next(p.efforts[0].activity.drive for p in passages(person=who) if p.efforts)
        for who in (PERSON, left)
    )
    assert one.shape == other.shape == (len(MUSCLES), one.shape[1])
    assert np.corrcoef(one[MUSCLE_INDEX["FCR"]], other[MUSCLE_INDEX["FCR"]])[0, 1] < 0.3


def recorded(cuts):
    worn = Wearer(PERSON, handwriting_script(2, PERSON), seed=2)
    edges = [0, *cuts, LENGTH]
    return edges, [worn.generate(stop - start) for start, stop in itertools.pairwise(edges)]


def test_cut_into_blocks_does_not_matter_and_what_is_written_comes_with_its_end():
    _, ((whole, truth),) = recorded([])
    edges, blocks = recorded([7, 5000, 11111, 11112, 30500])
    np.testing.assert_array_equal(np.concatenate([emg for emg, _ in blocks]), whole)
    assert sum((t.characters for _, t in blocks), ()) == truth.characters
    assert sum((t.prompts for _, t in blocks), ()) == truth.prompts
    assert len(truth.characters) > 10
    for (start, stop), (_, t) in zip(itertools.pairwise(edges), blocks, strict=True):
        for text in (*t.characters, *t.prompts):
            assert start < text.stop <= stop


def test_truth_tells_what_is_written_when_it_is():
    emg, truth = simulate(101, "handwriting", 60.0, 3)
    signal = sosfilt(CONDITIONING, emg / NOISE_SD, axis=0)
    writing = np.zeros(len(signal), bool)
    for prompt in truth.prompts:
        inside = [c for c in truth.characters if prompt.start <= c.start < prompt.stop]
        assert "".join(c.text for c in inside) == prompt.text
        writing[prompt.start : prompt.stop] = True
    resting = np.zeros(len(signal), bool)
    for one, following in itertools.pairwise(truth.prompts):
        resting[one.stop + 800 : following.start - 800] = True
    ratio = signal[writing].std(axis=0) / signal[resting].std(axis=0)
    assert truth.gestures == ()
    assert (ratio > 2.0).sum() >= 6
