# SPDX-License-Identifier: Apache-2.0
"""What a bundle says of EMG, and by how much two bundles differ in that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from semg_decoders.decoding.gestures import GestureDecoder
from semg_decoders.decoding.handwriting import HandwritingDecoder
from semg_decoders.decoding.wrist import WristDecoder
from semg_decoders.inference.session import Model
from semg_decoders.signal.conditioning import condition
from semg_decoders.signal.mpf import MpfFrames, MultiWindowMpf
from semg_driver.devices.device import Truth
from semg_driver.simulation.recording import simulate

SCRIPTS = {"discrete_gestures": "gestures", "wrist": "wrist", "handwriting": "handwriting"}
"""What simulated people do for each task."""


@dataclass(frozen=True)
class Stretch:
    """EMG in one piece.

    Attributes
    ----------
    emg : ndarray of float32, shape (samples, channels)
        Conditioned, in noise s.d.
    truth : Truth or None
        What the wearer did, where that is known.
    """

    emg: NDArray[np.float32]
    truth: Truth | None = None

    @cached_property
    def _features(self) -> dict[int, MpfFrames]:
        return {}

    def features(self, window: int) -> MpfFrames:
        """Return the MPF frames of a window length, computed once."""
        if window not in self._features:
            mpf = MultiWindowMpf(self.emg.shape[1], (window,))
            self._features[window] = mpf.push(self.emg, 0)[window]
        return self._features[window]


def simulated(task: str, people: Sequence[int], seconds: float) -> list[Stretch]:
    """Record simulated people at what a task is about.

    Parameters
    ----------
    task : str
        Of a bundle.
    people : sequence of int
        Seeds.
    seconds : float
        From each.
    """
    stretches = []
    for seed in people:
        emg, truth = simulate(seed, SCRIPTS[task], seconds, seed)
        stretches.append(Stretch(condition(emg), truth))
    return stretches


@dataclass(frozen=True)
class Answer:
    """What a bundle says of a stretch.

    Attributes
    ----------
    samples : ndarray of int64, shape (frames,)
        Sample that each frame belongs to.
    outputs : ndarray of float64, shape (frames, labels)
        Probabilities, displacement in rad, or log-probabilities.
    """

    samples: NDArray[np.int64]
    outputs: NDArray[np.float64]


def answer(model: Model, stretch: Stretch) -> Answer:
    """Decode a stretch by the engine of the live node.

    Raises
    ------
    BundleError
        If the model cannot be run on such EMG.
    """
    return _ENGINES[model.bundle.task](model, stretch)


def _gestures(model: Model, stretch: Stretch) -> Answer:
    steps = GestureDecoder(model).push(stretch.emg, 0)
    return _joined(
        [step.samples for step in steps],
        [step.probabilities for step in steps],
        len(model.bundle.output.labels),
    )


def _wrist(model: Model, stretch: Stretch) -> Answer:
    decoder = WristDecoder(model)
    frames = stretch.features(model.bundle.mpf.window)  # type: ignore[union-attr]
    if not len(frames):
        return _joined([], [], 1)
    velocities = decoder.push(frames.log_matrices.astype(np.float32), int(frames.last_samples[0]))
    per_frame = decoder.stride / decoder.sample_rate
    return _joined(
        [np.array([v.sample]) for v in velocities],
        [np.array([[v.velocity * per_frame]]) for v in velocities],
        1,
    )


def _handwriting(model: Model, stretch: Stretch) -> Answer:
    decoder = HandwritingDecoder(model)
    frames = stretch.features(model.bundle.mpf.window)  # type: ignore[union-attr]
    if not len(frames):
        return _joined([], [], len(model.bundle.output.labels))
    emissions = decoder.push(frames.log_matrices.astype(np.float32), int(frames.last_samples[0]))
    return _joined(
        [np.array([e.sample]) for e in emissions],
        [e.log_probabilities[np.newaxis] for e in emissions],
        len(model.bundle.output.labels),
    )


_ENGINES: dict[str, Callable[[Model, Stretch], Answer]] = {
    "discrete_gestures": _gestures,
    "wrist": _wrist,
    "handwriting": _handwriting,
}


def _joined(
    samples: Sequence[NDArray[np.int64]], outputs: Sequence[NDArray[np.floating]], labels: int
) -> Answer:
    if not samples:
        return Answer(np.zeros(0, np.int64), np.zeros((0, labels)))
    return Answer(np.concatenate(samples), np.concatenate(outputs).astype(np.float64))


def largest_change(answers: Sequence[Answer], others: Sequence[Answer]) -> float:
    """Return the largest difference of any output; 0 where there is none to compare."""
    changes = [
        float(np.abs(one.outputs - other.outputs).max())
        for one, other in zip(answers, others, strict=True)
        if one.outputs.size
    ]
    return max(changes, default=0.0)
