# SPDX-License-Identifier: Apache-2.0
"""The same networks through our engines, chunk by chunk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semg_decoders.decoding.gestures import GestureDecoder
from semg_decoders.decoding.handwriting import HandwritingDecoder
from semg_decoders.decoding.wrist import WristDecoder
from semg_decoders.inference.session import Model
from semg_decoders.signal.mpf import HANDWRITING_WINDOW, WRIST_WINDOW, MultiWindowMpf
from test.bench.published.stopwatch import Stopwatch

CHUNK = 20
"""Samples: 10 ms."""


def stream(emg: NDArray[np.float32], bundles: Path, watch: Stopwatch) -> None:
    """Decode every chunk as it comes by the engines of the live nodes."""
    models = {name: Model.load(bundles / name) for name in ("gestures", "wrist", "handwriting")}
    gestures = GestureDecoder(models["gestures"])
    wrist = WristDecoder(models["wrist"])
    handwriting = HandwritingDecoder(models["handwriting"])
    mpf = MultiWindowMpf(emg.shape[1], (WRIST_WINDOW, HANDWRITING_WINDOW))
    for first in range(0, len(emg) - CHUNK + 1, CHUNK):
        piece = emg[first : first + CHUNK]
        with watch.chunk():
            with watch.time("gestures"):
                gestures.push(piece, first)
            with watch.time("MPF"):
                frames = mpf.push(piece, first)
            for name, decoder, window in (
                ("wrist", wrist, WRIST_WINDOW),
                ("handwriting", handwriting, HANDWRITING_WINDOW),
            ):
                new = frames[window]
                if len(new):
                    with watch.time(name):
                        matrices = new.log_matrices.astype(np.float32)
                        decoder.push(matrices, int(new.last_samples[0]))
