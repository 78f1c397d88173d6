# SPDX-License-Identifier: Apache-2.0
"""What a simulated person does, as decoders see it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semg_decoders.signal.conditioning import NOISE_SD, SAMPLE_RATE, condition
from semg_driver.devices.device import Truth
from semg_driver.simulation.recording import simulate

PUSH = 20
"""Samples that are handed to an engine at once: 10 ms, as a band delivers them."""


@dataclass(frozen=True)
class Performance:
    """Conditioned EMG and what was really done.

    Attributes
    ----------
    emg : ndarray of float32, shape (samples, 16)
        At 2 kHz, high-passed, in noise s.d.
    truth : Truth
        Of all samples.
    """

    emg: NDArray[np.float32]
    truth: Truth

    @property
    def seconds(self) -> float:
        """Length."""
        return len(self.emg) / SAMPLE_RATE


def performance(person: int, script: str, seconds: float, spread: float = 1.0) -> Performance:
    """Let a simulated person do something; the script has the person's seed.

    Parameters
    ----------
    person : int
        Seed.
    script : str
        One of the simulation's.
    seconds : float
        How long.
    spread : float
        How far the person is from the usual one: 1 as people are trained on.
    """
    emg, truth = simulate(person, script, seconds, person, spread=spread)
    return Performance(condition(emg, SAMPLE_RATE, NOISE_SD), truth)


def pieces(emg: NDArray[np.float32]) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Cut EMG (samples, channels) as a band delivers it; yield first sample and piece."""
    for first in range(0, len(emg), PUSH):
        yield first, emg[first : first + PUSH]
