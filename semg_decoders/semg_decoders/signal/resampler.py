# SPDX-License-Identifier: Apache-2.0
"""Streaming polyphase resampler on an absolute time grid."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

HALF_WIDTH = 10
"""Reach of the interpolation kernel to each side, in samples of the slower rate."""
KAISER_BETA = 5.0
LARGEST_TERM = 4000
"""Ratios are approximated by fractions whose numerator and denominator stay below this."""
_BATCH = 512


def ratio_between(sample_rate: float, target_rate: float) -> Fraction:
    """Return target_rate / sample_rate as a fraction of small numbers.

    Raises
    ------
    ValueError
        If a rate is not a positive number, or the ratio is beyond 1:1000.
    """
    for rate in (sample_rate, target_rate):
        if not (math.isfinite(rate) and rate > 0):
            raise ValueError(f"sample rate: {rate} Hz, must be a positive number")
    exact = Fraction(target_rate) / Fraction(sample_rate)
    if not Fraction(1, 1000) <= exact <= 1000:
        raise ValueError(
            f"sample rate: {sample_rate:g} Hz cannot be resampled to {target_rate:g} Hz, "
            f"must be within a factor of 1000"
        )
    if exact <= 1:
        return exact.limit_denominator(LARGEST_TERM)
    return 1 / (1 / exact).limit_denominator(LARGEST_TERM)


class Resampler:
    """Resample a stream with a Kaiser-windowed sinc, in any cut with the same result.

    Output sample j lies at the time of input position ``j / ratio``: both indices count from
    the same instant, so the kernel's delay shows only in when a sample comes out, not in
    which time it stands for. Before the first sample the input is taken to have been
    constant; every phase of the kernel passes a constant unchanged.

    Parameters
    ----------
    channels : int
        Number of channels.
    sample_rate : float
        Rate of the input in Hz.
    target_rate : float
        Rate of the output in Hz.

    Attributes
    ----------
    ratio : fractions.Fraction
        Output samples per input sample.
    reach : int
        Input samples that an output sample needs from before and from after its own time.
    delay : float
        Seconds from a sample's own time until the input needed for it is there.
    """

    def __init__(self, channels: int, sample_rate: float, target_rate: float = 2000.0) -> None:
        self.channels = channels
        self.sample_rate = sample_rate
        self.target_rate = target_rate
        self.ratio = ratio_between(sample_rate, target_rate)
        self.reach = math.ceil(HALF_WIDTH * max(Fraction(1), 1 / self.ratio))
        self.delay = self.reach / sample_rate
        self._kernels = _kernels(self.ratio, self.reach)
        self.reset()

    def reset(self) -> None:
        """Forget the past: the next block starts a new stream."""
        self._inputs: NDArray[np.float64] | None = None
        self._inputs_first = 0
        self._next_output = 0

    def first_output(self, first_sample: int) -> int:
        """Return the index of the first output sample of a stream that starts at an input index."""
        return math.ceil(first_sample * self.ratio)

    def inputs_used(self, output: int) -> tuple[int, int]:
        """Return the first and the last input index that an output sample is made from."""
        centre = math.floor(output / self.ratio)
        return centre - self.reach + 1, centre + self.reach

    def push(
        self, block: NDArray[np.floating], first_sample: int
    ) -> tuple[NDArray[np.float64], int]:
        """Resample the next samples.

        Parameters
        ----------
        block : array, (samples, channels)
            Samples that follow those of the last call.
        first_sample : int
            Input index of the first of them; heeded only in the first call after a reset.

        Returns
        -------
        resampled : array of float64, (outputs, channels)
            What can be computed by now.
        first_output : int
            Output index of the first of them.
        """
        emg = np.asarray(block, dtype=np.float64)
        if emg.shape[0] == 0:
            return np.zeros((0, self.channels)), self._next_output
        if self._inputs is None:
            # The earliest output lies less than one output period after the first input.
            before = self.reach
            emg = np.concatenate([np.repeat(emg[:1], before, axis=0), emg])
            self._inputs_first = first_sample - before
            self._next_output = self.first_output(first_sample)
        else:
            emg = np.concatenate([self._inputs, emg])
        last_input = self._inputs_first + emg.shape[0] - 1
        first = self._next_output
        # Output j needs input floor(j / ratio) + reach.
        end = max(first, math.ceil((last_input - self.reach + 1) * self.ratio))
        outputs = np.empty((end - first, self.channels))
        for start in range(first, end, _BATCH):
            stop = min(start + _BATCH, end)
            outputs[start - first : stop - first] = self._interpolate(emg, start, stop)
        self._next_output = end
        keep_from = min(self.inputs_used(end)[0], last_input + 1)
        self._inputs = emg[keep_from - self._inputs_first :].copy()
        self._inputs_first = keep_from
        return outputs, first

    def _interpolate(
        self, inputs: NDArray[np.float64], start: int, stop: int
    ) -> NDArray[np.float64]:
        # Relative to `origin` whole input and output periods coincide, which keeps the integers
        # small enough for int64 however long the stream is.
        up, down = self.ratio.numerator, self.ratio.denominator
        period, offset = divmod(start, up)
        position = np.arange(offset, offset + stop - start, dtype=np.int64) * down
        rows = position // up + (period * down - self.reach + 1 - self._inputs_first)
        windows = inputs[rows[:, np.newaxis] + np.arange(2 * self.reach)]
        weights = self._kernels[position % up]
        # A product and a sum over the middle axis, not a matrix product: BLAS may round
        # differently for another number of rows, and the cut must not show.
        total: NDArray[np.float64] = (weights[:, :, np.newaxis] * windows).sum(axis=1)
        return total


def _kernels(ratio: Fraction, reach: int) -> NDArray[np.float64]:
    """Return the kernel of every phase, (phases, 2 * reach), each summing to one."""
    phases = ratio.numerator
    cutoff = min(1.0, float(ratio))
    offsets = np.arange(-reach + 1, reach + 1)
    time = offsets - np.arange(phases)[:, np.newaxis] / phases
    inside = np.abs(time) < reach
    window = np.where(
        inside, np.i0(KAISER_BETA * np.sqrt(np.clip(1 - (time / reach) ** 2, 0.0, 1.0))), 0.0
    )
    kernels = np.sinc(cutoff * time) * window
    scaled: NDArray[np.float64] = kernels / kernels.sum(axis=1, keepdims=True)
    return scaled
