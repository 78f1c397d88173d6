# SPDX-License-Identifier: Apache-2.0
"""Recordings of simulated people, in the form that training reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.signal import firwin, upfirdn

from semg_decoders.signal.conditioning import NOISE_SD, SAMPLE_RATE, condition
from semg_decoders.signal.mpf import STRIDE, WRIST_WINDOW, mpf, samples_needed
from semg_decoders.signal.noise_floor import with_noise_floor
from semg_driver.devices.device import Truth
from semg_driver.simulation.recording import simulate
from semg_training.gesture_targets import GESTURES, NINE_GESTURES, GestureSet
from semg_training.ring_entries import to_ring_entries

NOISE_FLOOR = 0.1
RING_DISTANCE = 3
_HALVING_TAPS = 63


@dataclass(frozen=True)
class RecordingPlan:
    """What one recording of a person holds.

    Attributes
    ----------
    script : str
        Name of a script of the simulation.
    seconds : float
        Length.
    low_bandwidth : bool
        Whether it passes through a device of 1 kHz, which delivers nothing above 450 Hz.
    """

    script: str
    seconds: float
    low_bandwidth: bool = False


def plan_for(person: int, minutes: float, shares: Mapping[str, float]) -> tuple[RecordingPlan, ...]:
    """Recordings of a person.

    Parameters
    ----------
    person : int
        Number of the person; every fourth wears a band of 1 kHz.
    minutes : float
        Length of all recordings together.
    shares : mapping of str to float
        Share of each script in them.
    """
    return tuple(
        RecordingPlan(script, round(60 * minutes * share, 1), person % 4 == 3)
        for script, share in shares.items()
    )


@dataclass(frozen=True)
class EmgRecording:
    """What the gesture network is trained on.

    Attributes
    ----------
    emg : ndarray of float16, shape (samples, channels)
        Conditioned EMG at 2 kHz in noise s.d.
    events : ndarray of int64, shape (events, 2)
        Index into the labels of `gestures`, and sample.
    script : str
        What was done, by the name of the script of the simulation; empty if it is none.
    gestures : GestureSet
        Which there are.
    """

    SHARES: ClassVar[Mapping[str, float]] = {
        "gestures": 0.35,
        "demo": 0.15,
        "wrist": 0.1,
        "rest": 0.1,
        "daily": 0.2,
        "typing": 0.1,
    }

    emg: NDArray[np.float16]
    events: NDArray[np.int64]
    script: str = ""
    gestures: GestureSet = NINE_GESTURES

    @classmethod
    def make(cls, person_seed: int, plan: RecordingPlan) -> EmgRecording:
        """Simulate a person, and condition and label the EMG."""
        emg, truth = performed(person_seed, plan)
        pairs = [(GESTURES.index(label.name), label.sample) for label in truth.gestures]
        events = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        return cls(emg.astype(np.float16), events, plan.script)

    def save(self, path: Path) -> None:
        """Write to ``path`` with ``.emg.npy`` and ``.events.npy`` added."""
        np.save(f"{path}.emg.npy", self.emg)
        np.save(f"{path}.events.npy", self.events)

    @classmethod
    def load(cls, path: Path, script: str | None = None) -> EmgRecording:
        """Read what `save` wrote; the EMG stays on disk until it is used.

        The file is taken to be called like the script unless this is given.
        """
        emg = np.load(f"{path}.emg.npy", mmap_mode="r")
        return cls(emg, np.load(f"{path}.events.npy"), path.name if script is None else script)

    @property
    def seconds(self) -> float:
        """Length."""
        return len(self.emg) / SAMPLE_RATE


@dataclass(frozen=True)
class MpfRecording:
    """What the wrist network is trained on.

    Attributes
    ----------
    mpf : ndarray of float16, shape (frames, bands, 16, 4)
        Ring entries of the MPF frames, noise floor added.
    displacement : ndarray of float32, shape (frames,)
        Change of the wrist's angle over each frame in rad; NaN for the first.
    script : str
        What was done, by the name of the script of the simulation; empty if it is none.
    """

    SHARES: ClassVar[Mapping[str, float]] = {
        "wrist": 0.5,
        "demo": 0.3,
        "gestures": 0.1,
        "rest": 0.1,
    }

    mpf: NDArray[np.float16]
    displacement: NDArray[np.float32]
    script: str = ""

    @classmethod
    def make(cls, person_seed: int, plan: RecordingPlan) -> MpfRecording:
        """Simulate a person, and compute and label the MPF frames."""
        emg, truth = performed(person_seed, plan)
        frames = with_noise_floor(mpf(emg, WRIST_WINDOW), NOISE_FLOOR)
        return cls(
            to_ring_entries(frames, RING_DISTANCE),
            frame_displacements(truth.wrist_angle, len(frames)),
            plan.script,
        )

    def save(self, path: Path) -> None:
        """Write to ``path`` with ``.mpf.npy`` and ``.displacement.npy`` added."""
        np.save(f"{path}.mpf.npy", self.mpf)
        np.save(f"{path}.displacement.npy", self.displacement)

    @classmethod
    def load(cls, path: Path, script: str | None = None) -> MpfRecording:
        """Read what `save` wrote, as `EmgRecording.load` does."""
        frames = np.load(f"{path}.mpf.npy", mmap_mode="r")
        return cls(
            frames, np.load(f"{path}.displacement.npy"), path.name if script is None else script
        )

    @property
    def seconds(self) -> float:
        """Length."""
        return len(self.mpf) * STRIDE / SAMPLE_RATE


def performed(person_seed: int, plan: RecordingPlan) -> tuple[NDArray[np.float32], Truth]:
    """Conditioned EMG (samples, 16) of a person following a plan, and the truth."""
    emg, truth = simulate(person_seed, plan.script, plan.seconds, person_seed)
    if plan.low_bandwidth:
        return condition(at_half_rate(emg), SAMPLE_RATE / 2, NOISE_SD), truth
    return condition(emg, SAMPLE_RATE, NOISE_SD), truth


def frame_displacements(angle: NDArray[np.float32], frames: int) -> NDArray[np.float32]:
    """Change of `angle` (samples,) between the last samples of consecutive MPF frames.

    Returns
    -------
    ndarray of float32, shape (frames,)
        In the unit of `angle`; NaN for the first frame, which has none before it.
    """
    last = samples_needed(WRIST_WINDOW) - 1 + STRIDE * np.arange(frames)
    at_frames = angle[last].astype(np.float64)
    return np.diff(at_frames, prepend=np.nan).astype(np.float32)


def at_half_rate(emg: NDArray[np.float32]) -> NDArray[np.float32]:
    """Every second sample of `emg` (samples, channels) after a linear-phase low-pass at 450 Hz.

    Sample k of the result lies at the time of sample 2 k.
    """
    taps = firwin(_HALVING_TAPS, 450.0, fs=SAMPLE_RATE)
    half = _HALVING_TAPS // 2
    padded = np.pad(emg, ((half, half), (0, 0)), mode="edge")
    smooth = upfirdn(taps, padded, axis=0)[_HALVING_TAPS - 1 : -(_HALVING_TAPS - 1)]
    return np.asarray(smooth[::2], dtype=np.float32)
