# SPDX-License-Identifier: Apache-2.0
"""Any one node is killed: the others go on, it comes back fresh, and nothing is glued."""

import os
import time
from itertools import pairwise

import numpy as np
import pytest

from semg_bringup.graph import NODE_NAMES
from semg_decoders.inference.session import Model
from semg_driver.devices.registry import plugin
from test import offline, runs
from test.listening import Listener
from test.processes import Processes
from test.supervising import Launched, Supervised, why_no_launch

BACK_WITHIN_S = 30.0
OUTPUT = {
    "driver": "emg/raw",
    "preprocessor": "emg/conditioned",
    "gesture_decoder": "gesture/probabilities",
    "wrist_decoder": "wrist/velocity",
}


class Graph:
    def __init__(self, folder, kind, bundles):
        self.processes = Processes(folder)
        self.listener = Listener(self.processes.domain)
        self.models = {name: Model.load(bundle) for name, bundle in bundles.items()}
        self.running = kind(
            self.processes,
            {
                "gesture_decoder": {"bundle": bundles["gestures"]},
                "wrist_decoder": {"bundle": bundles["wrist"]},
            },
        )

    def close(self):
        self.running.close()
        self.listener.close()
        self.processes.stop()


@pytest.fixture(scope="module", params=[Launched, Supervised], ids=["launch", "supervisor"])
def graph(request, tmp_path_factory, bundles):
    if request.param is Launched and (reason := why_no_launch()):
        pytest.skip(reason)
    running = Graph(tmp_path_factory.mktemp("graph"), request.param, bundles)
    yield running
    running.close()


@pytest.fixture(scope="module")
def simulated():
    """The first seconds of what the simulated band of the driver's defaults measures."""
    simulator = plugin("simulator")
    device = simulator.create(simulator.options(rate=0.0, duration=20.0))
    device.open()
    blocks = [device.read(1.0).emg for _ in range(round(20.0 / 0.010))]
    device.close()
    return np.concatenate(blocks)


@pytest.mark.parametrize("node", NODE_NAMES)
def test_killed_node_comes_back_fresh_and_the_others_go_on(graph, node, simulated):
    listener, running = graph.listener, graph.running
    for topic in OUTPUT.values():
        listener.wait_for_more(topic, 60, 90)
    before = {name: running.pid(name) for name in NODE_NAMES}
    said = {topic: len(listener[topic]) for topic in OUTPUT.values()}
    streams = len(listener["emg/info"])

    killed = time.monotonic()
    running.kill(node)
    listener.wait(lambda: running.pid(node) != before[node], 30, "a new process")

    def is_back():
        new = listener[OUTPUT[node]][said[OUTPUT[node]] - 1 :]
        return any(later.sequence < earlier.sequence for earlier, later in pairwise(new))

    listener.wait(is_back, BACK_WITHIN_S, f"{node} to be back")
    took = time.monotonic() - killed
    print(f"{node} was back after {took:.2f} s; load {os.getloadavg()[0]:.1f}")
    for topic in OUTPUT.values():
        listener.wait_for_more(topic, 60)

    others = {name: pid for name, pid in before.items() if name != node}
    assert {name: running.pid(name) for name in others} == others
    assert len(listener["emg/info"]) - streams == (node == "driver")
    check_nothing_is_glued(graph, simulated)


def check_nothing_is_glued(graph, simulated):
    listener = graph.listener
    info = listener["emg/info"][-1]
    # Read what depends on other topics first: the others are then further on.
    velocities, probabilities = listener["wrist/velocity"], listener["gesture/probabilities"]
    frames, conditioned = listener["emg/mpf/wrist"], listener["emg/conditioned"]
    sent = [beginning(piece, simulated) for piece in offline.pieces(listener["emg/raw"])]
    pieces = offline.pieces(conditioned)
    assert runs.check_conditioned(conditioned, sent, info) > 100
    assert runs.check_mpf(frames, pieces) > 50
    assert runs.check_gestures(probabilities, pieces, graph.models["gestures"]) > 100
    assert runs.check_wrist(velocities, frames, graph.models["wrist"]) > 50


def beginning(piece, simulated):
    """Add what a new driver sent before anyone but the graph listened."""
    if not 0 < piece.first_sample <= len(simulated):
        return piece
    emg = np.concatenate([simulated[: piece.first_sample], piece.emg])
    return offline.Piece(piece.stream_id, 0, emg)
