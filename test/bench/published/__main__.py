# SPDX-License-Identifier: Apache-2.0
"""``python -m test.bench.published WAY FOLDER``: measures one way in a process of its own."""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

import numpy as np

from test.bench.published.stopwatch import Stopwatch
from test.bench.published.ways import ALL_AT_ONCE, CHUNK_BY_CHUNK, OURS_FLOAT32, OURS_INT8, PREPARE


def main(way: str, folder: Path, seconds: float) -> None:
    """Print what one way costs, as JSON."""
    watch = Stopwatch()
    if way == PREPARE:
        from test.bench.published.networks import prepare

        prepare(folder, seconds)
        return
    emg = np.load(folder / "emg.npy")
    decoded = len(emg)
    if way in (OURS_FLOAT32, OURS_INT8):
        from test.bench.published.streaming import stream

        stream(emg, folder / ("float32" if way == OURS_FLOAT32 else "int8"), watch)
    else:
        import torch

        from test.bench.published import plain_torch

        torch.set_num_threads(1)
        if way == ALL_AT_ONCE:
            plain_torch.all_at_once(emg, watch)
        elif way == CHUNK_BY_CHUNK:
            plain_torch.chunk_by_chunk(emg, watch)
            decoded -= plain_torch.REACH
    length = decoded / 2000.0
    print(
        json.dumps(
            {
                "cpu": {part: total / length for part, total in watch.cpu.items()},
                "chunks_ms": [1000.0 * chunk for chunk in watch.chunks],
                "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]))
