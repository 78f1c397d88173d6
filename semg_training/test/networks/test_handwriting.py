# SPDX-License-Identifier: Apache-2.0
"""The streaming network says what the published description says of a whole recording."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is only installed for training")

from semg_training.networks.handwriting import (  # noqa: E402
    HandwritingNetwork,
    HandwritingNetworkSettings,
)

PUBLISHED = HandwritingNetworkSettings()
SMALL = HandwritingNetworkSettings(
    channels=4, num_adjacent_cov=1, mlp=(12, 8), feed_forward=6, kernel=3, strides=(1, 2, 1),
    attention_windows=(5, 4, 3), heads=2, outputs=7,
)  # fmt: skip
OTHER = HandwritingNetworkSettings(
    channels=4, bands=(0, 2), num_adjacent_cov=2, mlp=(6,), time_reduction=3, feed_forward=4,
    kernel=4, strides=(3, 1), attention_windows=(2, 6), heads=3, outputs=5,
)  # fmt: skip


def make(settings, seed=1):
    torch.manual_seed(seed)
    network = HandwritingNetwork(settings).eval()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    return network


def features(settings, frames, seed=2):
    shape = (1, frames, 6, settings.channels, settings.channels)
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def stream(network, mpf, groups=1, lead=0.0):
    """Return all emissions that count, `groups` groups of frames at a time."""
    settings = network.settings
    shape = (1, settings.leading_frames, *mpf.shape[2:])
    mpf = torch.cat([torch.full(shape, lead), mpf], dim=1)
    step = groups * settings.frames_per_emission
    states = list(network.initial_states().values())
    found = []
    with torch.no_grad():
        for start in range(0, mpf.shape[1] - step + 1, step):
            emissions, *states = network(mpf[:, start : start + step], *states)
            found.append(emissions[0])
    silent = (settings.warm_up + settings.leading_frames) // settings.frames_per_emission
    return torch.cat(found)[silent:].numpy()


def whole(network, mpf):
    """Return all emissions by the description, layer by layer over the whole recording."""
    settings = network.settings
    with torch.no_grad():
        frames = network.rotation_invariant_mlp(mpf)[0]
        count = len(frames) // settings.time_reduction * settings.time_reduction
        joined = frames[:count].reshape(-1, settings.time_reduction * settings.size)
        frames = network.time_reduction(joined)
        for block in network.blocks:
            frames = whole_block(block, frames)
        return network.output(frames).log_softmax(-1).numpy()


def whole_block(block, frames):
    def feed_forward(layer, x):
        return layer.contract(torch.nn.functional.silu(layer.expand(layer.norm(x)))) + 0.5 * x

    frames = feed_forward(block.feed_forward_before, frames)
    frames = whole_attention(block.attention, frames) + frames
    conv = block.convolution
    first, gate = conv.expand(conv.norm(frames)).chunk(2, dim=-1)
    convolved = conv.depthwise((first * torch.sigmoid(gate)).T[None])[0].T
    projected = conv.project(torch.nn.functional.silu(conv.norm_after(convolved)))
    frames = projected + frames[conv.depthwise.kernel_size[0] - 1 :: conv.stride]
    return block.norm(feed_forward(block.feed_forward_after, frames))


def whole_attention(attention, frames):
    """Attend frame by frame with torch's own multi-head attention."""
    size, width = frames.shape[1], attention.window
    module = torch.nn.MultiheadAttention(size, attention.heads, batch_first=True).eval()
    parts = (attention.query, attention.key, attention.value)
    module.in_proj_weight.copy_(torch.cat([part.weight for part in parts]))
    module.in_proj_bias.copy_(torch.cat([part.bias for part in parts]))
    module.out_proj.weight.copy_(attention.output.weight)
    module.out_proj.bias.copy_(attention.output.bias)
    normalised = torch.cat([torch.zeros(width - 1, size), attention.norm(frames)])
    attended = []
    for last in range(len(frames)):
        window = normalised[last : last + width]
        memory = window.T.reshape(width, size)
        hidden = torch.arange(width) < width - (last + 1)
        answer, _ = module(window[None, -1:], memory[None], memory[None], hidden[None])
        attended.append(answer[0, 0])
    return torch.stack(attended)


def test_published_sizes_give_the_published_context_and_rate():
    assert PUBLISHED.warm_up == 491
    assert PUBLISHED.frames_per_emission == 8
    assert PUBLISHED.leading_frames == 4
    count = sum(p.numel() for p in HandwritingNetwork(PUBLISHED).parameters())
    assert count == pytest.approx(1.02e6, rel=0.01)


@pytest.mark.parametrize("settings", [SMALL, OTHER], ids=["small", "other"])
def test_a_stream_gives_what_the_description_gives_of_the_whole(settings):
    network = make(settings)
    mpf = features(settings, settings.warm_up + 1 + 20 * settings.frames_per_emission)
    expected = whole(network, mpf)
    assert len(expected) == 21
    assert np.abs(stream(network, mpf) - expected).max() < 1e-5


@pytest.mark.parametrize("settings", [SMALL, OTHER], ids=["small", "other"])
@pytest.mark.parametrize("groups", [1, 2, 7])
def test_whole_streams_at_once_give_what_each_gives_piece_by_piece(settings, groups):
    network = make(settings)
    group = settings.frames_per_emission
    frames = settings.warm_up + 1 + 28 * group - settings.leading_frames
    batch = torch.cat([features(settings, frames, seed) for seed in (2, 3, 4)])
    with torch.no_grad():
        together = network.whole(batch).numpy()
    assert together.shape == (3, settings.emissions(frames), settings.outputs)
    for one, mpf in zip(together, batch, strict=True):
        streamed = stream(network, mpf[None], groups)
        assert len(streamed) >= 20
        assert np.abs(streamed - one[: len(streamed)]).max() < 1e-5


def test_what_follows_a_stream_in_a_batch_leaves_no_trace():
    network = make(SMALL)
    frames = SMALL.warm_up + 1 + 10 * SMALL.frames_per_emission
    mpf = features(SMALL, frames + 30)
    with torch.no_grad():
        alone, followed = network.whole(mpf[:, :frames]), network.whole(mpf)
    assert alone.shape[1] == 11 == SMALL.emissions(frames)
    assert followed.shape[1] == SMALL.emissions(frames + 30)
    torch.testing.assert_close(alone, followed[:, :11], rtol=0, atol=1e-5)


def test_there_is_no_emission_before_the_reach_is_filled():
    assert [SMALL.emissions(SMALL.warm_up + more) for more in (-9, 0, 1, 2)] == [0, 0, 1, 1]
    assert SMALL.emissions(SMALL.warm_up + 1 + SMALL.frames_per_emission) == 2


def test_learning_from_the_whole_is_learning_from_the_stream():
    network = make(SMALL)
    mpf = features(SMALL, SMALL.warm_up + 1 + 20 * SMALL.frames_per_emission)
    lead = torch.zeros(1, SMALL.leading_frames, *mpf.shape[2:])
    silent = (SMALL.warm_up + SMALL.leading_frames) // SMALL.frames_per_emission
    emissions, *_ = network(torch.cat([lead, mpf], dim=1), *network.initial_states().values())
    emissions[0, silent:, 0].sum().backward()
    streamed = {n: p.grad for n, p in network.named_parameters() if p.grad is not None}
    network.zero_grad()
    network.whole(mpf)[0, :, 0].sum().backward()
    for name, gradient in streamed.items():
        torch.testing.assert_close(network.get_parameter(name).grad, gradient, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("settings", [SMALL, OTHER], ids=["small", "other"])
def test_it_does_not_matter_how_many_groups_come_at_once(settings):
    network = make(settings)
    mpf = features(settings, settings.warm_up + 1 + 23 * settings.frames_per_emission)
    one = stream(network, mpf)
    for groups in (2, 3, 7):
        several = stream(network, mpf, groups)
        assert np.abs(one[: len(several)] - several).max() < 1e-5


def test_what_leads_a_stream_leaves_no_trace():
    network = make(SMALL)
    mpf = features(SMALL, SMALL.warm_up + 1 + 5 * SMALL.frames_per_emission)
    assert SMALL.leading_frames
    assert np.array_equal(stream(network, mpf), stream(network, mpf, lead=100.0))


def test_counting_stops_once_it_changes_nothing():
    network = make(SMALL)
    group = SMALL.frames_per_emission
    mpf = features(SMALL, 60 * group)
    states = list(network.initial_states().values())
    seen = []
    with torch.no_grad():
        for start in range(0, mpf.shape[1], group):
            _, *states = network(mpf[:, start : start + group], *states)
            seen.append(float(states[0]))
    assert seen[-1] == seen[-2]
    assert seen[0] == group


def test_what_was_long_ago_is_forgotten():
    network = make(SMALL)
    mpf = features(SMALL, 200)
    other = mpf.clone()
    other[:, :60] += 1.0
    difference = np.abs(stream(network, mpf) - stream(network, other)).max(axis=1)
    assert difference[0] > 1e-3
    assert difference[-1] == 0.0


def test_gradients_reach_every_parameter():
    network = make(SMALL).train()
    mpf = features(SMALL, SMALL.frames_per_emission * 20)
    emissions, *_ = network(mpf, *network.initial_states().values())
    emissions[0, 5:].sum().backward()
    without = [name for name, p in network.named_parameters() if p.grad is None]
    # The bias of the keys adds the same to every score: it has no part in the answer.
    assert without == [f"blocks.{i}.attention.key.bias" for i in range(3)]
