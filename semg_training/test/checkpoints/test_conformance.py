# SPDX-License-Identifier: Apache-2.0
"""Imported conformance checkpoints answer, streaming, as the published networks."""

from itertools import pairwise

import numpy as np
import pytest
import yaml
from scipy import special

torch = pytest.importorskip("torch", reason="torch is only installed for training")

from semg_decoders.decoding.characters import BLANK, CHARACTERS  # noqa: E402
from semg_decoders.decoding.gestures import GestureDecoder  # noqa: E402
from semg_decoders.decoding.handwriting import HandwritingDecoder  # noqa: E402
from semg_decoders.decoding.wrist import WristDecoder  # noqa: E402
from semg_decoders.inference.session import Model  # noqa: E402
from semg_decoders.inference.writer import write_bundle  # noqa: E402
from semg_decoders.signal.mpf import BANDS, MultiWindowMpf  # noqa: E402
from semg_training.checkpoints.archive import CheckpointArchive  # noqa: E402
from semg_training.checkpoints.checkpoint import read_checkpoint  # noqa: E402
from semg_training.checkpoints.config import ModelConfig  # noqa: E402
from semg_training.checkpoints.handwriting import (  # noqa: E402
    handwriting_places,
    handwriting_settings,
    is_attention_mask,
)
from semg_training.checkpoints.import_checkpoint import CHECKPOINT_FILE, CONFIG_FILE  # noqa: E402
from semg_training.checkpoints.load import load_network  # noqa: E402
from semg_training.checkpoints.sources import Sources  # noqa: E402
from semg_training.gesture_targets import GESTURES  # noqa: E402
from semg_training.int8.layers import large_layers, quantised  # noqa: E402
from semg_training.mpf import mpf  # noqa: E402
from semg_training.networks.handwriting import HandwritingNetwork  # noqa: E402

CUTS = [1, 7, 20, 64, 1000, "random"]


def blocks(emg, cut):
    """Yield the EMG in pieces, each with the index of its first sample."""
    rng = np.random.default_rng(11)
    if cut == "random":
        inner = np.sort(rng.integers(0, len(emg), 150)).tolist()
    else:
        inner = list(range(cut, len(emg), cut))
    for begin, end in pairwise([0, *inner, len(emg)]):
        yield begin, emg[begin:end]


def gestures(model, emg, cut):
    """Return samples and probabilities of EMG in pieces."""
    decoder = GestureDecoder(model)
    steps = [step for begin, piece in blocks(emg, cut) for step in decoder.push(piece, begin)]
    return (
        np.concatenate([step.samples for step in steps]),
        np.concatenate([step.probabilities for step in steps]),
    )


def wrist(model, emg, cut):
    """Return samples and displacements of EMG in pieces."""
    features, decoder = MultiWindowMpf(16, (200,)), WristDecoder(model)
    found = []
    for begin, piece in blocks(emg, cut):
        frames = features.push(piece, begin)[200]
        if len(frames):
            found += decoder.push(frames.log_matrices, int(frames.last_samples[0]))
    return np.array([v.sample for v in found]), np.array([[v.velocity / 50] for v in found])


@pytest.fixture(scope="module")
def int8(imported, tmp_path_factory):
    """The conformance checkpoint of a task with all its large layers in 8 bits."""
    models = {}

    def get(task):
        if task not in models:
            bundle = imported(task).bundle
            graph = bundle.onnx_bytes()
            layers = large_layers(graph)
            assert layers
            description = yaml.safe_load(bundle.description_path.read_text("utf-8"))
            folder = tmp_path_factory.mktemp("int8") / task
            models[task] = Model(write_bundle(folder, quantised(graph, layers), description))
        return models[task]

    return get


@pytest.mark.parametrize("cut", CUTS)
def test_gestures_equal_the_published_network_for_any_cut(cut, imported, conformance):
    vectors = np.load(conformance / "vectors/discrete_gestures.npz")
    samples, found = gestures(imported("discrete_gestures"), vectors["emg"], cut)
    np.testing.assert_array_equal(samples, 20 + 10 * np.arange(2398))
    np.testing.assert_allclose(found, special.expit(vectors["logits"]), rtol=0, atol=1e-4)


@pytest.mark.parametrize("cut", CUTS)
def test_wrist_equals_the_published_network_for_any_cut(cut, imported, conformance):
    vectors = np.load(conformance / "vectors/wrist.npz")
    samples, found = wrist(imported("wrist"), vectors["emg"], cut)
    np.testing.assert_array_equal(samples, 253 + 40 * np.arange(594))
    np.testing.assert_allclose(found, vectors["displacement"], rtol=0, atol=1e-4)


@pytest.mark.parametrize("cut", CUTS)
def test_handwriting_equals_the_published_network_for_any_cut(cut, imported, conformance):
    vectors = np.load(conformance / "vectors/handwriting.npz")
    features, decoder = MultiWindowMpf(16, (160,)), HandwritingDecoder(imported("handwriting"))
    found = []
    for begin, emg in blocks(vectors["emg"], cut):
        frames = features.push(emg, begin)[160]
        if len(frames):
            found += decoder.push(frames.log_matrices, int(frames.last_samples[0]))
    context, stride = vectors["slice"]
    expected = [213 + 40 * (context + stride * k) for k in range(63)]
    assert [emission.sample for emission in found] == expected
    log_probabilities = np.stack([emission.log_probabilities for emission in found])
    np.testing.assert_allclose(log_probabilities, vectors["log_probs"], rtol=0, atol=1e-4)


def test_handwriting_at_once_equals_the_published_network(conformance):
    vectors = np.load(conformance / "vectors/handwriting.npz")
    folder = conformance / "checkpoints/handwriting"
    with CheckpointArchive(folder / CHECKPOINT_FILE) as archive:
        config = ModelConfig.load(folder / CONFIG_FILE)
        sources = Sources(read_checkpoint(archive), config)
        settings = handwriting_settings(sources)
        network = load_network(
            lambda: HandwritingNetwork(settings),
            sources.checkpoint,
            lambda name: name.startswith("featurizer.") or is_attention_mask(name),
            handwriting_places(settings),
        )
    with torch.no_grad():
        frames = mpf(torch.from_numpy(vectors["emg"])[None], 160).float()
        found = network.whole(frames)[0]
    np.testing.assert_allclose(found, vectors["log_probs"], rtol=0, atol=1e-4)


@pytest.mark.parametrize(
    ("task", "decode"),
    [("discrete_gestures", gestures), ("wrist", wrist)],
    ids=["gestures", "wrist"],
)
def test_8_bits_say_exactly_the_same_for_any_cut(task, decode, imported, int8, conformance):
    emg = np.load(conformance / "vectors" / f"{task}.npz")["emg"]
    samples, whole = decode(int8(task), emg, len(emg))
    for cut in CUTS:
        cut_samples, found = decode(int8(task), emg, cut)
        np.testing.assert_array_equal(cut_samples, samples)
        np.testing.assert_array_equal(found, whole)
    _, exact = decode(imported(task), emg, len(emg))
    assert 0 < np.abs(whole - exact).max() < 0.1 * np.ptp(exact)


@pytest.mark.parametrize("task", ["discrete_gestures", "wrist", "handwriting"])
def test_an_imported_bundle_says_where_it_comes_from(task, imported):
    bundle = imported(task).bundle
    assert bundle.licence == "CC-BY-NC-4.0"
    assert bundle.name == task.replace("_", "-")
    assert bundle.task == task
    assert bundle.input.bandwidth == 850.0
    assert bundle.trained_on["imported_from"] == "model_checkpoint.ckpt"
    assert len(bundle.trained_on["sha256_of_checkpoint"]) == 64
    assert "taken_as_published" not in bundle.trained_on
    assert bundle.mpf is None or (bundle.mpf.noise_floor, bundle.mpf.bands) == (0.0, BANDS)


def test_labels_and_defaults_are_the_published_ones(imported):
    gestures = imported("discrete_gestures").bundle
    assert gestures.output.labels == GESTURES
    assert (gestures.frames_per_step, gestures.left_context) == (2, 11)
    assert dict(gestures.decoding) == {"threshold": 0.5, "debounce": 0.05}
    assert imported("handwriting").bundle.output.labels == (*CHARACTERS, BLANK)
