# SPDX-License-Identifier: Apache-2.0
"""Lifecycle node that turns MPF frames into the velocity of the wrist."""

from __future__ import annotations

from dataclasses import dataclass

from semg_decoders.bundle_defaults import optional_settings, with_given
from semg_decoders.decoder_shell import BundleSettings, BundleStream
from semg_decoders.decoding.wrist import WristDecoder, WristSettings, wrist_settings
from semg_decoders.inference.bundle import BundleError
from semg_decoders.mpf_input import MpfInput
from semg_msgs.msg import MpfFrame, WristVelocity
from semg_node import parameters
from semg_node.component import Refused, Status
from semg_node.continuity import Continuity
from semg_node.qos import stream_profile
from semg_node.settings import setting
from semg_node.shell import NodeShell
from semg_node.stamps import to_nanoseconds

INPUT = "emg/mpf/wrist"

OptionalWristSettings = optional_settings(WristSettings)


@dataclass(frozen=True)
class WristNodeSettings(BundleSettings):
    """Settings of the wrist decoder."""

    bundle: str = setting(
        "wrist", "model bundle: name of an installed one, or path", read_only=True
    )


class WristDecoderComponent:
    """Component of the wrist decoder node."""

    publishes = ("wrist/velocity", "stream/progress")
    finished = False

    def __init__(self, shell: NodeShell) -> None:
        self._shell = shell
        parameters.declare(shell, WristNodeSettings)
        parameters.declare(shell, OptionalWristSettings)
        self._stream = BundleStream(shell)
        self._frames = MpfInput(INPUT, self._stream, self._begin)

    def configure(self) -> None:
        """Load the bundle and make the topics."""
        shell = self._shell
        self._model = self._stream.configure(parameters.read(shell, WristNodeSettings), INPUT)
        bundle = self._model.bundle
        try:
            self._defaults = wrist_settings(bundle.decoding, bundle.name)
            self._decoder = WristDecoder(self._model, settings=self._wrist_settings())
        except BundleError as error:
            raise Refused(str(error)) from None
        qos = stream_profile(shell.settings.reliable)
        self._velocity = shell.advertise("wrist/velocity", WristVelocity, qos)
        shell.listen(INPUT, MpfFrame, qos, self._on_frame)

    def activate(self) -> None:
        """Start with the next frame, from a fresh state."""
        self._stream.start()
        self._bandwidth = -1.0
        self._decoder.reset()
        self._failures = 0
        self._sequence = 0

    def deactivate(self) -> None:
        """Nothing runs beyond the callbacks."""

    def cleanup(self) -> None:
        """Nothing is held beyond the topics."""

    def parameters_changed(self) -> None:
        """Use a new smoothing from the next frame on."""
        self._decoder.settings = self._wrist_settings()

    def _wrist_settings(self) -> WristSettings:
        given = parameters.read(self._shell, OptionalWristSettings)
        return with_given(self._defaults, given)

    def _on_frame(self, frame: MpfFrame) -> None:
        taken = self._frames.take(frame)
        if taken is None:
            return
        for velocity in self._decoder.push(taken.log_matrices, frame.last_sample, taken.suspect):
            self._failures += velocity.failed
            message = WristVelocity(
                stream_id=frame.stream_id,
                sequence=self._sequence,
                fresh=velocity.fresh or frame.fresh,
                quality=WristVelocity.SUSPECT
                if velocity.failed or velocity.suspect.any()
                else WristVelocity.GOOD,
                sample=velocity.sample,
                velocity=velocity.velocity,
            )
            self._sequence += 1
            message.header = frame.header
            self._velocity.publish(message)
        self._stream.done(
            frame.stream_id, to_nanoseconds(frame.header.stamp), frame.last_sample + 1
        )

    def _begin(self, verdict: Continuity, frame: MpfFrame) -> None:
        """Start afresh."""
        if frame.bandwidth != self._bandwidth:
            self._bandwidth = frame.bandwidth
            self._decoder = WristDecoder(
                self._model, bandwidth=frame.bandwidth, settings=self._wrist_settings()
            )
        self._decoder.reset()
        if verdict is not Continuity.GAP:
            self._sequence = 0

    def status(self, now: float) -> Status:
        """Report input, bundle and latency."""
        return self._stream.status(now, self._failures)
