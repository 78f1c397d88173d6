# SPDX-License-Identifier: Apache-2.0
import numpy as np

from semg_driver.devices.device import WrittenText
from semg_driver.simulation.passage import Cue, Passage
from semg_driver.simulation.timeline import Timeline
from semg_driver.simulation.trajectory import Movement


def counting():
    """Passages of 100 samples whose angle is the sample's index, each with a cue at its 30th."""
    first = 0
    while True:
        angle = np.arange(first, first + 100, dtype=float)
        yield Passage(Movement(angle, -angle), (Cue("thumb_in", 30),))
        first += 100


def test_movement_is_found_by_sample_index():
    timeline = Timeline(counting())
    angle, velocity = timeline.movement(150, 420)
    np.testing.assert_array_equal(angle, np.arange(150, 420))
    np.testing.assert_array_equal(velocity, -np.arange(150, 420))


def test_forgetting_keeps_the_indices():
    timeline = Timeline(counting())
    timeline.movement(0, 250)
    timeline.forget(130)
    np.testing.assert_array_equal(timeline.movement(130, 300)[0], np.arange(130, 300))


def test_every_cue_is_given_once_with_its_passage():
    timeline = Timeline(counting())
    assert [cue.sample for cue in timeline.events_until(0).cues] == []
    assert [cue.sample for cue in timeline.events_until(1).cues] == [30]
    assert [cue.sample for cue in timeline.events_until(100).cues] == []
    timeline.movement(0, 350)
    assert [cue.sample for cue in timeline.events_until(101).cues] == [130, 230, 330]


def test_what_is_written_counts_from_the_first_sample():
    def writing():
        while True:
            texts = (WrittenText("a", 10, 40), WrittenText("b", 50, 90))
            whole = (WrittenText("ab", 10, 90),)
            rest = Movement(np.zeros(100), np.zeros(100))
            yield Passage(rest, characters=texts, prompts=whole)

    timeline = Timeline(writing())
    timeline.events_until(100)
    events = timeline.events_until(101)
    assert events.characters == [WrittenText("a", 110, 140), WrittenText("b", 150, 190)]
    assert events.prompts == [WrittenText("ab", 110, 190)]
