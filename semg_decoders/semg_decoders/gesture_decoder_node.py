# SPDX-License-Identifier: Apache-2.0
"""Lifecycle node that turns conditioned EMG into gesture probabilities and events."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from semg_decoders.bundle_defaults import optional_settings, with_given
from semg_decoders.decoder_shell import BundleSettings, BundleStream
from semg_decoders.decoding.detectors import detector_for
from semg_decoders.decoding.events import EventSettings, GestureEvent, event_settings
from semg_decoders.decoding.gestures import GestureDecoder, GestureStep
from semg_decoders.inference.bundle import BundleError
from semg_msgs.msg import EmgChunk, GestureProbabilities
from semg_msgs.msg import GestureEvent as EventMessage
from semg_node import parameters
from semg_node.arrays import float32_array, float32_field, uint64_field
from semg_node.component import Refused, Status
from semg_node.continuity import Continuity
from semg_node.qos import stream_profile
from semg_node.settings import SettingError, setting
from semg_node.shell import NodeShell
from semg_node.stamps import offset_ns, to_nanoseconds, to_stamp

OptionalEventSettings = optional_settings(EventSettings)


@dataclass(frozen=True)
class GestureNodeSettings(BundleSettings):
    """Settings of the gesture decoder."""

    bundle: str = setting(
        "gestures", "model bundle: name of an installed one, or path", read_only=True
    )


class GestureDecoderComponent:
    """Component of the gesture decoder node."""

    publishes = ("gesture/probabilities", "gesture/event", "stream/progress")
    finished = False

    def __init__(self, shell: NodeShell) -> None:
        self._shell = shell
        parameters.declare(shell, GestureNodeSettings)
        parameters.declare(shell, OptionalEventSettings)
        self._stream = BundleStream(shell)

    def configure(self) -> None:
        """Load the bundle and make the topics."""
        shell = self._shell
        model = self._stream.configure(
            parameters.read(shell, GestureNodeSettings), "emg/conditioned"
        )
        try:
            self._decoder = GestureDecoder(model)
            self._defaults = event_settings(model.bundle.decoding, model.bundle.name)
        except BundleError as error:
            raise Refused(str(error)) from None
        try:
            self._detector = detector_for(model.bundle, self._event_settings())
        except SettingError as error:
            raise Refused(str(error)) from None
        qos = stream_profile(shell.settings.reliable)
        self._probabilities = shell.advertise("gesture/probabilities", GestureProbabilities, qos)
        self._events = shell.advertise("gesture/event", EventMessage, qos)
        shell.listen("emg/conditioned", EmgChunk, qos, self._on_chunk)

    def activate(self) -> None:
        """Start with the next chunk, from a fresh state."""
        self._stream.start()
        self._decoder.reset()
        self._detector.reset()
        self._failures = 0
        self._begin_stream()

    def _begin_stream(self) -> None:
        self._sequence = 0
        self._event_sequence = 0

    def deactivate(self) -> None:
        """Nothing runs beyond the callbacks; what is held ends with ``held`` no longer said."""

    def cleanup(self) -> None:
        """Nothing is held beyond the topics."""

    def parameters_changed(self) -> None:
        """Use new decoding parameters from the next frame on."""
        try:
            self._detector.settings = self._event_settings()
        except SettingError as error:
            self._shell.get_logger().error(f"{error}; what was set before stays in force")

    def _event_settings(self) -> EventSettings:
        given = parameters.read(self._shell, OptionalEventSettings)
        return with_given(self._defaults, given)

    def _on_chunk(self, chunk: EmgChunk) -> None:
        self._stream.check_chunk(chunk)
        emg = float32_array(chunk.data, -1, chunk.channels)
        verdict = self._stream.input.judge(chunk.stream_id, chunk.first_sample, len(emg))
        if verdict is Continuity.REPEATED:
            return
        if verdict.breaks:
            self._break(verdict, chunk)
        suspect = _channels(chunk.suspect_channels, chunk.channels)
        start = to_nanoseconds(chunk.header.stamp)
        for step in self._decoder.push(emg, chunk.first_sample, suspect):
            self._failures += step.failed
            events = self._detector.push(step.samples, step.probabilities)
            self._publish(chunk, start, step)
            for event in events:
                self._publish_event(chunk, start, event, step.fresh, bool(step.suspect.any()))
        last = start + offset_ns(len(emg) - 1, chunk.sample_rate)
        self._stream.done(chunk.stream_id, last, chunk.first_sample + len(emg))

    def _break(self, verdict: Continuity, chunk: EmgChunk) -> None:
        """Start afresh; a gesture that was held has ended for whoever listens."""
        released = self._detector.reset()
        self._decoder.reset()
        start = to_nanoseconds(chunk.header.stamp)
        if verdict is not Continuity.GAP:
            self._begin_stream()
            # An index of the old stream would say nothing in the new one.
            released = [replace(event, sample=chunk.first_sample) for event in released]
        for event in released:
            self._publish_event(chunk, start, event, fresh=True, suspect=True)

    def _publish(self, chunk: EmgChunk, start: int, step: GestureStep) -> None:
        stamps = [
            to_stamp(start + offset_ns(int(sample) - chunk.first_sample, chunk.sample_rate))
            for sample in step.samples
        ]
        message = GestureProbabilities(
            stream_id=chunk.stream_id,
            sequence=self._sequence,
            fresh=step.fresh,
            quality=_quality(step.failed or bool(step.suspect.any())),
            gestures=self._decoder.labels,
            frames=len(step.samples),
            samples=uint64_field(step.samples),
            stamps=stamps,
            probabilities=float32_field(step.probabilities),
            held=self._detector.held,
        )
        self._sequence += 1
        message.header.stamp = stamps[-1]
        message.header.frame_id = chunk.header.frame_id
        self._probabilities.publish(message)

    def _publish_event(
        self, chunk: EmgChunk, start: int, event: GestureEvent, fresh: bool, suspect: bool
    ) -> None:
        message = EventMessage(
            stream_id=chunk.stream_id,
            sequence=self._event_sequence,
            fresh=fresh,
            quality=_quality(suspect),
            sample=event.sample,
            name=event.name,
            gesture=event.gesture,
            kind=int(event.kind),
            probability=event.probability,
            inferred=event.inferred,
        )
        self._event_sequence += 1
        sample_time = start + offset_ns(event.sample - chunk.first_sample, chunk.sample_rate)
        message.header.stamp = to_stamp(sample_time)
        message.header.frame_id = chunk.header.frame_id
        self._events.publish(message)

    def status(self, now: float) -> Status:
        """Report input, bundle and latency."""
        return self._stream.status(now, self._failures)


def _quality(suspect: bool) -> int:
    return int(EventMessage.SUSPECT if suspect else EventMessage.GOOD)


def _channels(bits: int, channels: int) -> NDArray[np.bool_]:
    return np.array([bool(bits >> channel & 1) for channel in range(channels)])
