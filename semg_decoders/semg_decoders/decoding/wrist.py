# SPDX-License-Identifier: Apache-2.0
"""From MPF frames to the angular velocity of wrist flexion and extension."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semg_decoders.decoding.frame_steps import FrameStep, FrameSteps
from semg_decoders.inference.session import Model
from semg_decoders.inference.strict_mapping import BundleError
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
        if bundle.task != "wrist" or bundle.mpf is None or len(bundle.output.labels) != 1:
            raise BundleError(
                f"bundle '{bundle.name}': task {bundle.task} on {bundle.input.kind} with "
                f"{len(bundle.output.labels)} outputs, but the wrist decoder needs wrist on mpf "
                f"with 1 output"
            )
        self.channels = bundle.input.channels
        self.sample_rate = bundle.input.sample_rate
        self.stride = bundle.stride
        self._steps = FrameSteps(model, bandwidth)
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
        self._velocity: float | None = None
        self._steps.reset()

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
        steps = self._steps.push(log_matrices, last_sample, suspect)
        return [velocity for step in steps for velocity in self._velocities(step)]

    def _velocities(self, step: FrameStep) -> list[WristVelocity]:
        if step.starts or step.failed:
            self._velocity = None
        return [
            WristVelocity(
                sample,
                self._smoothed(displacement, step.failed),
                step.fresh,
                step.suspect,
                step.failed,
            )
            for sample, displacement in zip(step.samples, step.output[:, 0].tolist(), strict=True)
        ]

    def _smoothed(self, displacement: float, failed: bool) -> float:
        """Return the velocity in rad/s of a displacement over one stride."""
        if failed:
            return 0.0
        velocity = displacement * (self.sample_rate / self.stride)
        if self._velocity is not None:
            velocity = self._velocity + self._gain * (velocity - self._velocity)
        self._velocity = velocity
        return velocity
