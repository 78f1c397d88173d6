# SPDX-License-Identifier: Apache-2.0
"""Lifecycle node that turns MPF frames into the velocity of the wrist."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from semg_decoders.decoder_shell import BundleSettings, BundleStream
from semg_decoders.decoding.wrist import WristDecoder, WristSettings, wrist_settings
from semg_decoders.inference.bundle import BundleError
from semg_decoders.inference.stream_check import StreamDescription, check_stream
from semg_msgs.msg import MpfFrame, WristVelocity
from semg_node import parameters
from semg_node.arrays import float32_array
from semg_node.component import Refused, Status
from semg_node.continuity import Continuity
from semg_node.qos import stream_profile
from semg_node.settings import setting
from semg_node.shell import NodeShell
from semg_node.stamps import to_nanoseconds

FROM_BUNDLE = -1.0


@dataclass(frozen=True)
class WristNodeSettings(BundleSettings):
    """Settings of the wrist decoder."""

    bundle: str = setting(
        "wrist", "model bundle: name of an installed one, or path", read_only=True
    )


@dataclass(frozen=True)
class SmoothingSettings:
    """Settings that may change while the wrist decoder runs."""

    smoothing: float = setting(
        FROM_BUNDLE,
        "time constant of a low-pass on the velocity; 0: none; -1: as the bundle says",
        unit="s",
        minimum=0.0,
        maximum=2.0,
        also=FROM_BUNDLE,
    )


class WristDecoderComponent:
    """Component of the wrist decoder node."""

    publishes = ("wrist/velocity", "stream/progress")
    finished = False

    def __init__(self, shell: NodeShell) -> None:
        self._shell = shell
        parameters.declare(shell, WristNodeSettings)
        parameters.declare(shell, SmoothingSettings)
        self._stream = BundleStream(shell)

    def configure(self) -> None:
        """Load the bundle and make the topics."""
        shell = self._shell
        self._model = self._stream.configure(
            parameters.read(shell, WristNodeSettings), "emg/mpf/wrist"
        )
        bundle = self._model.bundle
        try:
            self._defaults = wrist_settings(bundle.decoding, bundle.name)
            self._decoder = WristDecoder(self._model, settings=self._wrist_settings())
        except BundleError as error:
            raise Refused(str(error)) from None
        qos = stream_profile(shell.settings.reliable)
        self._velocity = shell.advertise("wrist/velocity", WristVelocity, qos)
        shell.listen("emg/mpf/wrist", MpfFrame, qos, self._on_frame)

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
        chosen = parameters.read(self._shell, SmoothingSettings).smoothing
        return self._defaults if chosen == FROM_BUNDLE else WristSettings(smoothing=chosen)

    def _on_frame(self, frame: MpfFrame) -> None:
        _check_sizes(frame)
        verdict = self._stream.input.judge(
            # Frames overlap: what continues is the last sample, stride by stride.
            frame.stream_id,
            frame.last_sample,
            frame.stride,
        )
        if verdict is Continuity.REPEATED:
            return
        if verdict.breaks:
            self._begin(frame, verdict)
        matrices = float32_array(frame.data, 1, len(frame.band_low), frame.channels, frame.channels)
        suspect = np.full(frame.channels, frame.quality == MpfFrame.SUSPECT)
        for velocity in self._decoder.push(matrices, frame.last_sample, suspect):
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

    def _begin(self, frame: MpfFrame, verdict: Continuity) -> None:
        """Check that the frames are what the model was trained on, and start afresh."""
        bands = tuple(
            (float(low), float(high))
            for low, high in zip(frame.band_low, frame.band_high, strict=True)
        )
        stream = StreamDescription(
            "emg/mpf/wrist",
            frame.sample_rate,
            frame.channels,
            "noise_sd",
            frame.bandwidth,
            frame.window,
            frame.stride,
            bands,
        )
        try:
            check_stream(self._stream.bundle, stream)
        except BundleError as error:
            raise Refused(str(error)) from None
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


def _check_sizes(frame: MpfFrame) -> None:
    bands, channels = len(frame.band_low), frame.channels
    if len(frame.band_high) != bands or len(frame.data) != bands * channels**2:
        raise Refused(
            f"emg/mpf/wrist: {len(frame.data)} values and {len(frame.band_high)} upper edges "
            f"for {bands} bands and {channels} channels"
        )
