# SPDX-License-Identifier: Apache-2.0
"""CPU, memory, start-up and latency of the whole graph.

Latency begins when the device has handed over the chunk that holds the last sample a message
was made from, and ends when the message has been received in another process over DDS, as a
Python object. It holds the driver, the preprocessor, the model, the hops between the nodes and
the one to the listener. It does not hold what the algorithm itself waits for: filling a chunk,
and a model's look-ahead. ``gesture/event`` is sent only when something happens, so that
``gesture/probabilities``, sent just before it and for every chunk, has far better statistics.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from test.bench.bundles import Bundles
from test.bench.graph_processes import PATIENCE_S, GraphNotRunning, GraphProcesses
from test.bench.listener import STEADY_TOPICS, TOPICS, Listener
from test.bench.process_figures import cpu_seconds, resident_mib
from test.bench.timed_simulator import HandOvers

SETTLE_S = 3.0
"""After start, and after the listener left: caches and discovery settle."""


@dataclass(frozen=True)
class Latency:
    """Percentiles in ms.

    Attributes
    ----------
    messages : int
        How many were measured.
    p50, p95, p99, largest : float
        ms; nan without messages.
    """

    messages: int
    p50: float
    p95: float
    p99: float
    largest: float


@dataclass(frozen=True)
class GraphFigures:
    """What one arrangement of the graph costs.

    Attributes
    ----------
    cpu_heard, cpu_unheard : dict of str to float
        For each process, seconds of CPU per second with a subscriber outside, and without.
    memory : dict of str to float
        Resident memory of each process in MiB.
    start_up : float
        Seconds from starting the processes until all nodes were active.
    latency : dict of str to Latency
        By topic.
    """

    cpu_heard: dict[str, float]
    cpu_unheard: dict[str, float]
    memory: dict[str, float]
    start_up: float
    latency: dict[str, Latency]


def measure_graph(
    arrangement: str, seconds: float, bundles: Bundles, namespace: str, say: Callable[[str], None]
) -> GraphFigures:
    """Run the graph and measure it for `seconds` with, and again without, a listener.

    Raises
    ------
    GraphNotRunning
        If it does not start or ends.
    """
    with tempfile.TemporaryDirectory(prefix="semg-bench-") as folder:
        listener = Listener(namespace)
        graph = GraphProcesses(arrangement, bundles, namespace, Path(folder))
        try:
            say(f"{arrangement}: starting")
            start_up = graph.wait_until_active()
            _wait_for_output(graph, listener)
            time.sleep(SETTLE_S)
            say(f"{arrangement}: {seconds:g} s with a subscriber outside")
            since = time.monotonic()
            cpu_heard = _cpu(graph, seconds)
            heard = {topic: listener.heard(topic, since) for topic in TOPICS}
            listener.close()
            say(f"{arrangement}: {seconds:g} s without")
            time.sleep(SETTLE_S)
            cpu_unheard = _cpu(graph, seconds)
            memory = {name: resident_mib(pid) for name, pid in graph.pids.items()}
        finally:
            graph.stop()
            listener.close()
        hand_overs = HandOvers(graph.hand_overs)
        latency = {
            topic: latency_of(received - hand_overs.of(samples))
            for topic, (samples, received) in heard.items()
        }
    return GraphFigures(cpu_heard, cpu_unheard, memory, start_up, latency)


def _wait_for_output(graph: GraphProcesses, listener: Listener) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not all(listener.counts()[topic] for topic in STEADY_TOPICS):
        graph.check()
        if time.monotonic() > deadline:
            raise GraphNotRunning(f"no output was heard for {PATIENCE_S:g} s")
        time.sleep(0.05)


def _cpu(graph: GraphProcesses, seconds: float) -> dict[str, float]:
    """Return the CPU per second of each process over the next `seconds`."""
    before = {name: cpu_seconds(pid) for name, pid in graph.pids.items()}
    began = time.monotonic()
    time.sleep(seconds)
    graph.check()
    passed = time.monotonic() - began
    return {name: (cpu_seconds(pid) - before[name]) / passed for name, pid in graph.pids.items()}


def latency_of(seconds: np.ndarray) -> Latency:
    """Return the percentiles of latencies in s."""
    if len(seconds) == 0:
        return Latency(0, *4 * (float("nan"),))
    p50, p95, p99, largest = (float(v) for v in 1000 * np.percentile(seconds, (50, 95, 99, 100)))
    return Latency(len(seconds), p50, p95, p99, largest)
