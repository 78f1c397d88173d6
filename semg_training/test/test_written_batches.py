# SPDX-License-Identifier: Apache-2.0
"""Batches of written windows are padded, hidden in part and rolled as described."""

from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is only installed for training")

from semg_decoders.decoding.characters import CHARACTERS  # noqa: E402
from semg_driver.devices.device import WrittenText  # noqa: E402
from semg_training.handwriting_recordings import (  # noqa: E402
    HandwritingEmgRecording,
    HandwritingRecording,
    small_frames,
)
from semg_training.mpf_augmentation import MpfAugmentation  # noqa: E402
from semg_training.networks.handwriting import HandwritingNetworkSettings  # noqa: E402
from semg_training.tasks.handwriting import PUBLISHED_AUGMENTATION  # noqa: E402
from semg_training.written_batches import collate, network_inputs, vary  # noqa: E402
from semg_training.written_windows import BLANK, UNKNOWN, WrittenWindow  # noqa: E402

SMALL = HandwritingNetworkSettings(
    bands=(0, 1, 2, 3), num_adjacent_cov=3, mlp=(8,), feed_forward=8, kernel=4, strides=(1, 2),
    attention_windows=(4, 4), heads=2,
)  # fmt: skip


EVERYTHING = replace(PUBLISHED_AUGMENTATION, drop_probability=0.5)


@pytest.fixture(scope="module")
def emg():
    return np.random.default_rng(3).normal(0.0, 2.0, (6000, 16)).astype(np.float16)


@pytest.fixture(scope="module")
def small(emg):
    prompt = WrittenText("ab", 1000, 3000)
    characters = (WrittenText("a", 1000, 2000), WrittenText("b", 2000, 3000))
    return HandwritingRecording(small_frames(emg), (prompt,), characters)


def test_texts_of_unlike_lengths_are_followed_by_blanks(small):
    windows = [(small, WrittenWindow(0, 60, "ab")), (small, WrittenWindow(20, 90, "🤏"))]
    batch = collate(windows, SMALL, 0.1)
    assert batch.inputs.shape == (2, 90, 4, 16, 4)
    assert batch.targets.tolist() == [[0, 1], [CHARACTERS.index("🤏"), BLANK]]
    assert batch.target_lengths.tolist() == [2, 1]
    assert batch.emissions.tolist() == [SMALL.emissions(60), SMALL.emissions(90)]
    assert (batch.frame_targets[0, SMALL.emissions(60) :] == UNKNOWN).all()
    assert (batch.frame_targets[1] != UNKNOWN).all()


def test_before_and_after_a_recording_there_is_silence(small, emg):
    count = small.frames
    inputs = small.inputs(-7, count + 20)
    np.testing.assert_array_equal(inputs[7 : 7 + count], small.mpf)
    silence = small_frames(np.zeros((214, 16)))[0]
    assert (inputs[:7] == silence).all()
    assert (inputs[7 + count :] == silence).all()
    whole = HandwritingEmgRecording(emg, (), ())
    assert whole.frames == count
    samples = whole.inputs(-7, count + 20)
    np.testing.assert_array_equal(samples[280 : 280 + len(emg)], emg)
    assert not samples[:280].any()
    assert not samples[280 + len(emg) :].any()
    assert len(samples) == 40 * (count + 19) + 214
    assert (small.inputs(count + 50, 5) == silence).all()


def test_frames_of_emg_are_those_of_the_recording(small, emg):
    window = WrittenWindow(11, 30, "")
    whole = HandwritingEmgRecording(emg, (), ())
    from_emg = network_inputs(collate([(whole, window)], SMALL, 0.0))
    from_frames = network_inputs(collate([(small, window)], SMALL, 0.0))
    assert from_emg.shape == (1, 30, 6, 16, 16)
    held = from_frames != 0
    torch.testing.assert_close(from_emg[:, :, :4][held], from_frames[held], rtol=2e-3, atol=2e-3)


def test_rolled_channels_are_rolled_matrices(small, emg):
    window = WrittenWindow(11, 20, "")
    for recording in (small, HandwritingEmgRecording(emg, (), ())):
        batch = collate([(recording, window)] * 3, SMALL, 0.0)
        straight = network_inputs(batch)
        batch.roll[:] = torch.tensor([-1, 0, 1])
        rolled = network_inputs(batch)
        for places, frames, before in zip((-1, 0, 1), rolled, straight, strict=True):
            expected = np.roll(before.numpy(), (places, places), axis=(2, 3))
            np.testing.assert_allclose(frames.numpy(), expected, atol=1e-4)


def test_what_is_hidden_is_zero_and_the_rest_is_as_it_was(small):
    batch = collate([(small, WrittenWindow(11, 20, ""))], SMALL, 0.0)
    straight = network_inputs(batch)
    batch.visible[0, 4:7] = 0.0
    batch.visible[0, :, 2] = 0.0
    hidden = network_inputs(batch)
    assert not hidden[0, 4:7].any()
    assert not hidden[0, :, 2].any()
    seen = [0, 1, 2, 3, *range(7, 20)]
    torch.testing.assert_close(hidden[0, seen][:, [0, 1, 3]], straight[0, seen][:, [0, 1, 3]])


def test_as_much_is_hidden_and_rolled_as_is_published(small):
    rng = np.random.default_rng(0)
    spans, bands, rolls, lengths = set(), set(), set(), set()
    for _ in range(300):
        batch = collate([(small, WrittenWindow(0, 120, ""))], SMALL, 0.0)
        vary(batch, PUBLISHED_AUGMENTATION, rng)
        hidden = batch.visible[0] == 0
        dark = hidden.all(dim=0)
        bands.add(int(dark.sum()))
        frames = hidden[:, ~dark].all(dim=1).numpy() if not dark.all() else np.zeros(120, bool)
        edges = np.flatnonzero(np.diff(np.concatenate([[0], frames.astype(int), [0]])))
        spans.add(len(edges) // 2)
        lengths.update((edges[1::2] - edges[::2]).tolist())
        rolls.add(int(batch.roll[0]))
    assert spans == {0, 1, 2, 3}
    assert bands == {0, 1, 2}
    assert rolls == {-1, 0, 1}
    assert {1, 2, 3, 4, 5} <= lengths
    # Two spans can touch, three hardly ever.
    assert max(lengths) <= 10


def test_a_dropped_channel_has_to_do_with_no_other(small):
    batch = collate([(small, WrittenWindow(11, 20, ""))], SMALL, 0.0)
    straight = network_inputs(batch)
    vary(batch, MpfAugmentation(drop_probability=1.0), np.random.default_rng(0))
    changed = network_inputs(batch)[0]
    channel = int(batch.dropped[0])
    others = [other for other in range(16) if other != channel]
    assert not changed[:, :, channel, others].any()
    assert not changed[:, :, others, channel].any()
    assert (changed[:, :, channel, channel] == 4 * float(batch.noise[0].log())).all()
    assert 1.0 <= float(batch.noise[0]) <= 3.0
    kept = changed[:, :, others][..., others]
    torch.testing.assert_close(kept, straight[0][:, :, others][..., others])


def test_the_same_generator_varies_the_same(small):
    one, two = (collate([(small, WrittenWindow(0, 120, ""))] * 4, SMALL, 0.0) for _ in range(2))
    vary(one, EVERYTHING, np.random.default_rng(5))
    vary(two, EVERYTHING, np.random.default_rng(5))
    for name in ("visible", "roll", "dropped", "noise"):
        assert torch.equal(getattr(one, name), getattr(two, name))
    assert torch.equal(network_inputs(one), network_inputs(two))
