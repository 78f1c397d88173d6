# SPDX-License-Identifier: Apache-2.0
"""Imported conformance checkpoints answer, streaming, as the published networks."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import special

pytest.importorskip("torch", reason="torch is only installed for training")

from semg_decoders.decoding.characters import BLANK, CHARACTERS
from semg_decoders.decoding.gestures import GestureDecoder
from semg_decoders.decoding.handwriting import HandwritingDecoder
from semg_decoders.decoding.wrist import WristDecoder
from semg_decoders.signal.mpf import BANDS, MultiWindowMpf
from semg_training.gesture_targets import GESTURES

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


@pytest.mark.parametrize("cut", CUTS)
def test_gestures_equal_the_published_network_for_any_cut(cut, imported, conformance):
    vectors = np.load(conformance / "vectors/discrete_gestures.npz")
    decoder = GestureDecoder(imported("discrete_gestures"))
    steps = [s for begin, emg in blocks(vectors["emg"], cut) for s in decoder.push(emg, begin)]
    samples = np.concatenate([step.samples for step in steps])
    found = np.concatenate([step.probabilities for step in steps])
    np.testing.assert_array_equal(samples, 20 + 10 * np.arange(2398))
    np.testing.assert_allclose(found, special.expit(vectors["logits"]), rtol=0, atol=1e-4)


@pytest.mark.parametrize("cut", CUTS)
def test_wrist_equals_the_published_network_for_any_cut(cut, imported, conformance):
    vectors = np.load(conformance / "vectors/wrist.npz")
    features, decoder = MultiWindowMpf(16, (200,)), WristDecoder(imported("wrist"))
    found = []
    for begin, emg in blocks(vectors["emg"], cut):
        frames = features.push(emg, begin)[200]
        if len(frames):
            found += decoder.push(frames.log_matrices, int(frames.last_samples[0]))
    assert [v.sample for v in found] == [253 + 40 * k for k in range(594)]
    displacement = np.array([v.velocity for v in found]) / 50
    np.testing.assert_allclose(displacement, vectors["displacement"][:, 0], rtol=0, atol=1e-4)


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
