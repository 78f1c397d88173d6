# SPDX-License-Identifier: Apache-2.0
"""All nodes in one process say what they say in processes of their own."""

import threading

import numpy as np
import pytest
import rclpy
from rclpy.context import Context
from rclpy.signals import SignalHandlerOptions

from semg_bringup.graph import NODE_NAMES, choose
from semg_bringup.one_process import OneProcess
from test import gesture_frames, offline
from test.listening import NAME, Listener
from test.processes import CONSUMERS, Processes

SECONDS = 6.0
SAMPLES = round(SECONDS * 2000)
TOPICS = ("emg/conditioned", "emg/mpf/wrist", "gesture/probabilities", "wrist/velocity")


class InOneProcess:
    """Some nodes of the graph in this process, on a thread."""

    def __init__(self, domain, nodes, overrides):
        self._context = Context()
        rclpy.init(
            context=self._context,
            domain_id=domain,
            signal_handler_options=SignalHandlerOptions.NO,
        )
        self.graph = OneProcess(choose(nodes), overrides=overrides, context=self._context)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        self.graph.start()
        self.graph.spin(lambda: False)

    def finish(self, timeout=120.0):
        self._thread.join(timeout)
        assert not self._thread.is_alive(), "the recording has not come to its end"

    def close(self):
        self.graph.stop()
        self._thread.join(30)
        self.graph.close()
        self._context.try_shutdown()


def parameters(bundles, **driver):
    return {
        "driver": {
            "wait_for": [*CONSUMERS, NAME],
            "wait_s": 60.0,
            "simulator.duration": SECONDS,
            "simulator.rate": 0.0,
            **driver,
        },
        "gesture_decoder": {"bundle": bundles["gestures"]},
        "wrist_decoder": {"bundle": bundles["wrist"]},
    }


@pytest.fixture(scope="module")
def apart(tmp_path_factory, bundles):
    """What the nodes say in processes of their own, and who subscribed."""
    processes = Processes(tmp_path_factory.mktemp("apart"))
    listener = Listener(processes.domain)
    try:
        given = parameters(bundles)
        for name in (*CONSUMERS, "driver"):
            processes.node(name, parameters=given.get(name, {}))
        listener.wait_for_end(SAMPLES, 120)
        readers = {topic: listener.node.count_subscribers(topic) for topic in ("emg/raw", *TOPICS)}
        yield listener, readers
    finally:
        listener.close()
        processes.stop()


@pytest.fixture(scope="module")
def together(tmp_path_factory, bundles):
    """What the nodes say in one process, and who subscribed."""
    processes = Processes(tmp_path_factory.mktemp("together"))
    listener = Listener(processes.domain)
    running = InOneProcess(processes.domain, NODE_NAMES, parameters(bundles))
    try:
        listener.wait_for_end(SAMPLES, 120)
        readers = {topic: listener.node.count_subscribers(topic) for topic in ("emg/raw", *TOPICS)}
        running.finish()
        yield listener, readers
    finally:
        running.close()
        listener.close()


def test_events_and_velocities_are_the_same_bit_for_bit(apart, together):
    one, other = apart[0], together[0]
    samples, rows = offline.probabilities(one["gesture/probabilities"])
    assert len(samples) == gesture_frames.messages(SAMPLES) * gesture_frames.PER_MESSAGE
    more_samples, more_rows = offline.probabilities(other["gesture/probabilities"])
    assert np.array_equal(samples, more_samples)
    assert rows.tobytes() == more_rows.tobytes()
    assert offline.events(one["gesture/event"]) == offline.events(other["gesture/event"])
    velocities = [[(m.sample, m.velocity) for m in side["wrist/velocity"]] for side in (one, other)]
    assert velocities[0] == velocities[1]


def test_everything_is_published_for_everyone_else(together):
    listener, _ = together
    (raw,), (conditioned,) = (
        offline.pieces(listener[topic]) for topic in ("emg/raw", "emg/conditioned")
    )
    assert (raw.first_sample, raw.end) == (0, SAMPLES)
    assert (conditioned.first_sample, conditioned.end) == (0, SAMPLES)
    for topic in TOPICS:
        sequence = [message.sequence for message in listener[topic]]
        assert sequence == list(range(len(sequence)))


def test_nodes_of_one_process_make_no_dds_subscription_to_each_other(apart, together):
    assert together[1] == dict.fromkeys(("emg/raw", *TOPICS[:3], "wrist/velocity"), 1)
    assert apart[1] == {
        "emg/raw": 2,
        "emg/conditioned": 2,
        "emg/mpf/wrist": 2,
        "gesture/probabilities": 1,
        "wrist/velocity": 1,
    }


def test_decoders_hear_a_driver_and_preprocessor_of_other_processes(processes, listener, bundles):
    decoders = ("gesture_decoder", "wrist_decoder")
    running = InOneProcess(processes.domain, decoders, parameters(bundles))
    try:
        processes.node("preprocessor")
        processes.node("driver", parameters=parameters(bundles)["driver"])
        listener.wait_for_end(SAMPLES, 120)
        samples, _ = offline.probabilities(listener["gesture/probabilities"])
        first, stride = gesture_frames.FIRST, gesture_frames.STRIDE
        assert samples.tolist() == list(range(first, SAMPLES, stride))[: len(samples)]
        assert len(samples) == gesture_frames.messages(SAMPLES) * gesture_frames.PER_MESSAGE
        assert listener.node.count_subscribers("emg/conditioned") == 2
    finally:
        running.close()
