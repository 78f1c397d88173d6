# SPDX-License-Identifier: Apache-2.0
"""The posture network streams, and with any rotation does not know where the ring begins."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is only installed for training")

from semg_training.band_covariances import FRAME_SAMPLES, band_covariances, bands_within  # noqa: E402
from semg_training.export import exported  # noqa: E402
from semg_training.networks.postures import (  # noqa: E402
    PostureNetwork,
    PostureNetworkSettings,
)

FRAMES = 12


@pytest.fixture(params=[False, True], ids=["placed", "any rotation"])
def network(request):
    torch.manual_seed(1)
    settings = PostureNetworkSettings(
        channels=8, outputs=3, any_rotation=request.param, hidden=8, members=2
    )
    return PostureNetwork(settings).eval()


@pytest.fixture(scope="module")
def emg():
    level = np.linspace(1.0, 30.0, 8)[:, None]
    samples = 96 + FRAMES * FRAME_SAMPLES
    return (level * np.random.default_rng(2).normal(size=(8, samples))).astype(np.float32)


def stream(network, emg):
    """Log-probabilities frame by frame."""
    (state,) = network.initial_states().values()
    found = []
    with torch.no_grad():
        for frame in range(FRAMES):
            start = frame * FRAME_SAMPLES
            step = torch.from_numpy(emg[None, :, start : start + 96 + FRAME_SAMPLES])
            answer, state = network(step, state)
            found.append(answer[0, 0])
    return torch.stack(found)


def test_one_frame_at_a_time_equals_the_whole_window(network, emg):
    with torch.no_grad():
        whole, _ = network(torch.from_numpy(emg[None]), *network.initial_states().values())
    torch.testing.assert_close(stream(network, emg), whole[0], rtol=1e-4, atol=1e-5)


def test_the_stream_says_what_the_covariances_of_its_window_do(network, emg):
    covariances = band_covariances(emg.T, network.settings.bands)
    window = network.settings.window
    windows = [covariances[k - window + 1 : k + 1].mean(axis=0) for k in range(window - 1, FRAMES)]
    with torch.no_grad():
        expected = network.probabilities(torch.from_numpy(np.stack(windows)))
    streamed = stream(network, emg)[window - 1 :].exp()
    torch.testing.assert_close(streamed, expected, rtol=1e-4, atol=1e-5)


def test_probabilities_are_those_of_one_posture_at_a_time(network, emg):
    total = stream(network, emg).exp().sum(dim=1)
    torch.testing.assert_close(total, torch.ones(FRAMES), rtol=0, atol=1e-4)


def test_only_with_any_rotation_a_rolled_ring_gives_the_same_answer(network, emg):
    with torch.no_grad():
        state = network.initial_states()["powers"]
        here, _ = network(torch.from_numpy(emg[None]), state)
        there, _ = network(torch.from_numpy(np.roll(emg, 3, axis=0)[None]), state)
    same = bool(torch.allclose(here, there, atol=1e-4))
    assert same is network.settings.any_rotation


@pytest.mark.parametrize("channels", [1, 2, 4, 5, 24])
@pytest.mark.parametrize("any_rotation", [False, True])
def test_any_number_of_channels_goes_to_onnx(channels, any_rotation):
    torch.manual_seed(0)
    settings = PostureNetworkSettings(
        channels=channels,
        outputs=2,
        bands=bands_within(225.0),
        any_rotation=any_rotation,
        hidden=4,
        members=1,
    )
    steps = np.random.default_rng(0).normal(size=(4, 1, channels, 136)).astype(np.float32)
    _, difference = exported(PostureNetwork(settings), "emg", "logits", 10 * steps)
    assert difference < 1e-5
