# SPDX-License-Identifier: Apache-2.0
"""Written windows hold whole prompts, padded and labelled as published."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("torch", reason="torch is only installed for training")

from semg_decoders.decoding.characters import CHARACTERS
from semg_driver.devices.device import WrittenText
from semg_training.networks.handwriting import HandwritingNetworkSettings
from semg_training.written_windows import (
    BLANK,
    UNKNOWN,
    WrittenWindow,
    draw_window,
    frame_targets,
    is_silent,
    joined_prompts,
    padding_before,
    window_of_prompts,
)

PUBLISHED = HandwritingNetworkSettings()
SMALL = HandwritingNetworkSettings(
    bands=(0, 1), num_adjacent_cov=1, mlp=(8,), feed_forward=8, kernel=4, strides=(1, 2),
    attention_windows=(4, 4), heads=2,
)  # fmt: skip


@dataclass(frozen=True)
class Texts:
    """What of a recording decides on windows."""

    prompts: tuple[WrittenText, ...]
    characters: tuple[WrittenText, ...] = ()
    frames: int = 5000


def prompts(*spans, text="ab"):
    return Texts(tuple(WrittenText(text, start, stop) for start, stop in spans))


def test_the_published_network_is_given_the_published_padding():
    assert padding_before(PUBLISHED) == 19_014
    recording = prompts((40_000, 48_000))
    window = window_of_prompts(recording, 0, 0, PUBLISHED)
    samples = 19_014 + 8_000 + 974
    assert window.frames == (samples - 214) // 40 + 1
    assert abs(40 * window.first - (40_000 - 19_014)) <= 20


@pytest.mark.parametrize("settings", [PUBLISHED, SMALL], ids=["published", "small"])
def test_emissions_cover_a_prompt_from_0_4_s_after_its_start_to_0_5_s_after_its_end(settings):
    window = window_of_prompts(prompts((40_000, 48_000)), 0, 0, settings)
    emissions = settings.emissions(window.frames)
    ends = 213 + 40 * (window.first + settings.warm_up)
    last = ends + 40 * settings.frames_per_emission * (emissions - 1)
    assert abs(ends - (40_000 + 839)) <= 20
    period = 40 * settings.frames_per_emission
    assert 48_000 + 974 - period - 40 <= last < 48_000 + 974 + 20


def test_short_prompts_are_joined_until_they_last_16_s():
    recording = prompts(*[(10_000 * i, 10_000 * i + 8_000) for i in range(10)])
    # Prompts last 4 s, and the next begins 1 s later: 4 + 3 * 5 s are the first above 16 s.
    assert joined_prompts(recording, 2, 16.0) == (2, 5)
    assert joined_prompts(recording, 8, 16.0) == (6, 9)
    assert joined_prompts(recording, 3, 4.0) == (3, 3)
    assert joined_prompts(recording, 0, 1000.0) == (0, 9)


@given(
    lengths=st.lists(st.integers(1_000, 30_000), min_size=1, max_size=8),
    first=st.integers(0, 7),
)
def test_joined_prompts_are_no_more_than_it_takes(lengths, first):
    edges = np.cumsum([0, *lengths])
    recording = prompts(*zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))
    first %= len(lengths)
    begin, end = joined_prompts(recording, first, 16.0)
    assert 0 <= begin <= first <= end < len(lengths)
    if begin > 0:
        assert sum(lengths[begin : end + 1]) >= 32_000
    if end > first:
        assert sum(lengths[first:end]) < 32_000


def test_the_text_of_joined_prompts_is_cleaned_and_joined():
    recording = Texts((WrittenText("é→", 9_000, 12_000), WrittenText("x←🤏", 13_000, 15_000)))
    assert window_of_prompts(recording, 0, 1, SMALL).text == "e_x⌫🤏"


def test_where_nobody_writes_a_window_has_no_text():
    window = draw_window(Texts((), frames=3000), np.random.default_rng(0), 4.0, SMALL)
    assert window.text == ""
    assert SMALL.emissions(window.frames) == pytest.approx(4.0 * 50 / 4, abs=2)
    assert 0 <= window.first <= 3000 - window.frames


def test_a_prompt_that_was_cut_off_is_no_silence():
    cut = Texts((), characters(10_000, 14_000))
    assert not is_silent(cut)
    with pytest.raises(ValueError, match="no prompt of the recording is whole"):
        draw_window(cut, np.random.default_rng(0), 4.0, SMALL)


def characters(*ends):
    """Characters of 0.2 s that end at these samples, one after the other from a on."""
    return tuple(WrittenText(CHARACTERS[index], end - 400, end) for index, end in enumerate(ends))


def emission_ends(window, settings):
    places = np.arange(settings.emissions(window.frames))
    return 213 + 40 * (window.first + settings.warm_up + settings.frames_per_emission * places)


def test_a_character_is_the_target_of_the_emissions_just_after_its_end():
    written = Texts((WrittenText("abc", 1, 30_000),), characters(10_000, 14_000, 20_000))
    window = WrittenWindow(100, 500, "abc")
    targets = frame_targets(written, window, SMALL, pulse=0.3)
    ends = emission_ends(window, SMALL)
    assert len(targets) == len(ends)
    for index, stop in enumerate((10_000, 14_000, 20_000)):
        just = (ends >= stop - 1) & (ends < stop - 1 + 600)
        assert 3 <= just.sum() <= 4
        np.testing.assert_array_equal(targets == index, just)
    assert set(targets.tolist()) == {0, 1, 2, BLANK}


def test_the_next_end_cuts_a_target_short_and_every_character_has_one():
    written = Texts((WrittenText("abc", 1, 30_000),), characters(10_000, 10_300, 10_600))
    window = WrittenWindow(100, 500, "abc")
    targets = frame_targets(written, window, SMALL, pulse=1.0)
    assert [(targets == index).sum() for index in range(3)] == [2, 2, 13]
    shortest = frame_targets(written, window, SMALL, pulse=0.0)
    assert [(shortest == index).sum() for index in range(3)] == [1, 1, 1]


def test_targets_are_unknown_where_the_times_of_characters_are():
    window = WrittenWindow(0, 200, "ab")
    assert (frame_targets(prompts((0, 4_000)), window, SMALL, 0.1) == UNKNOWN).all()
    assert (frame_targets(Texts(()), window, SMALL, 0.1) == BLANK).all()
