# SPDX-License-Identifier: Apache-2.0
"""Lifecycle node that turns MPF frames into written text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from semg_decoders.bundle_defaults import optional_settings, with_given
from semg_decoders.decoder_shell import BundleSettings, BundleStream
from semg_decoders.decoding.handwriting import Emission, HandwritingDecoder
from semg_decoders.decoding.text_line import LineUpdate
from semg_decoders.decoding.writing import Writing, WritingSettings, writing_settings
from semg_decoders.inference.bundle import BundleError
from semg_decoders.mpf_input import MpfInput
from semg_msgs.msg import HandwritingText, MpfFrame
from semg_node import parameters
from semg_node.component import Refused, Status
from semg_node.continuity import Continuity
from semg_node.qos import stream_profile
from semg_node.settings import setting
from semg_node.shell import NodeShell
from semg_node.stamps import offset_ns, to_nanoseconds, to_stamp

INPUT = "emg/mpf/handwriting"

OptionalWritingSettings = optional_settings(WritingSettings)


@dataclass(frozen=True)
class HandwritingNodeSettings(BundleSettings):
    """Settings of the handwriting decoder."""

    bundle: str = setting(
        "",
        "model bundle: name of an installed one, such as handwriting, or path",
        read_only=True,
    )


class HandwritingDecoderComponent:
    """Component of the handwriting decoder node.

    A line that is being written when the stream breaks is settled as it stands, and the next
    stream begins an empty one.
    """

    publishes = ("handwriting/text", "stream/progress")
    finished = False

    def __init__(self, shell: NodeShell) -> None:
        self._shell = shell
        parameters.declare(shell, HandwritingNodeSettings)
        parameters.declare(shell, OptionalWritingSettings, read_only=True)
        self._stream = BundleStream(shell)
        self._frames = MpfInput(INPUT, self._stream, self._begin)

    def configure(self) -> None:
        """Load the bundle and make the topics."""
        shell = self._shell
        settings = parameters.read(shell, HandwritingNodeSettings)
        if not settings.bundle:
            raise Refused("bundle: no handwriting bundle is named, such as handwriting")
        self._model = self._stream.configure(settings, INPUT)
        given = parameters.read(shell, OptionalWritingSettings)
        try:
            self._decoder = HandwritingDecoder(self._model)
            chosen = with_given(writing_settings(self._model.bundle), given)
        except BundleError as error:
            raise Refused(str(error)) from None
        period = self._decoder.stride / self._decoder.sample_rate
        self._writing = Writing(self._decoder.labels, period, chosen)
        qos = stream_profile(shell.settings.reliable)
        self._text = shell.advertise("handwriting/text", HandwritingText, qos)
        shell.listen(INPUT, MpfFrame, qos, self._on_frame)

    def activate(self) -> None:
        """Start with the next frame, from a fresh state and an empty line."""
        self._stream.start()
        self._bandwidth = -1.0
        self._decoder.reset()
        self._writing.reset()
        self._last: HandwritingText | None = None
        self._failures = self._emissions = 0
        self._sequence = 0

    def deactivate(self) -> None:
        """Settle the line as it stands."""
        self._end_line()

    def cleanup(self) -> None:
        """Nothing is held beyond the topics."""

    def parameters_changed(self) -> None:
        """Every parameter is read-only."""

    def _on_frame(self, frame: MpfFrame) -> None:
        taken = self._frames.take(frame)
        if taken is None:
            return
        emissions = self._decoder.push(taken.log_matrices, frame.last_sample, taken.suspect)
        for emission in emissions:
            self._emissions += 1
            self._failures += emission.failed
            self._last = self._about(frame, emission)
            self._publish(self._writing.push(emission.log_probabilities))
        self._stream.done(
            frame.stream_id, to_nanoseconds(frame.header.stamp), frame.last_sample + 1
        )

    def _begin(self, verdict: Continuity, frame: MpfFrame) -> None:
        """Settle the line as it stands, and start afresh."""
        self._end_line()
        if frame.bandwidth != self._bandwidth:
            self._bandwidth = frame.bandwidth
            self._decoder = HandwritingDecoder(self._model, bandwidth=frame.bandwidth)
        self._decoder.reset()
        # Emissions without text are many: the first text after a break says that it is that.
        self._fresh = True
        if verdict is not Continuity.GAP:
            self._sequence = 0

    def _end_line(self) -> None:
        self._publish(self._writing.finish())
        self._last = None

    def _about(self, frame: MpfFrame, emission: Emission) -> HandwritingText:
        """Return a message without text that says where an emission comes from."""
        suspect = emission.failed or bool(emission.suspect.any())
        message = HandwritingText(
            stream_id=frame.stream_id,
            fresh=emission.fresh or frame.fresh,
            quality=HandwritingText.SUSPECT if suspect else HandwritingText.GOOD,
            sample=emission.sample,
        )
        ahead = offset_ns(emission.sample - frame.last_sample, frame.sample_rate)
        message.header.stamp = to_stamp(to_nanoseconds(frame.header.stamp) + ahead)
        message.header.frame_id = frame.header.frame_id
        return message

    def _publish(self, updates: Iterable[LineUpdate]) -> None:
        about = self._last
        if about is None:
            return
        for update in updates:
            self._text.publish(
                HandwritingText(
                    header=about.header,
                    stream_id=about.stream_id,
                    sequence=self._sequence,
                    fresh=about.fresh or self._fresh,
                    quality=about.quality,
                    sample=about.sample,
                    text=update.text,
                    line=update.line,
                    complete=update.complete,
                )
            )
            self._sequence += 1
            self._fresh = False

    def status(self, now: float) -> Status:
        """Report input, bundle and latency."""
        status = self._stream.status(now, self._failures)
        status.values["emissions"] = self._emissions
        return status
