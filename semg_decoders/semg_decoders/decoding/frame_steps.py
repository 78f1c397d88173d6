# SPDX-License-Identifier: Apache-2.0
"""Runs a model over a stream of MPF frames, whatever it is a model of."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semg_decoders.decoding.regrouping import Regrouper
from semg_decoders.inference.session import Model, NonFiniteOutputError, StreamingSession
from semg_decoders.inference.strict_mapping import BundleError
from semg_decoders.signal.conditioning import SETTLING
from semg_decoders.signal.noise_floor import bands_beyond, with_masked_bands, with_noise_floor
from semg_decoders.signal.quality import SuspectHistory


@dataclass(frozen=True)
class FrameStep:
    """What one run of the model says.

    Attributes
    ----------
    samples : tuple of int, (outputs,)
        Index of the last sample that each output was made from.
    output : array of float32, (outputs, labels)
        The model's answer.
    starts : bool
        Whether this is the first answer since a start or reset.
    fresh : bool
        Whether a sample used lies within 100 ms after a start or reset.
    suspect : array of bool, (channels,)
        Channels that were suspect in the frames that this run was given.
    failed : bool
        The model's answer was not finite: its state was reset, the output is zeros.
    """

    samples: tuple[int, ...]
    output: NDArray[np.float32]
    starts: bool
    fresh: bool
    suspect: NDArray[np.bool_]
    failed: bool


class FrameSteps:
    """Prepares MPF frames, cuts them into the model's steps, and runs it.

    Frames that do not continue the ones before reset the state by themselves. Runs whose output
    does not count yet, because the model's reach into the past has not been filled, give nothing.

    Parameters
    ----------
    model : Model
        On MPF frames.
    bandwidth : float
        Hz, upper edge of what the device can deliver. If the model adds a noise floor, bands
        that begin beyond it read as nothing but the floor.

    Raises
    ------
    BundleError
        If the model does not take MPF frames.
    """

    def __init__(self, model: Model, bandwidth: float = math.inf) -> None:
        bundle = model.bundle
        mpf = bundle.mpf
        if mpf is None:
            raise BundleError(f"bundle '{bundle.name}': takes {bundle.input.kind}, must take mpf")
        self._bundle = bundle
        self._frame_stride = mpf.stride
        self._floor = mpf.noise_floor
        self._masked = bands_beyond(bandwidth, mpf.bands) & (mpf.noise_floor > 0)
        self._frame_shape = (len(mpf.bands), bundle.input.channels, bundle.input.channels)
        self._settling = round(SETTLING * bundle.input.sample_rate)
        self._session = StreamingSession(model)
        self._session.warm_up()
        self._windows = Regrouper(bundle.left_context, bundle.new_units_per_step, self._frame_shape)
        self._suspects = SuspectHistory(bundle.input.channels)
        self.reset()

    def reset(self) -> None:
        """Forget the past: the next frame starts a new stream."""
        self._expected: int | None = None
        self._windows.reset()
        self._suspects.reset()
        self._session.reset()

    def push(
        self,
        log_matrices: NDArray[np.floating],
        last_sample: int,
        suspect: NDArray[np.bool_] | None = None,
    ) -> list[FrameStep]:
        """Run the model on the next frames.

        Parameters
        ----------
        log_matrices : array, (frames, bands, channels, channels)
            Consecutive MPF frames, without noise floor.
        last_sample : int
            Index of the last sample that the first of them was made from.
        suspect : array of bool, (channels,), optional
            Channels that are suspect in these frames.

        Returns
        -------
        list of FrameStep
            One for each run that the frames complete and whose output counts, or failed.
        """
        frames = np.asarray(log_matrices)
        if frames.shape[1:] != self._frame_shape:
            raise ValueError(
                f"frames: shape {frames.shape}, must be (frames, "
                + ", ".join(map(str, self._frame_shape))
                + ")"
            )
        if len(frames) == 0:
            return []
        if last_sample != self._expected:
            self._begin(last_sample)
        length = len(frames) * self._frame_stride
        self._expected = last_sample + length
        self._suspects.add(last_sample, length, suspect)
        prepared = with_noise_floor(frames, self._floor)
        if self._masked.any():
            prepared = with_masked_bands(prepared, self._masked, self._floor)
        steps = [self._step(window) for window in self._windows.push(prepared)]
        return [step for step in steps if step is not None]

    def _begin(self, last_sample: int) -> None:
        self.reset()
        leading = self._bundle.leading_units
        self._start = last_sample
        self._starts = True
        self._silent = self._bundle.silent_steps
        self._next_window = last_sample - leading * self._frame_stride
        self._windows.reset(leading)

    def _step(self, window: NDArray[np.float32]) -> FrameStep | None:
        bundle = self._bundle
        first = self._next_window
        self._next_window += self._windows.advance * self._frame_stride
        last = first + (len(window) - 1) * self._frame_stride
        samples = tuple(
            last - back * bundle.stride for back in range(bundle.frames_per_step - 1, -1, -1)
        )
        suspect = self._suspects.over(first, last)
        fresh = samples[0] - self._reach < self._start + self._settling
        failed = False
        try:
            output = self._session.step(window[np.newaxis])[0]
        except NonFiniteOutputError:
            failed = True
            output = np.zeros(bundle.output_shape[1:], dtype=np.float32)
        if self._silent and not failed:
            self._silent -= 1
            return None
        starts, self._starts = self._starts, failed
        if failed:
            # The state begins anew, and so does the wait until an output counts.
            self._silent = bundle.silent_steps
            self._start = self._next_window + bundle.leading_units * self._frame_stride
        return FrameStep(samples, output, starts, fresh, suspect, failed)

    @property
    def _reach(self) -> int:
        """Samples by which a run's first output reaches back over the last samples of frames."""
        bundle = self._bundle
        if bundle.warm_up:
            return bundle.warm_up * self._frame_stride
        return bundle.left_context * self._frame_stride + bundle.stride - self._frame_stride
