# SPDX-License-Identifier: Apache-2.0
"""A handwriting network becomes a bundle that the decoder reads the same text with."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is only installed for training")

from semg_decoders.decoding.characters import CHARACTERS  # noqa: E402
from semg_decoders.decoding.ctc import greedy_text  # noqa: E402
from semg_decoders.decoding.handwriting import HandwritingDecoder  # noqa: E402
from semg_decoders.inference.session import Model  # noqa: E402
from semg_decoders.signal.mpf import MultiWindowMpf  # noqa: E402
from semg_driver.devices.device import WrittenText  # noqa: E402
from semg_training.handwriting_recordings import (  # noqa: E402
    HandwritingEmgRecording,
    HandwritingRecording,
    small_frames,
)
from semg_training.networks.handwriting import (  # noqa: E402
    HandwritingNetwork,
    HandwritingNetworkSettings,
)
from semg_training.publish_handwriting import publish_handwriting  # noqa: E402
from semg_training.tasks.handwriting import prompt_errors, read_windows  # noqa: E402
from semg_training.written_windows import WrittenWindow  # noqa: E402

SMALL = HandwritingNetworkSettings(
    bands=(0, 1, 2, 3), num_adjacent_cov=3, mlp=(16,), feed_forward=24, kernel=4,
    strides=(1, 2), attention_windows=(6, 5), heads=2,
)  # fmt: skip
PROMPTS = (WrittenText("on", 4000, 8000),)


@pytest.fixture(scope="module")
def emg():
    return np.random.default_rng(4).normal(0.0, 3.0, (12000, 16)).astype(np.float16)


@pytest.fixture(scope="module")
def network():
    """Random, but with blanks rare enough that it reads something."""
    torch.manual_seed(2)
    network = HandwritingNetwork(SMALL).eval()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.2 * torch.randn_like(parameter))
    return network


@pytest.fixture(scope="module")
def bundle(network, emg, tmp_path_factory):
    folder = tmp_path_factory.mktemp("bundles") / "handwriting"
    choice = [
        HandwritingRecording(small_frames(emg), PROMPTS, ()),
        HandwritingRecording(small_frames(emg), (), ()),
    ]
    return publish_handwriting(network, choice, "two recordings", {"data": "noise"}, folder)


def test_a_bundle_says_what_goes_in_and_how_good_it_is(bundle, network, emg):
    recording = HandwritingRecording(small_frames(emg), PROMPTS, ())
    [errors] = prompt_errors(network, [recording])
    assert (bundle.name, bundle.task, bundle.licence) == (
        "handwriting",
        "handwriting",
        "Apache-2.0",
    )
    assert (bundle.warm_up, bundle.stride) == (SMALL.warm_up, 4 * 40)
    assert bundle.mpf.noise_floor == 0.1
    assert bundle.input.bandwidth == 400.0
    assert bundle.metrics["measured_on"] == "two recordings"
    assert bundle.metrics["character_error_rate_percent"] == round(errors.cer, 2)
    assert bundle.metrics["characters"] == 2
    assert bundle.metrics["characters_per_minute_without_writing"] > 0
    assert bundle.metrics["onnx_differs_from_torch_by"] <= 1e-5


def test_the_decoder_reads_from_emg_what_training_reads(bundle, network, emg):
    decoder = HandwritingDecoder(Model(bundle))
    frames = MultiWindowMpf(16, (160,)).push(emg.astype(np.float64), 0)[160]
    emissions = decoder.push(frames.log_matrices, int(frames.last_samples[0]))
    decoded = greedy_text([int(np.argmax(e.log_probabilities)) for e in emissions], CHARACTERS)
    recording = HandwritingRecording(small_frames(emg), (), ())
    [read] = read_windows(network, [(recording, WrittenWindow(0, recording.frames, ""))], 1)
    assert len(emissions) == SMALL.emissions(recording.frames)
    assert decoded == read
    assert len(read) > 5


def test_small_frames_hold_all_that_a_small_network_looks_at(network, emg):
    window = [WrittenWindow(10, 200, "")] * 2
    small = HandwritingRecording(small_frames(emg), (), ())
    whole = HandwritingEmgRecording(emg, (), ())
    [of_small] = read_windows(network, [(small, window[0])], 1)
    [of_whole] = read_windows(network, [(whole, window[1])], 1)
    assert of_small == of_whole
