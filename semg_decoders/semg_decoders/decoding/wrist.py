# SPDX-License-Identifier: Apache-2.0
"""From MPF frames to the angular velocity of wrist flexion and extension."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semg_decoders.decoding.regrouping import Regrouper
from semg_decoders.inference.session import Model, NonFiniteOutputError, StreamingSession
from semg_decoders.inference.strict_mapping import BundleError
from semg_decoders.signal.conditioning import SETTLING
from semg_decoders.signal.noise_floor import bands_beyond, with_masked_bands, with_noise_floor
from semg_decoders.signal.quality import SuspectHistory
from semg_node.settings import SettingError, from_mapping, setting, validate


@dataclass(frozen=True)
class WristSettings:
    """How the decoded velocity is treated."""

    smoothing: float = setting(
        0.0,
        "time constant of a low-pass on the velocity; 0: none",
        unit="s",
        minimum=0.0,
        maximum=2.0,
    )


def wrist_settings(values: Mapping[str, Any], bundle: str) -> WristSettings:
    """Return the settings that a bundle recommends.

    Parameters
    ----------
    values : mapping
        `ModelBundle.decoding`.
    bundle : str
        Name of the bundle, for the message.

    Raises
    ------
    BundleError
        If a setting is unknown or out of range.
    """
    try:
        return from_mapping(WristSettings, values, "decoding.")
    except SettingError as error:
        raise BundleError(f"bundle '{bundle}': {error}") from None


@dataclass(frozen=True)
class WristVelocity:
    """The wrist's velocity over one frame.

    Attributes
    ----------
    sample : int
        Index of the last sample that the frame was made from.
    velocity : float
        rad/s, positive is extension.
    fresh : bool
        Whether a sample used lies within 100 ms after a start or reset.
    suspect : array of bool, (channels,)
        Channels that were suspect in the frames used.
    failed : bool
        The model's answer was not finite: its state was reset, the velocity is zero.
    """

    sample: int
    velocity: float
    fresh: bool
    suspect: NDArray[np.bool_]
    failed: bool


class WristDecoder:
    """Runs a wrist model over a stream of MPF frames.

    Frames that do not continue the ones before reset the state by themselves.

    Parameters
    ----------
    model : Model
        Of task ``wrist``.
    bandwidth : float
        Hz, upper edge of what the device can deliver. If the model adds a noise floor, bands
        that begin beyond it read as nothing but the floor.
    settings : WristSettings, optional
        How the velocity is treated.

    Raises
    ------
    BundleError
        If the model has another task or does not take MPF frames.
    SettingError
        If a setting is out of range.
    """

    def __init__(
        self, model: Model, bandwidth: float = math.inf, settings: WristSettings | None = None
    ) -> None:
        bundle = model.bundle
        mpf = bundle.mpf
        if bundle.task != "wrist" or mpf is None or len(bundle.output.labels) != 1:
            raise BundleError(
                f"bundle '{bundle.name}': task {bundle.task} on {bundle.input.kind} with "
                f"{len(bundle.output.labels)} outputs, but the wrist decoder needs wrist on mpf "
                f"with 1 output"
            )
        self.channels = bundle.input.channels
        self.sample_rate = bundle.input.sample_rate
        self.stride = bundle.stride
        self._frame_stride = mpf.stride
        self._floor = mpf.noise_floor
        self._masked = bands_beyond(bandwidth, mpf.bands) & (mpf.noise_floor > 0)
        self._frame_shape = (len(mpf.bands), self.channels, self.channels)
        self._frames_per_output = bundle.stride // mpf.stride
        self._session = StreamingSession(model)
        self._session.warm_up()
        self._windows = Regrouper(bundle.left_context, bundle.new_units_per_step, self._frame_shape)
        self._left_context = bundle.left_context
        self._frames_per_step = bundle.frames_per_step
        self._suspects = SuspectHistory(self.channels)
        self.settings = WristSettings() if settings is None else settings
        self.reset()

    @property
    def settings(self) -> WristSettings:
        """How the velocity is treated; new settings hold from the next frame on."""
        return self._settings

    @settings.setter
    def settings(self, settings: WristSettings) -> None:
        validate(settings)
        self._settings = settings
        period = self.stride / self.sample_rate
        self._gain = 1.0 - math.exp(-period / settings.smoothing) if settings.smoothing else 1.0

    def reset(self) -> None:
        """Forget the past: the next frame starts a new stream."""
        self._expected: int | None = None
        self._start = 0
        self._next_window = 0
        self._velocity: float | None = None
        self._windows.reset()
        self._suspects.reset()
        self._session.reset()

    def push(
        self,
        log_matrices: NDArray[np.floating],
        last_sample: int,
        suspect: NDArray[np.bool_] | None = None,
    ) -> list[WristVelocity]:
        """Decode the next frames.

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
        list of WristVelocity
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
            self.reset()
            self._start = self._next_window = last_sample
        length = len(frames) * self._frame_stride
        self._expected = last_sample + length
        self._suspects.add(last_sample, length, suspect)
        prepared = with_noise_floor(frames, self._floor)
        if self._masked.any():
            prepared = with_masked_bands(prepared, self._masked, self._floor)
        return [
            velocity for window in self._windows.push(prepared) for velocity in self._step(window)
        ]

    def _step(self, window: NDArray[np.float32]) -> list[WristVelocity]:
        first = self._next_window
        self._next_window += self._windows.advance * self._frame_stride
        failed = False
        try:
            displacements = self._session.step(window[np.newaxis])[0, :, 0].tolist()
        except NonFiniteOutputError:
            failed = True
            displacements = [0.0] * self._frames_per_step
        last = first + (len(window) - 1) * self._frame_stride
        suspect = self._suspects.over(first, last)
        fresh = first < self._start + round(SETTLING * self.sample_rate)
        earlier = range(len(displacements) - 1, -1, -1)
        return [
            WristVelocity(
                last - back * self.stride,
                self._smoothed(displacement, failed),
                fresh,
                suspect,
                failed,
            )
            for back, displacement in zip(earlier, displacements, strict=True)
        ]

    def _smoothed(self, displacement: float, failed: bool) -> float:
        """Return the velocity in rad/s of a displacement over one stride."""
        velocity = displacement * (self.sample_rate / self.stride)
        if failed:
            self._velocity = None
            return 0.0
        if self._velocity is not None:
            velocity = self._velocity + self._gain * (velocity - self._velocity)
        self._velocity = velocity
        return velocity
