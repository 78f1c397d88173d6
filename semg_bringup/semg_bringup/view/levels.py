# SPDX-License-Identifier: Apache-2.0
"""Signal level and contact of each channel."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semg_bringup.view.snapshot import Contact

# 0.5 s of 10 ms chunks: long enough to be steady, short enough to follow a tap.
_CHUNKS = 50


class LevelMeter:
    """Keeps the last chunks, and works on them only when it is read."""

    def __init__(self) -> None:
        self._raw: deque[Any] = deque(maxlen=_CHUNKS)
        self._conditioned: deque[Any] = deque(maxlen=_CHUNKS)

    def clear(self) -> None:
        """Forget all chunks."""
        self._raw.clear()
        self._conditioned.clear()

    def add_raw(self, chunk: Any) -> None:
        """Take in a chunk of ``emg/raw``."""
        self._raw.append(chunk)

    def add_conditioned(self, chunk: Any) -> None:
        """Take in a chunk of ``emg/conditioned``."""
        self._conditioned.append(chunk)

    def read(self) -> tuple[tuple[float, ...], tuple[Contact, ...], bool]:
        """Return level and contact of each channel, and whether levels are in noise s.d.

        Without conditioned EMG the level is that of the raw EMG around its mean.
        """
        raw, conditioned = _samples(self._raw), _samples(self._conditioned)
        shown = raw if conditioned is None else conditioned
        if shown is None:
            return (), (), True
        with np.errstate(invalid="ignore", over="ignore"):
            offset = 0.0 if conditioned is not None else shown.mean(axis=0)
            levels = np.sqrt(np.mean((shown - offset) ** 2, axis=0, dtype=np.float64))
        suspects = 0
        for chunk in self._conditioned:
            suspects |= chunk.suspect_channels
        flat = np.zeros(shown.shape[1], np.bool_)
        if raw is not None and raw.shape[1] == shown.shape[1]:
            flat = (raw == raw[0]).all(axis=0)
        return (
            tuple(levels.tolist()),
            tuple(_contact(bool(f), bool(suspects >> c & 1)) for c, f in enumerate(flat)),
            conditioned is not None,
        )


def _contact(flat: bool, suspect: bool) -> Contact:
    if flat:
        return Contact.FLAT
    return Contact.SUSPECT if suspect else Contact.GOOD


def _samples(chunks: deque[Any]) -> NDArray[np.float32] | None:
    """Return (samples, channels) of the chunks that are alike."""
    channels = chunks[-1].channels if chunks else 0
    if not channels:
        return None
    alike = [np.frombuffer(c.data, np.float32) for c in chunks if c.channels == channels]
    together = np.concatenate(alike)
    if not len(together):
        return None
    return together[: len(together) // channels * channels].reshape(-1, channels)
