# SPDX-License-Identifier: Apache-2.0
"""Finds samples that are no EMG, and keeps them from spoiling the state of what follows."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from enum import IntFlag

import numpy as np
from numpy.typing import NDArray

LARGEST = 1e30
"""Magnitudes beyond this cannot come from a converter and would overflow float32: non-finite."""
FULL_SCALE_MARGIN = 1e-3
PINNED_TIME = 0.010
"""Seconds at one extreme value after which a channel counts as saturated."""
FLAT_TIME = 0.050
"""Seconds without change after which a channel counts as flat."""
RECOVERY_TIME = 0.100
"""Seconds after a non-finite sample during which a channel stays suspect."""
# At low rates: a coarse converter repeats a value a few times by chance.
_SHORTEST_RUN = 10


class Fault(IntFlag):
    """Why a channel is suspect."""

    NONE = 0
    NON_FINITE = 1
    SATURATED = 2
    FLAT = 4


def fault_names(faults: int) -> str:
    """Say the faults in words, such as ``saturated, flat``."""
    return ", ".join(
        fault.name.lower().replace("_", "-")
        for fault in (Fault.NON_FINITE, Fault.SATURATED, Fault.FLAT)
        if faults & fault and fault.name
    )


@dataclass(frozen=True)
class CheckedBlock:
    """A block of which every sample is finite.

    Attributes
    ----------
    emg : array of float32, (samples, channels)
        The samples; non-finite ones replaced by the last good value of their channel.
    faults : array of uint8, (channels,)
        `Fault` flags found anywhere in the block.
    """

    emg: NDArray[np.float32]
    faults: NDArray[np.uint8]

    @property
    def suspect(self) -> NDArray[np.bool_]:
        """Channels with any fault, (channels,)."""
        suspect: NDArray[np.bool_] = self.faults != 0
        return suspect


class QualityMonitor:
    """Marks non-finite, saturated and flat channels of a stream.

    Whether a sample is at fault depends on it and on those before it, never on the cut.

    Parameters
    ----------
    channels : int
        Number of channels.
    sample_rate : float
        Hz.
    full_scale : float
        Largest magnitude the device can deliver; 0 if unknown.
    """

    def __init__(self, channels: int, sample_rate: float, full_scale: float = 0.0) -> None:
        self.channels = channels
        self._limit = np.float32(full_scale * (1 - FULL_SCALE_MARGIN)) if full_scale > 0 else np.inf
        self._pinned_run = max(_SHORTEST_RUN, math.ceil(PINNED_TIME * sample_rate))
        self._flat_run = max(_SHORTEST_RUN, math.ceil(FLAT_TIME * sample_rate))
        self._recovery = math.ceil(RECOVERY_TIME * sample_rate)
        self.reset()

    def reset(self) -> None:
        """Forget the past: the next block starts a new stream."""
        self._last = np.zeros(self.channels, dtype=np.float32)
        # Samples since the last change, and since the last non-finite sample.
        self._run = np.zeros(self.channels, dtype=np.int64)
        self._since_bad = np.full(self.channels, self._recovery + 1, dtype=np.int64)
        self._highest = np.full(self.channels, -np.inf, dtype=np.float32)
        self._lowest = np.full(self.channels, np.inf, dtype=np.float32)
        self._started = False

    def push(self, block: NDArray[np.floating]) -> CheckedBlock:
        """Check the next samples.

        Parameters
        ----------
        block : array, (samples, channels)
            As the device delivered them.

        Returns
        -------
        CheckedBlock
            The same samples, all finite, and what was wrong with them.
        """
        with np.errstate(over="ignore"):
            emg = np.array(block, dtype=np.float32)
        if emg.shape[0] == 0:
            return CheckedBlock(emg, np.zeros(self.channels, dtype=np.uint8))
        faults = self._hold_non_finite(emg)
        faults |= self._find_saturated_and_flat(emg)
        self._last = emg[-1].copy()
        self._started = True
        return CheckedBlock(emg, faults)

    def _hold_non_finite(self, emg: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Replace non-finite samples in place; return the flags of the channels."""
        with np.errstate(invalid="ignore"):
            good = np.abs(emg) <= LARGEST
        if good.all():
            recovering = self._since_bad < self._recovery
            self._since_bad += emg.shape[0]
            return _flag(recovering, Fault.NON_FINITE)
        rows = np.arange(1, emg.shape[0] + 1)[:, np.newaxis]
        last_good = np.maximum.accumulate(np.where(good, rows, 0), axis=0)
        with_past = np.concatenate([self._last[np.newaxis], emg])
        emg[:] = np.take_along_axis(with_past, last_good, axis=0)
        last_bad = np.where(good, 0, rows).max(axis=0)
        bad: NDArray[np.bool_] = (last_bad > 0) | (self._since_bad < self._recovery)
        self._since_bad = np.where(
            last_bad > 0, emg.shape[0] - last_bad, self._since_bad + emg.shape[0]
        )
        return _flag(bad, Fault.NON_FINITE)

    def _find_saturated_and_flat(self, emg: NDArray[np.float32]) -> NDArray[np.uint8]:
        rows = np.arange(emg.shape[0])[:, np.newaxis]
        before = np.concatenate([self._last[np.newaxis], emg[:-1]])
        changed = emg != before
        if not self._started:
            changed[0] = True
        last_change = np.maximum.accumulate(np.where(changed, rows, -1), axis=0)
        run = np.where(last_change >= 0, rows - last_change + 1, self._run + rows + 1)
        highest = np.maximum(np.maximum.accumulate(emg, axis=0), self._highest)
        lowest = np.minimum(np.minimum.accumulate(emg, axis=0), self._lowest)
        self._run, self._highest, self._lowest = run[-1], highest[-1], lowest[-1]

        extreme = ((emg == highest) | (emg == lowest)) & (highest > lowest)
        saturated = (np.abs(emg) >= self._limit) | (extreme & (run >= self._pinned_run))
        return _flag(saturated.any(axis=0), Fault.SATURATED) | _flag(
            run.max(axis=0) >= self._flat_run, Fault.FLAT
        )


def _flag(channels: NDArray[np.bool_], fault: Fault) -> NDArray[np.uint8]:
    flags = channels.astype(np.uint8)
    flags *= np.uint8(fault)
    return flags


class SuspectHistory:
    """Remembers which samples of a stream were suspect, for results made from several blocks.

    Parameters
    ----------
    channels : int
        Number of channels.
    """

    def __init__(self, channels: int) -> None:
        self.channels = channels
        self._spans: deque[tuple[int, int, NDArray[np.bool_]]] = deque()

    def __len__(self) -> int:
        """Return how many blocks with suspect channels are remembered."""
        return len(self._spans)

    def reset(self) -> None:
        """Forget everything."""
        self._spans.clear()

    def add(self, first: int, samples: int, suspect: NDArray[np.bool_] | None) -> None:
        """Note the suspect channels, (channels,), of `samples` samples from index `first`."""
        if suspect is not None and samples > 0 and suspect.any():
            self._spans.append((first, first + samples - 1, suspect))

    def over(self, first: int, last: int) -> NDArray[np.bool_]:
        """Return the channels, (channels,), that were suspect anywhere in first … last.

        What lies before `first` is forgotten: the questions must not go back.
        """
        self.forget(first)
        suspect = np.zeros(self.channels, dtype=np.bool_)
        for start, _, channels in self._spans:
            if start > last:
                break
            suspect |= channels
        return suspect

    def forget(self, before: int) -> None:
        """Forget what lies before a sample index: no question will go back there."""
        while self._spans and self._spans[0][1] < before:
            self._spans.popleft()
