# SPDX-License-Identifier: Apache-2.0
"""What gestures look like at the wrist: how strong, how long, when, on how many channels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from semg_driver.simulation.band import NOISE_SD, SAMPLE_RATE
from semg_driver.simulation.recording import simulate

_AROUND = round(0.4 * SAMPLE_RATE)
_ENVELOPE = round(0.02 * SAMPLE_RATE)
_NEIGHBOUR = 0.35
_ABOVE_REST = 3.0
_SECONDS = 60.0


@dataclass(frozen=True)
class Burst:
    """One performance of a gesture.

    Attributes
    ----------
    over_rest : float
        Peak of the RMS over 20 ms on the strongest channel, relative to that channel's rest.
    half_width : float
        s for which it stays above half of its peak.
    start, stop : float
        First and last time in s from the label at which it is above 3 times rest.
    channels : int
        On how many the peak is above 35 % of the strongest.
    """

    over_rest: float
    half_width: float
    start: float
    stop: float
    channels: int


def bursts(person: int) -> dict[str, list[Burst]]:
    """Let a person rest, then do gestures, and measure each that has 0.4 s to itself."""
    rest = _level(_conditioned(person, "rest"))
    found: dict[str, list[Burst]] = {}
    emg, truth = simulate(person, "gestures", _SECONDS, person)
    envelope = _envelope(_condition(emg))
    samples = [label.sample for label in truth.gestures]
    for i, label in enumerate(truth.gestures):
        others = [abs(label.sample - s) for j, s in enumerate(samples) if j != i]
        inside = _AROUND < label.sample < len(envelope) - _AROUND
        if inside and min(others, default=_AROUND) >= 0.7 * _AROUND:
            around = envelope[label.sample - _AROUND : label.sample + _AROUND]
            found.setdefault(label.name, []).append(_measured(around, rest))
    return found


def _measured(envelope: NDArray[np.float64], rest: NDArray[np.float64]) -> Burst:
    peaks = envelope.max(axis=0)
    best = int(peaks.argmax())
    strongest = envelope[:, best]
    top = int(strongest.argmax())
    below = np.flatnonzero(strongest < 0.5 * strongest[top])
    before, after = below[below < top], below[below > top]
    first = int(before[-1]) if before.size else 0
    last = int(after[0]) if after.size else len(strongest)
    active = np.flatnonzero(strongest > _ABOVE_REST * rest[best])
    edges = (active[[0, -1]] - _AROUND) / SAMPLE_RATE if active.size else np.zeros(2)
    return Burst(
        over_rest=float(strongest[top] / rest[best]),
        half_width=(last - first) / SAMPLE_RATE,
        start=float(edges[0]),
        stop=float(edges[1]),
        channels=int((peaks > _NEIGHBOUR * peaks[best]).sum()),
    )


def _conditioned(person: int, script: str) -> NDArray[np.float64]:
    return _condition(simulate(person, script, 20.0, person)[0])


def _condition(emg: NDArray[np.float32]) -> NDArray[np.float64]:
    sections = butter(4, 40.0, "highpass", fs=SAMPLE_RATE, output="sos")
    return np.asarray(sosfilt(sections, emg / NOISE_SD, axis=0))


def _envelope(emg: NDArray[np.float64]) -> NDArray[np.float64]:
    power = np.cumsum(np.pad(emg**2, ((_ENVELOPE, 0), (0, 0))), axis=0)
    mean = (power[_ENVELOPE:] - power[:-_ENVELOPE]) / _ENVELOPE
    # The window is centred: half of it lies after the sample.
    return np.asarray(np.sqrt(np.maximum(np.roll(mean, -_ENVELOPE // 2, axis=0), 0.0)))


def _level(emg: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.sqrt((emg**2).mean(axis=0)))
