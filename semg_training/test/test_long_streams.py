# SPDX-License-Identifier: Apache-2.0
"""However long a stream, answers and state are those of one offline pass: nothing drifts.

By default a minute and a half through small networks; with ``--hour`` an hour through networks of
the published sizes.
"""

import time
from dataclasses import dataclass, replace

import numpy as np
import pytest
from scipy import special

torch = pytest.importorskip("torch", reason="torch is only installed for training")

from semg_decoders.decoding.characters import BLANK, CHARACTERS  # noqa: E402
from semg_decoders.decoding.gestures import GestureDecoder  # noqa: E402
from semg_decoders.decoding.handwriting import HandwritingDecoder  # noqa: E402
from semg_decoders.decoding.wrist import WristDecoder  # noqa: E402
from semg_decoders.inference.session import Model  # noqa: E402
from semg_decoders.inference.writer import write_bundle  # noqa: E402
from semg_decoders.signal.mpf import STRIDE, MultiWindowMpf, mpf  # noqa: E402
from semg_training.describe import (  # noqa: E402
    Identity,
    describe_gestures,
    describe_handwriting,
    describe_wrist,
    gestures_input_shape,
    mpf_input_shape,
)
from semg_training.export import exported  # noqa: E402
from semg_training.gesture_targets import GESTURES  # noqa: E402
from semg_training.networks.gestures import (  # noqa: E402
    PUBLISHED_GESTURES,
    GestureNetwork,
    GestureNetworkSettings,
)
from semg_training.networks.handwriting import (  # noqa: E402
    HandwritingNetwork,
    HandwritingNetworkSettings,
)
from semg_training.networks.wrist import (  # noqa: E402
    PUBLISHED_WRIST,
    WristNetwork,
    WristNetworkSettings,
)

CHUNK = 20
TOLERANCE = 1e-4
PUBLISHED_HANDWRITING = HandwritingNetworkSettings()
IDENTITY = Identity("long", "Apache-2.0", "For streams of any length.", {}, {}, 850.0)


@dataclass(frozen=True)
class Scale:
    """How long a stream is, in pieces that an offline pass takes at once, and network sizes."""

    pieces: int
    piece_s: int
    gestures: GestureNetworkSettings
    wrist: WristNetworkSettings
    handwriting: HandwritingNetworkSettings


SHORT = Scale(
    3,
    30,
    replace(PUBLISHED_GESTURES, conv_channels=24, hidden=24),
    replace(PUBLISHED_WRIST, mlp=(24,), hidden=24),
    replace(PUBLISHED_HANDWRITING, mlp=(16,), feed_forward=24),
)
HOUR = Scale(60, 60, PUBLISHED_GESTURES, PUBLISHED_WRIST, PUBLISHED_HANDWRITING)


@pytest.fixture
def scale(request):
    return HOUR if request.config.getoption("--hour") else SHORT


def emg_of(piece, seconds):
    """Return EMG in noise s.d. whose channels change their level five times a second."""
    random = np.random.default_rng([17, piece])
    levels = np.exp(random.normal(1.5, 1.5, (5 * seconds, 16)))
    white = random.standard_normal((2000 * seconds, 16))
    return (np.repeat(levels, 400, axis=0) * white).astype(np.float32)


def made(kind, settings):
    """Return a network with random weights whose LSTM layers forget slowly."""
    torch.manual_seed(5)
    network = kind(settings).eval()
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if "bias_hh" in name:
                forget = parameter[settings.hidden : 2 * settings.hidden]
                forget += torch.linspace(0, 3, settings.hidden)
    return network


class Observed(Model):
    """A model that keeps the states it last answered with."""

    def run(self, values, states):
        output, self.states = super().run(values, states)
        return output, self.states


def model_of(network, shape, description, folder):
    steps = np.random.default_rng(0).normal(3, 3, (5, *shape)).astype(np.float32)
    names = description["input"]["tensor"], description["output"]["tensor"]
    graph, _ = exported(network, *names, steps, TOLERANCE)
    return Observed(write_bundle(folder, graph, description))


class Whole:
    """The network itself over long pieces of a stream, in their order."""

    def __init__(self, network):
        self._network = network
        self.states = network.initial_states()

    def answers(self, inputs):
        """Return the answers, (outputs, labels), to inputs without their batch axis."""
        with torch.no_grad():
            inputs = torch.from_numpy(np.ascontiguousarray(inputs))[None]
            answers, *states = self._network(inputs, *self.states.values())
        self.states = dict(zip(self.states, states, strict=True))
        return answers[0].numpy()


class Rows:
    """What a piece of a stream leaves over for the next one."""

    def __init__(self, waiting):
        self._waiting = waiting

    def with_those_before(self, piece):
        self._waiting = np.concatenate([self._waiting, piece])
        return self._waiting

    def used(self, count):
        self._waiting = self._waiting[count:].copy()


class WholeFeatures:
    """MPF of each piece for itself, with the samples that it shares with the one before."""

    def __init__(self, window):
        self._window = window
        self._samples = Rows(np.zeros((0, 16), np.float32))

    def frames(self, emg):
        frames = mpf(self._samples.with_those_before(emg), self._window)
        self._samples.used(len(frames) * STRIDE)
        return frames.astype(np.float32)


class Streaming:
    """Features and a decoder of them, fed in chunks."""

    def __init__(self, decoder, window):
        self._decoder = decoder
        self._window = window
        self._features = MultiWindowMpf(16, (window,))

    def push(self, chunk, first_sample):
        frames = self._features.push(chunk, first_sample)[self._window]
        if not len(frames):
            return []
        return self._decoder.push(frames.log_matrices, int(frames.last_samples[0]))


def compare(scale, engine, rows, offline, record_property):
    """Compare all answers of a stream with the offline pass; return the last piece's."""
    cpu = 0.0
    for piece in range(scale.pieces):
        emg = emg_of(piece, scale.piece_s)
        began = time.process_time()
        answers = []
        for start in range(0, len(emg), CHUNK):
            answers += engine.push(emg[start : start + CHUNK], piece * len(emg) + start)
        cpu += time.process_time() - began
        expected = offline(emg)
        found = np.concatenate([rows(answer) for answer in answers])
        assert np.ptp(expected) > 100 * TOLERANCE
        np.testing.assert_allclose(found, expected, rtol=0, atol=TOLERANCE)
    record_property("EMG in s", scale.pieces * scale.piece_s)
    record_property("CPU time of the stream in s", round(cpu, 1))
    record_property("difference in the last piece", float(np.abs(found - expected).max()))
    return answers


def compare_states(model, whole, record_property):
    """Compare the state that a stream has come to with that of the offline pass."""
    assert model.states.keys() == whole.states.keys()
    differences = [
        float(np.abs(state - whole.states[name].numpy()).max())
        for name, state in model.states.items()
    ]
    record_property("difference of the state at the end", max(differences))
    assert max(differences) <= TOLERANCE


def reach(settings):
    """Return how many MPF frames before its own an emission can depend on."""
    rates = settings.time_reduction * np.cumprod([1, *settings.strides[:-1]])
    return settings.warm_up + int(((np.array(settings.attention_windows) - 1) * rates).sum())


def test_gestures_do_not_drift(scale, tmp_path, record_property):
    network = made(GestureNetwork, scale.gestures)
    description = describe_gestures(network, IDENTITY, GESTURES)
    model = model_of(network, gestures_input_shape(network), description, tmp_path)
    whole, samples = Whole(network), Rows(np.zeros((0, 16), np.float32))

    def offline(emg):
        logits = whole.answers(samples.with_those_before(emg).T)
        samples.used(len(logits) * scale.gestures.stride)
        return special.expit(logits)

    engine = GestureDecoder(model)
    last = compare(scale, engine, lambda step: step.probabilities, offline, record_property)
    assert last[-1].samples[-1] == 2000 * scale.pieces * scale.piece_s - 10
    compare_states(model, whole, record_property)


def test_the_wrist_does_not_drift(scale, tmp_path, record_property):
    network = made(WristNetwork, scale.wrist)
    description = describe_wrist(network, IDENTITY, 200, ("extension",))
    model = model_of(network, mpf_input_shape(16, 1), description, tmp_path)
    whole, features = Whole(network), WholeFeatures(200)
    compare(
        scale,
        Streaming(WristDecoder(model), 200),
        lambda velocity: [[velocity.velocity / 50]],
        lambda emg: whole.answers(features.frames(emg)),
        record_property,
    )
    compare_states(model, whole, record_property)


def test_handwriting_does_not_drift(scale, tmp_path, record_property):
    settings = scale.handwriting
    network = made(HandwritingNetwork, settings)
    description = describe_handwriting(network, IDENTITY, 160, (*CHARACTERS, BLANK))
    group, leading = settings.frames_per_emission, settings.leading_frames
    model = model_of(network, mpf_input_shape(16, group), description, tmp_path)
    whole, features = Whole(network), WholeFeatures(160)
    waiting = Rows(np.zeros((leading, 6, 16, 16), np.float32))
    silent = (settings.warm_up + leading) // group
    pieces = []

    def offline(emg):
        frames = waiting.with_those_before(features.frames(emg))
        count = len(frames) // group * group
        waiting.used(count)
        pieces[:] = [*pieces[-1:], frames[:count]]
        answers = whole.answers(frames[:count])
        return answers[silent:] if len(pieces) == 1 else answers

    engine = Streaming(HandwritingDecoder(model), 160)
    last = compare(scale, engine, lambda e: e.log_probabilities[None], offline, record_property)
    compare_states(model, whole, record_property)

    # Its reach is finite: once that is filled, the last piece alone says the same.
    alone = Whole(network).answers(pieces[-1])[reach(settings) // group + 1 :]
    assert len(alone) > 20
    found = np.stack([emission.log_probabilities for emission in last[-len(alone) :]])
    record_property("difference from the last piece alone", float(np.abs(found - alone).max()))
    np.testing.assert_allclose(found, alone, rtol=0, atol=TOLERANCE)
