# SPDX-License-Identifier: Apache-2.0
"""From conditioned EMG to the probability of each gesture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy import special

from semg_decoders.decoding.regrouping import Regrouper
from semg_decoders.inference.session import Model, NonFiniteOutputError, StreamingSession
from semg_decoders.inference.strict_mapping import BundleError
from semg_decoders.signal.conditioning import SETTLING
from semg_decoders.signal.quality import SuspectHistory

_ACTIVATIONS: Mapping[str, Callable[[NDArray[np.float32]], NDArray[np.float32]]] = {
    "sigmoid": special.expit,
    "softmax": partial(special.softmax, axis=-1),
    "none": lambda output: output,
}


@dataclass(frozen=True)
class GestureStep:
    """What one run of the model says.

    Attributes
    ----------
    samples : array of int64, (frames,)
        Index of the sample that each frame belongs to: the last one it needs.
    probabilities : array of float32, (frames, labels)
        0 to 1.
    fresh : bool
        Whether a sample used lies within 100 ms after a start or reset.
    suspect : array of bool, (channels,)
        Channels that were suspect anywhere in the samples used.
    failed : bool
        The model's answer was not finite: its state was reset, the probabilities are zeros.
    """

    samples: NDArray[np.int64]
    probabilities: NDArray[np.float32]
    fresh: bool
    suspect: NDArray[np.bool_]
    failed: bool


class GestureDecoder:
    """Runs a gesture model over a stream, always on the same number of samples.

    A block that does not continue the one before resets the state by itself.

    Parameters
    ----------
    model : Model
        Of task ``discrete_gestures``.

    Raises
    ------
    BundleError
        If the model has another task or does not take EMG.
    """

    def __init__(self, model: Model) -> None:
        bundle = model.bundle
        if bundle.task != "discrete_gestures" or bundle.input.kind != "emg":
            raise BundleError(
                f"bundle '{bundle.name}': task {bundle.task} on {bundle.input.kind}, "
                f"but the gesture decoder needs discrete_gestures on emg"
            )
        self.labels = bundle.output.labels
        self.channels = bundle.input.channels
        self.sample_rate = bundle.input.sample_rate
        self._bundle = bundle
        self._session = StreamingSession(model)
        self._session.warm_up()
        self._windows = Regrouper(
            bundle.left_context, bundle.new_units_per_step, (bundle.input.channels,)
        )
        # A frame belongs to the last sample of what the network's first layer sees.
        self._offsets = (
            bundle.left_context - 1 + bundle.stride * np.arange(1, bundle.frames_per_step + 1)
        ).astype(np.int64)
        self._suspects = SuspectHistory(self.channels)
        self.reset()

    def reset(self) -> None:
        """Forget the past: the next block starts a new stream."""
        self._expected: int | None = None
        self._start = 0
        self._next_window = 0
        self._windows.reset()
        self._suspects.reset()
        self._session.reset()

    def push(
        self,
        block: NDArray[np.floating],
        first_sample: int,
        suspect: NDArray[np.bool_] | None = None,
    ) -> list[GestureStep]:
        """Decode the next samples.

        Parameters
        ----------
        block : array, (samples, channels)
            Conditioned EMG at the model's rate and in its unit.
        first_sample : int
            Index of the first sample.
        suspect : array of bool, (channels,), optional
            Channels that are suspect in this block.

        Returns
        -------
        list of GestureStep
            One for each run of the model that the block completes.
        """
        emg = np.asarray(block)
        if emg.ndim != 2 or emg.shape[1] != self.channels:
            raise ValueError(f"block: shape {emg.shape}, must be (samples, {self.channels})")
        if first_sample != self._expected:
            self.reset()
            self._start = self._next_window = first_sample
        self._expected = first_sample + len(emg)
        self._suspects.add(first_sample, len(emg), suspect)
        return [self._step(window) for window in self._windows.push(emg)]

    def _step(self, window: NDArray[np.float32]) -> GestureStep:
        first = self._next_window
        self._next_window += self._windows.advance
        failed = False
        try:
            output = self._session.step(np.ascontiguousarray(window.T)[np.newaxis])[0]
        except NonFiniteOutputError:
            failed = True
            probabilities = np.zeros(self._bundle.output_shape[1:], dtype=np.float32)
        else:
            probabilities = _ACTIVATIONS[self._bundle.output.activation](output)
        return GestureStep(
            first + self._offsets,
            probabilities,
            first < self._start + round(SETTLING * self.sample_rate),
            self._suspects.over(first, first + len(window) - 1),
            failed,
        )
