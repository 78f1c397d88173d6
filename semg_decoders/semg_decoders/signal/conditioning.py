# SPDX-License-Identifier: Apache-2.0
"""What brings a device's EMG into the form the decoders work on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from semg_decoders.signal.high_pass import HighPass
from semg_decoders.signal.quality import SuspectHistory
from semg_decoders.signal.resampler import Resampler

SAMPLE_RATE = 2000.0
"""Hz, the rate at which every decoder works."""
NOISE_SD = 2.46e-6
"""V, input noise of the published wristband."""
SETTLING = 0.1
"""Seconds after a start or reset during which the filters are still settling."""


@dataclass(frozen=True)
class ConditionedBlock:
    """Conditioned EMG that became available with one push.

    Attributes
    ----------
    first_sample : int
        Index of the first sample, counted at 2 kHz from the same instant as the device's
        indices.
    emg : array of float32, (samples, channels)
        High-passed, in noise standard deviations.
    fresh : bool
        Whether a sample of the block lies within 100 ms after a start or reset.
    suspect : array of bool, (channels,)
        Channels that were made from suspect input.
    """

    first_sample: int
    emg: NDArray[np.float32]
    fresh: bool
    suspect: NDArray[np.bool_]


class Conditioner:
    """Resample to 2 kHz, divide by the noise s.d., high-pass at 40 Hz: what is still to do.

    A block that does not continue the one before resets the state by itself.

    Parameters
    ----------
    sample_rate : float
        Rate of the device in Hz; 2000 needs no resampling.
    noise_sd : float
        Sensor noise in the unit of the data; 1 needs no scaling.
    conditioned : bool
        Whether the data are high-passed already.
    channels : int
        Number of channels.
    ring_order : sequence of int
        Which channel to take for each place around the wrist, as in ``EmgInfo``, so that a band
        on the other hand, or the other way round, looks as the models know it. Empty: as they
        come.

    Raises
    ------
    ValueError
        If one of them is no positive number, the rate too low to hold anything above 40 Hz, or
        `ring_order` no order of the channels.
    """

    def __init__(
        self,
        sample_rate: float,
        noise_sd: float,
        conditioned: bool,
        channels: int,
        ring_order: Sequence[int] = (),
    ) -> None:
        if not (math.isfinite(noise_sd) and noise_sd > 0):
            raise ValueError(f"noise_sd: {noise_sd}, must be a positive number")
        if channels < 1:
            raise ValueError(f"channels: {channels}, must be at least 1")
        if not (math.isfinite(sample_rate) and sample_rate >= 100):
            raise ValueError(f"sample_rate: {sample_rate} Hz, must be at least 100 Hz")
        order = list(ring_order) or list(range(channels))
        if sorted(order) != list(range(channels)):
            raise ValueError(f"ring_order: {order}, must name each of {channels} channels once")
        # None where nothing has to move: most bands.
        self._order = None if order == list(range(channels)) else np.array(order)
        self.channels = channels
        self._scale = 1.0 / noise_sd
        self._resampler = (
            None if sample_rate == SAMPLE_RATE else Resampler(channels, sample_rate, SAMPLE_RATE)
        )
        self._high_pass = None if conditioned else HighPass(channels, SAMPLE_RATE)
        self._suspects = SuspectHistory(channels)
        self.reset()

    @property
    def delay(self) -> float:
        """Seconds by which output comes later than its own sample time: the resampler's reach."""
        return 0.0 if self._resampler is None else self._resampler.delay

    def reset(self) -> None:
        """Forget the past: the next block starts a new stream."""
        self._expected: int | None = None
        self._fresh_until = 0
        self._suspects.reset()
        if self._resampler is not None:
            self._resampler.reset()
        if self._high_pass is not None:
            self._high_pass.reset()

    def device_index(self, sample: int) -> float:
        """Return the device's (fractional) sample index at the time of a 2 kHz sample index."""
        if self._resampler is None:
            return float(sample)
        return float(sample / self._resampler.ratio)

    def push(
        self,
        block: NDArray[np.floating],
        first_sample: int,
        suspect: NDArray[np.bool_] | None = None,
    ) -> ConditionedBlock:
        """Condition the next samples.

        Parameters
        ----------
        block : array, (samples, channels)
            Finite samples in the device's unit.
        first_sample : int
            The device's index of the first of them.
        suspect : array of bool, (channels,), optional
            Channels that are suspect in this block.

        Returns
        -------
        ConditionedBlock
            May be empty while the resampler fills.
        """
        emg = np.asarray(block)
        if emg.ndim != 2 or emg.shape[1] != self.channels:
            raise ValueError(f"block: shape {emg.shape}, must be (samples, {self.channels})")
        if self._order is not None:
            emg = emg[:, self._order]
            suspect = None if suspect is None else suspect[self._order]
        if first_sample != self._expected:
            self.reset()
            self._fresh_until = self._first_output(first_sample) + round(SETTLING * SAMPLE_RATE)
        self._expected = first_sample + emg.shape[0]
        self._suspects.add(first_sample, emg.shape[0], suspect)

        first_output = first_sample
        if self._resampler is not None:
            emg, first_output = self._resampler.push(emg, first_sample)
        scaled = emg.astype(np.float64) * self._scale if self._scale != 1.0 else emg
        if self._high_pass is not None:
            scaled = self._high_pass.push(scaled)
        return ConditionedBlock(
            first_output,
            scaled.astype(np.float32),
            first_output < self._fresh_until,
            self._suspect_of(first_output, emg.shape[0]),
        )

    def _first_output(self, first_sample: int) -> int:
        if self._resampler is None:
            return first_sample
        return self._resampler.first_output(first_sample)

    def _suspect_of(self, first_output: int, outputs: int) -> NDArray[np.bool_]:
        first, last = first_output, first_output + outputs - 1
        if self._resampler is not None:
            first = self._resampler.inputs_used(first)[0]
            last = self._resampler.inputs_used(last)[1]
        return self._suspects.over(first, last)


def condition(
    emg: ArrayLike,
    sample_rate: float = SAMPLE_RATE,
    noise_sd: float = NOISE_SD,
    conditioned: bool = False,
) -> NDArray[np.float32]:
    """Condition a whole recording with the arithmetic of `Conditioner`.

    Parameters
    ----------
    emg : array, (samples, channels)
        Samples in the unit of `noise_sd`.
    sample_rate : float
        Hz.
    noise_sd : float
        Sensor noise in the unit of the data.
    conditioned : bool
        Whether the data are high-passed already.

    Returns
    -------
    array of float32, (samples at 2 kHz, channels)
        High-passed, in noise s.d. After resampling the last `Conditioner.delay` is missing.
    """
    block = np.asarray(emg)
    if block.ndim != 2:
        raise ValueError(f"emg: shape {block.shape}, must be (samples, channels)")
    return Conditioner(sample_rate, noise_sd, conditioned, block.shape[1]).push(block, 0).emg
