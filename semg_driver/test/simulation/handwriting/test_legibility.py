# SPDX-License-Identifier: Apache-2.0
"""A person's characters can be told apart linearly, another person's less well."""

import numpy as np
import pytest

from semg_driver.simulation.handwriting.hand_style import HandStyle
from semg_driver.simulation.handwriting.muscles import PenMuscles
from semg_driver.simulation.handwriting.shapes import SHAPES
from semg_driver.simulation.handwriting.writing import written

CHARACTERS = [character for character in SHAPES if character != "🤏"]
PEOPLE = range(201, 207)
STEP = 0.002


def features(seed, times):
    """Drive in eight parts of each writing of each character, as noisy as short EMG is."""
    rng = np.random.default_rng(seed + times)
    style, muscles = HandStyle.sample(seed), PenMuscles.sample(seed)
    found = np.empty((times, len(CHARACTERS), 8, muscles.level.size))
    for once in found:
        for character, parts in zip(CHARACTERS, once, strict=True):
            writing = written(character, style, rng)
            velocity = writing.strokes.velocity(np.arange(0.0, writing.duration, STEP))
            drive = muscles.writing(velocity, STEP)
            parts[:] = [part.mean(axis=1) for part in np.array_split(drive, 8, axis=1)]
    found *= np.exp(rng.normal(0.0, 0.25, found.shape))
    return np.log(found + 0.01).reshape(times * len(CHARACTERS), -1)


def right(known, new):
    """Share of new writings that a linear discriminant takes for the right character."""
    means = known.reshape(-1, len(CHARACTERS), known.shape[1]).mean(axis=0)
    spread = np.cov((known.reshape(-1, *means.shape) - means).reshape(known.shape).T)
    spread += 0.1 * np.trace(spread) / len(spread) * np.eye(len(spread))
    weights = np.linalg.solve(spread, means.T)
    answer = (new @ weights - 0.5 * (means * weights.T).sum(axis=1)).argmax(axis=1)
    return np.mean(answer.reshape(-1, len(CHARACTERS)) == np.arange(len(CHARACTERS)))


@pytest.fixture(scope="module")
def writings():
    return {seed: (features(seed, 8), features(seed, 3)) for seed in PEOPLE}


def test_a_person_is_legible_after_a_few_writings(writings):
    assert np.mean([right(known, new) for known, new in writings.values()]) > 0.95


def test_one_person_does_not_teach_to_read_another_but_several_help(writings):
    one, others = [], []
    for seed, (_, new) in writings.items():
        known = [of for other, (of, _) in writings.items() if other != seed]
        one += [right(of, new) for of in known]
        others.append(right(np.concatenate(known), new))
    assert 0.2 < np.mean(one) < 0.75
    assert np.mean(one) + 0.1 < np.mean(others) < 0.95
