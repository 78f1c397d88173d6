# SPDX-License-Identifier: Apache-2.0
"""Where the frames of the default gesture bundle lie among the samples of a stream."""

from __future__ import annotations

from semg_decoders.inference.bundle import ModelBundle
from semg_decoders.inference.lookup import find_bundle

_BUNDLE = ModelBundle.load(find_bundle("gestures"))
STRIDE = _BUNDLE.stride
FIRST = _BUNDLE.left_context + STRIDE - 1
"""Sample that the first frame belongs to."""
PER_MESSAGE = _BUNDLE.frames_per_step


def messages(samples: int) -> int:
    """How many messages a stream of so many samples gives."""
    frames = max(0, (samples - 1 - FIRST) // STRIDE + 1)
    return frames // PER_MESSAGE


def last_sample(samples: int) -> int:
    """Sample of the last frame of the last message, from the start of the stream."""
    return FIRST + (messages(samples) * PER_MESSAGE - 1) * STRIDE
