# SPDX-License-Identifier: Apache-2.0
"""Over DDS, nodes with imported checkpoints say what the published networks say of the same EMG."""

import itertools
import json
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
import pytest
from scipy import special

from test import offline
from test.band import Band
from test.listening import Listener
from test.processes import Processes

CHUNKS = [20, 64, 1000]
TOLERANCE = 1e-4
FIRST_FRAME = {"emg/mpf/wrist": 253, "emg/mpf/handwriting": 213}
"""Last sample of the first MPF frame; the others follow every 40."""
FEATURES = tuple(FIRST_FRAME)


@dataclass(frozen=True)
class Graph:
    """A preprocessor and perhaps a decoder, each in a process of its own."""

    band: Band
    listener: Listener
    nodes: tuple[str, ...]

    def answers(self, emg, chunk, counts):
        """Play a stream in chunks; return its messages once there are as many on each topic."""
        listener, stream_id = self.listener, len(self.listener["emg/info"]) + 1
        self.band.play(emg, stream_id, self.nodes, chunk)

        def messages(topic):
            return [message for message in listener[topic] if message.stream_id == stream_id]

        for topic, count in counts.items():
            listener.wait(lambda t=topic, c=count: len(messages(t)) >= c, 60.0, topic)
        return [messages(topic) for topic in counts]


@pytest.fixture(scope="module")
def graph(tmp_path_factory, imported):
    """Start the preprocessor, and a decoder with the checkpoint of a task; each pair only once."""
    graphs = {}
    with ExitStack() as running:

        def start(topics, decoder="", task=""):
            if decoder in graphs:
                return graphs[decoder]
            processes = Processes(tmp_path_factory.mktemp("graph"))
            running.callback(processes.stop)
            listener = Listener(processes.domain, topics=("emg/info", *topics))
            running.callback(listener.close)
            nodes = ["preprocessor"]
            processes.node("preprocessor")
            if decoder:
                nodes.append(decoder)
                processes.node(decoder, parameters={"bundle": str(imported(task).bundle.folder)})
            graphs[decoder] = Graph(Band(listener), listener, tuple(nodes))
            return graphs[decoder]

        yield start


@pytest.fixture
def vectors(conformance):
    return lambda name: np.load(conformance / "vectors" / f"{name}.npz")


@pytest.mark.parametrize("chunk", CHUNKS)
def test_features_are_the_published_ones(chunk, graph, vectors):
    known = vectors("mpf")
    expected = [known["mpf_w200_f64"], known["mpf_w160_f64"]]
    counts = {topic: len(frames) for topic, frames in zip(FEATURES, expected, strict=True)}
    found = graph(FEATURES).answers(known["emg"], chunk, counts)
    for topic, frames, messages in zip(FEATURES, expected, found, strict=True):
        lasts = [message.last_sample for message in messages]
        assert lasts == [FIRST_FRAME[topic] + 40 * k for k in range(len(frames))]
        matrices = offline.frame_matrices(messages)
        np.testing.assert_allclose(matrices, frames, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("chunk", CHUNKS)
def test_gesture_probabilities_are_the_published_ones(chunk, graph, vectors):
    known = vectors("discrete_gestures")
    counts = {"gesture/probabilities": 1199}
    decoder = graph(counts, "gesture_decoder", "discrete_gestures")
    (messages,) = decoder.answers(known["emg"], chunk, counts)
    samples, probabilities = offline.probabilities(messages)
    np.testing.assert_array_equal(samples, 20 + 10 * np.arange(2398))
    expected = special.expit(known["logits"])
    np.testing.assert_allclose(probabilities, expected, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("chunk", CHUNKS)
def test_wrist_velocities_are_the_published_ones(chunk, graph, vectors):
    known = vectors("wrist")
    counts = {"wrist/velocity": 594}
    (messages,) = graph(counts, "wrist_decoder", "wrist").answers(known["emg"], chunk, counts)
    assert [message.sample for message in messages] == [253 + 40 * k for k in range(594)]
    displacement = [[message.velocity / 50] for message in messages]
    np.testing.assert_allclose(displacement, known["displacement"], rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("chunk", CHUNKS)
def test_written_text_is_that_of_the_published_emissions(chunk, graph, vectors, conformance):
    known = vectors("handwriting")
    text = json.loads((conformance / "metrics" / "text.json").read_text("utf-8"))
    *characters, _blank = text["classes"]
    context, stride = known["slice"].tolist()
    expected, emission = [], 0
    for best, repeats in itertools.groupby(known["log_probs"].argmax(1).tolist()):
        if best < len(characters):
            expected.append((characters[best], 213 + 40 * (context + stride * emission)))
        emission += len(list(repeats))

    counts = {"handwriting/text": len(expected)}
    decoder = graph(counts, "handwriting_decoder", "handwriting")
    (messages,) = decoder.answers(known["emg"], chunk, counts)
    assert "".join(message.text for message in messages) == "".join(text for text, _ in expected)
    assert [(message.text, message.sample) for message in messages] == expected
