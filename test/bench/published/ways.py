# SPDX-License-Identifier: Apache-2.0
"""The ways in which the published networks are run beside each other."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[3]
PREPARE = "prepare"
ALL_AT_ONCE = "torch, all at once"
CHUNK_BY_CHUNK = "torch, chunk by chunk"
OURS_FLOAT32 = "ours, float32"
OURS_INT8 = "ours, int8"
WAYS = (ALL_AT_ONCE, CHUNK_BY_CHUNK, OURS_FLOAT32, OURS_INT8)
SHORTEST_S = 12.0
"""An emission of handwriting is made from 9.93 s."""


@dataclass(frozen=True)
class WayFigures:
    """What one way costs.

    Attributes
    ----------
    cpu : dict of str to float
        Seconds of CPU per second of EMG, by part.
    chunk_p50, chunk_p99 : float
        ms of wall clock from the arrival of a chunk of 10 ms until all networks have answered;
        nan where there are no chunks.
    peak_mib : float
        Largest resident memory of the process, libraries included.
    """

    cpu: dict[str, float]
    chunk_p50: float
    chunk_p99: float
    peak_mib: float

    @property
    def total(self) -> float:
        """Seconds of CPU per second of EMG, all parts."""
        return sum(self.cpu.values())


def why_not() -> str:
    """Say why the networks cannot be made here; empty if they can."""
    missing = [name for name in ("torch", "onnx") if find_spec(name) is None]
    return f"{' and '.join(missing)} not installed (requirements/train.txt)" if missing else ""


def measure_ways(seconds: float, say: Callable[[str], None]) -> dict[str, WayFigures]:
    """Run each way on the same EMG, one after the other, one thread each."""
    length = max(seconds, SHORTEST_S)
    with tempfile.TemporaryDirectory(prefix="semg-bench-") as folder:
        say("published networks: making them")
        _run(PREPARE, folder, length)
        figures = {}
        for way in WAYS:
            say(f"published networks: {way}, {length:g} s of EMG")
            found = json.loads(_run(way, folder, length))
            chunks = found["chunks_ms"] or [float("nan")]
            p50, p99 = (float(value) for value in np.percentile(chunks, (50, 99)))
            figures[way] = WayFigures(found["cpu"], p50, p99, found["peak_mib"])
    return figures


def _run(way: str, folder: str, seconds: float) -> str:
    one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    finished = subprocess.run(
        [sys.executable, "-m", "test.bench.published", way, folder, str(seconds)],
        cwd=ROOT,
        env=os.environ | one_thread,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return finished.stdout.splitlines()[-1] if finished.stdout else ""
