# SPDX-License-Identifier: Apache-2.0
"""Recordings of simulated people who write, as MPF frames or as EMG."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from semg_decoders.signal.conditioning import SAMPLE_RATE
from semg_decoders.signal.mpf import HANDWRITING_WINDOW, STRIDE, samples_needed
from semg_driver.devices.device import WrittenText
from semg_training.mpf import mpf
from semg_training.recordings import NOISE_FLOOR, RecordingPlan, performed
from semg_training.ring_entries import to_ring_entries

BANDS = 4
"""Frequency bands that are kept: those that a band of 1 kHz delivers as well."""
RING_DISTANCE = 3
SHARES: Mapping[str, float] = {"handwriting": 0.85, "demo": 0.1, "rest": 0.05}
"""While people do other things, nothing is to be read."""


class WrittenRecording(Protocol):
    """What handwriting is trained on, whatever the network is fed with."""

    @property
    def prompts(self) -> Sequence[WrittenText]:
        """What was to be written, in order; empty where nobody writes."""

    @property
    def characters(self) -> Sequence[WrittenText]:
        """What was written when, in order; empty where that is not known."""

    @property
    def frames(self) -> int:
        """MPF frames in all; frame k ends with sample 213 + 40 k."""

    def inputs(self, first: int, count: int) -> NDArray[np.float16]:
        """Return what `count` MPF frames from `first` on are made of.

        Frames may lie before the beginning and after the end: there is silence.
        """


@dataclass(frozen=True)
class HandwritingRecording:
    """Handwriting as small MPF frames.

    Attributes
    ----------
    mpf : ndarray of float16, shape (frames, 4, 16, 4)
        Ring entries of the MPF frames of the lowest bands, noise floor added.
    prompts, characters : tuple of WrittenText
        As for `WrittenRecording`.
    script : str
        What was done, by the name of the script of the simulation; empty if it is none.
    share : float
        Part of the recording that its prompts are; the others may be in another recording.
    """

    SHARES: ClassVar[Mapping[str, float]] = SHARES

    mpf: NDArray[np.float16]
    prompts: tuple[WrittenText, ...]
    characters: tuple[WrittenText, ...]
    script: str = ""
    share: float = 1.0

    @classmethod
    def make(cls, person_seed: int, plan: RecordingPlan) -> HandwritingRecording:
        """Simulate a person, and compute the MPF frames."""
        emg, truth = performed(person_seed, plan)
        return cls(small_frames(emg), truth.prompts, truth.characters, plan.script)

    @property
    def frames(self) -> int:
        """MPF frames in all."""
        return len(self.mpf)

    @property
    def seconds(self) -> float:
        """Length of its share."""
        return self.share * len(self.mpf) * STRIDE / SAMPLE_RATE

    def inputs(self, first: int, count: int) -> NDArray[np.float16]:
        """Return ring entries, (count, 4, 16, 4), as described for `WrittenRecording`."""
        outside = small_frames(np.zeros((samples_needed(HANDWRITING_WINDOW), self.mpf.shape[2])))
        inputs = np.repeat(outside, count, axis=0)
        begin, end = _inside(first, count, len(self.mpf))
        inputs[begin - first : end - first] = self.mpf[begin:end]
        return inputs

    def save(self, path: Path) -> None:
        """Write to ``path`` with ``.mpf.npy`` and ``.text.json`` added."""
        np.save(f"{path}.mpf.npy", self.mpf)
        _save_texts(path, self)

    @classmethod
    def load(cls, path: Path) -> HandwritingRecording:
        """Read what `save` wrote; the frames stay on disk until they are used."""
        return cls(np.load(f"{path}.mpf.npy", mmap_mode="r"), *_load_texts(path), path.name)


@dataclass(frozen=True)
class HandwritingEmgRecording:
    """Handwriting as EMG, for networks that see all of MPF, which is computed as they train.

    Attributes
    ----------
    emg : ndarray of float16, shape (samples, 16)
        Conditioned EMG at 2 kHz in noise s.d.
    prompts, characters : tuple of WrittenText
        As for `WrittenRecording`.
    script : str
        What was done, by the name of the script of the simulation; empty if it is none.
    share : float
        Part of the recording that its prompts are; the others may be in another recording.
    """

    SHARES: ClassVar[Mapping[str, float]] = SHARES

    emg: NDArray[np.float16]
    prompts: tuple[WrittenText, ...]
    characters: tuple[WrittenText, ...]
    script: str = ""
    share: float = 1.0

    @classmethod
    def make(cls, person_seed: int, plan: RecordingPlan) -> HandwritingEmgRecording:
        """Simulate a person, and condition the EMG."""
        emg, truth = performed(person_seed, plan)
        return cls(emg.astype(np.float16), truth.prompts, truth.characters, plan.script)

    @property
    def frames(self) -> int:
        """MPF frames in all."""
        return (len(self.emg) - samples_needed(HANDWRITING_WINDOW)) // STRIDE + 1

    @property
    def seconds(self) -> float:
        """Length of its share."""
        return self.share * len(self.emg) / SAMPLE_RATE

    def inputs(self, first: int, count: int) -> NDArray[np.float16]:
        """Return EMG, (samples, 16), as described for `WrittenRecording`."""
        samples = STRIDE * (count - 1) + samples_needed(HANDWRITING_WINDOW)
        inputs = np.zeros((samples, self.emg.shape[1]), np.float16)
        start = STRIDE * first
        begin, end = _inside(start, samples, len(self.emg))
        inputs[begin - start : end - start] = self.emg[begin:end]
        return inputs

    def save(self, path: Path) -> None:
        """Write to ``path`` with ``.emg.npy`` and ``.text.json`` added."""
        np.save(f"{path}.emg.npy", self.emg)
        _save_texts(path, self)

    @classmethod
    def load(cls, path: Path) -> HandwritingEmgRecording:
        """Read what `save` wrote; the EMG stays on disk until it is used."""
        return cls(np.load(f"{path}.emg.npy", mmap_mode="r"), *_load_texts(path), path.name)


def small_frames(emg: NDArray[np.floating]) -> NDArray[np.float16]:
    """Return the MPF of conditioned EMG (samples, channels) as `HandwritingRecording` holds it."""
    together = torch.from_numpy(np.ascontiguousarray(emg))[None]
    frames = mpf(together, HANDWRITING_WINDOW, NOISE_FLOOR, range(BANDS))[0]
    return to_ring_entries(frames.numpy(), RING_DISTANCE)


def _inside(first: int, count: int, length: int) -> tuple[int, int]:
    """Return the part of ``first … first + count`` that lies within ``0 … length``."""
    begin = min(max(first, 0), length)
    return begin, max(begin, min(first + count, length))


def _save_texts(path: Path, recording: WrittenRecording) -> None:
    texts = {
        name: [[one.text, one.start, one.stop] for one in written]
        for name, written in (
            ("prompts", recording.prompts),
            ("characters", recording.characters),
        )
    }
    Path(f"{path}.text.json").write_text(json.dumps(texts), encoding="utf-8")


def _load_texts(path: Path) -> tuple[tuple[WrittenText, ...], tuple[WrittenText, ...]]:
    texts = json.loads(Path(f"{path}.text.json").read_text(encoding="utf-8"))
    prompts, characters = (
        tuple(WrittenText(*one) for one in texts[name]) for name in ("prompts", "characters")
    )
    return prompts, characters
