# SPDX-License-Identifier: Apache-2.0
"""Where the outputs of a graph end, reckoned from the samples that went in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from semg_decoders.signal.conditioning import Conditioner
from test import gesture_frames, offline

_MPF_FROM = {"emg/mpf/wrist": 253, "wrist/velocity": 253, "emg/mpf/handwriting": 213}
_MPF_STEP = 40

LAST_SAMPLE: dict[str, Callable[[Any], int]] = {
    "emg/raw": lambda m: m.first_sample + len(m.data) // m.channels - 1,
    "emg/conditioned": lambda m: m.first_sample + len(m.data) // m.channels - 1,
    "emg/mpf/wrist": lambda m: m.last_sample,
    "emg/mpf/handwriting": lambda m: m.last_sample,
    "gesture/probabilities": lambda m: int(m.samples[-1]),
    "wrist/velocity": lambda m: m.sample,
}
"""For each topic, how a message tells the last sample that it was made from."""


def last_messages(pieces: list[offline.Piece], info: Any) -> dict[str, tuple[int, int]]:
    """Return (stream id, last sample) of the last message on each topic that has any.

    Parameters
    ----------
    pieces : list of Piece
        All raw EMG that went in.
    info : EmgInfo
        What the band is.
    """
    found: dict[str, tuple[int, int]] = {}
    for piece in reversed(pieces):
        for topic, last in _lasts(piece, info).items():
            found.setdefault(topic, (piece.stream_id, last))
    return found


def _lasts(piece: offline.Piece, info: Any) -> dict[str, int]:
    channels = piece.emg.shape[1]
    conditioner = Conditioner(info.sample_rate, info.noise_sd, info.conditioned, channels)
    block = conditioner.push(np.zeros(piece.emg.shape, np.float32), piece.first_sample)
    first, samples = block.first_sample, len(block.emg)
    lasts = {"emg/raw": piece.end - 1}
    if samples:
        lasts["emg/conditioned"] = first + samples - 1
    if gesture_frames.messages(samples):
        lasts["gesture/probabilities"] = first + gesture_frames.last_sample(samples)
    for topic, start in _MPF_FROM.items():
        if samples > start:
            lasts[topic] = first + start + (samples - 1 - start) // _MPF_STEP * _MPF_STEP
    return lasts
