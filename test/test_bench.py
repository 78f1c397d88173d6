# SPDX-License-Identifier: Apache-2.0
"""The bench runs and fills in every figure. How fast the graph is, is not tested here."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from semg_decoders.inference.lookup import installed_bundles

ROOT = Path(__file__).resolve().parents[1]

needs_bundles = pytest.mark.skipif(
    not {"gestures", "wrist"} <= installed_bundles().keys(),
    reason="the default bundles are not installed: run `make train`",
)


@needs_bundles
def test_a_quick_bench_measures_latency_cpu_and_memory_and_the_published_networks():
    finished = subprocess.run(
        [sys.executable, "-m", "test.bench", "--quick", "--json"],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=300,
    )

    assert finished.returncode == 0, finished.stderr
    figures = json.loads(finished.stdout)
    assert figures["stages"]["MPF, both windows"] > 0
    ways = figures["published"]
    if importlib.util.find_spec("torch") is None:
        assert ways == {}
    else:
        assert len(ways) == 4
        for way in ways.values():
            assert way["cpu"].keys() == {"MPF", "gestures", "wrist", "handwriting"}
            assert all(seconds > 0 for seconds in way["cpu"].values())
            assert way["peak_mib"] > 0
    assert figures["graphs"].keys() == {"one process", "separate processes"}
    for graph in figures["graphs"].values():
        assert all(share > 0 for share in graph["cpu_heard"].values())
        assert all(share > 0 for share in graph["cpu_unheard"].values())
        assert all(mebibytes > 0 for mebibytes in graph["memory"].values())
        assert graph["start_up"] > 0
        for topic in ("gesture/probabilities", "wrist/velocity"):
            latency = graph["latency"][topic]
            assert latency["messages"] > 100
            assert 0 < latency["p50"] <= latency["p95"] <= latency["p99"] <= latency["largest"]
    for ways in figures["commands"].values():
        assert ways.keys() == {"teleop", "teleop and command_watchdog"}
        for latency in ways.values():
            assert latency["messages"] > 15
            assert 0 < latency["p50"] <= latency["p99"]


def test_an_unknown_bundle_is_refused_in_one_line():
    finished = subprocess.run(
        [sys.executable, "-m", "test.bench", "--quick", "--gestures", "no/where"],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert finished.returncode == 2
    assert "no/where: no bundle folder and no installed bundle" in finished.stderr


def test_without_what_makes_them_the_published_networks_are_refused_in_one_line():
    script = (
        "import sys; sys.modules['onnx'] = None; sys.argv[1:] = ['--published', '--quick']; "
        "from test.bench.__main__ import main; sys.exit(main())"
    )
    finished = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert finished.returncode == 2
    (line,) = finished.stderr.splitlines()
    assert line.startswith("bench: --published: ")
    assert line.endswith("onnx not installed (requirements/train.txt)")


def test_a_quick_bench_of_training_measures_speed_and_how_busy_the_device_is():
    pytest.importorskip("torch", reason="torch is only installed for training")
    finished = subprocess.run(
        [sys.executable, "-m", "test.bench", "--training", "--quick", "--json"],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=600,
    )

    assert finished.returncode == 0, finished.stderr
    small = json.loads(finished.stdout)["training"]["small"]
    assert small["hours_per_second"] == pytest.approx(small["steps_per_second"] * 64 * 4 / 3600)
    assert 0 < small["busy"] <= 1
