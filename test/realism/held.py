# SPDX-License-Identifier: Apache-2.0
"""Recordings of held postures, real and simulated, in one form."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, firwin, sosfiltfilt, upfirdn

from semg_driver.recordings.released_hdf5 import Hdf5Recording
from semg_driver.simulation.montage import FOREARM_RING
from semg_driver.simulation.person import Person
from semg_driver.simulation.postures import posture_script
from semg_driver.simulation.wearer import Wearer

RATE = 1000.0
POSTURES = ("rest", "fist", "raise", "lower", "open")
TRIAL = 28_000
_PASS_BAND = (20.0, 450.0)
_TAPS = 63


@dataclass(frozen=True)
class HeldPostures:
    """A ring's EMG while postures are held one after another, each named by a cue.

    Attributes
    ----------
    emg : ndarray, shape (samples, 16)
        µV at 1 kHz, 20 to 450 Hz.
    cues : tuple of (str, int)
        Posture, and the sample from which on it is asked for.
    """

    emg: NDArray[np.float64]
    cues: tuple[tuple[str, int], ...]

    def spans(self, after: float, before: float) -> list[tuple[str, NDArray[np.float64]]]:
        """EMG of each posture from `after` s after its cue to `before` s before the next one."""
        ends = [start for _, start in self.cues[1:]] + [len(self.emg)]
        late, early = round(after * RATE), round(before * RATE)
        return [
            (name, self.emg[start + late : end - early])
            for (name, start), end in zip(self.cues, ends, strict=True)
        ]


def recorded(path: Path) -> HeldPostures:
    """Read a real recording; trials of 28 s are filtered one by one."""
    with Hdf5Recording(path) as recording:
        prompts = recording.labels().prompts
        assert prompts is not None, f"{path}: no table 'prompts'"
        rows = recording.rows_at(np.asarray(prompts["time"], np.float64))
        names = [str(name) for name in prompts["name"]]
        emg = recording.read(0, recording.samples)
    return HeldPostures(_filtered(emg * 1e6), tuple(zip(names, rows.tolist(), strict=True)))


def simulated(person: int, trials: int, *, seed: int = 1, rotation: float = 0.0) -> HeldPostures:
    """Let a simulated person hold postures under a ring on the forearm, turned by some degrees."""
    wearer = Wearer(
        Person.sample(person, rotation_offset=rotation),
        posture_script(seed),
        seed=seed,
        montage=FOREARM_RING,
    )
    emg, truth = wearer.generate(2 * TRIAL * trials)
    taps = firwin(_TAPS, _PASS_BAND[1], fs=2.0 * RATE)
    half = _TAPS // 2
    smooth = upfirdn(taps, np.pad(emg, ((half, half), (0, 0)), mode="edge"), axis=0)
    halved = smooth[_TAPS - 1 : -(_TAPS - 1) : 2]
    cues = tuple((label.name, label.sample // 2) for label in truth.postures)
    return HeldPostures(_filtered(halved * 1e6), cues)


def _filtered(emg: NDArray[np.floating]) -> NDArray[np.float64]:
    sections = butter(4, _PASS_BAND, "bandpass", fs=RATE, output="sos")
    trials = [emg[i : i + TRIAL] for i in range(0, len(emg), TRIAL)]
    return np.concatenate([sosfiltfilt(sections, trial, axis=0) for trial in trials])
