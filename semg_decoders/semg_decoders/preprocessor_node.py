# SPDX-License-Identifier: Apache-2.0
"""Lifecycle node that conditions raw EMG and computes the MPF features of every decoder."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semg_decoders.progress import ProgressReport
from semg_decoders.signal.conditioning import SAMPLE_RATE, ConditionedBlock, Conditioner
from semg_decoders.signal.mpf import (
    BANDS,
    HANDWRITING_WINDOW,
    STRIDE,
    WRIST_WINDOW,
    MpfFrames,
    MultiWindowMpf,
)
from semg_decoders.signal.quality import QualityMonitor
from semg_decoders.stream_input import RawStream, note_latency, warn_of_rivals
from semg_msgs.msg import EmgChunk, EmgInfo, MpfFrame
from semg_node import parameters
from semg_node.arrays import float32_array, float32_field
from semg_node.component import Level, Status
from semg_node.continuity import Continuity
from semg_node.latency import LatencyMeter
from semg_node.qos import LATCHED, stream_profile
from semg_node.settings import setting
from semg_node.shell import NodeShell
from semg_node.stamps import offset_ns, to_nanoseconds, to_stamp

BAND_LOW = float32_field(np.array([low for low, _ in BANDS]))
BAND_HIGH = float32_field(np.array([high for _, high in BANDS]))
MPF_TOPICS = {WRIST_WINDOW: "emg/mpf/wrist", HANDWRITING_WINDOW: "emg/mpf/handwriting"}


@dataclass(frozen=True)
class PreprocessorSettings:
    """Settings of the preprocessor."""

    mpf: bool = setting(
        True, "compute and publish the MPF features that somebody listens to", read_only=True
    )


class Preprocessor:
    """Component of the preprocessor node."""

    publishes = ("emg/conditioned", *MPF_TOPICS.values(), "stream/progress")
    finished = False

    def __init__(self, shell: NodeShell) -> None:
        self._shell = shell
        parameters.declare(shell, PreprocessorSettings)

    def configure(self) -> None:
        """Make the topics."""
        shell = self._shell
        self._settings = parameters.read(shell, PreprocessorSettings)
        qos = stream_profile(shell.settings.reliable)
        self._stream = RawStream(self._begin, self._process)
        self._progress = ProgressReport(shell, qos, "emg/raw")
        self._conditioned = shell.advertise("emg/conditioned", EmgChunk, qos)
        self._mpf_outputs = {
            window: shell.advertise(topic, MpfFrame, qos) for window, topic in MPF_TOPICS.items()
        }
        shell.listen("emg/info", EmgInfo, LATCHED, self._on_info, when_inactive=True)
        shell.listen("emg/raw", EmgChunk, qos, self._stream.take)

    def activate(self) -> None:
        """Start with the next chunk, from a fresh state."""
        self._stream.restart()
        self._latency = LatencyMeter()
        self._suspect_chunks = 0
        self._faults = np.zeros(0, dtype=np.uint8)
        self._progress.ready(self._stream.info)

    def deactivate(self) -> None:
        """Nothing runs beyond the callbacks."""

    def cleanup(self) -> None:
        """Nothing is held beyond the topics."""

    def parameters_changed(self) -> None:
        """Every parameter is read-only."""

    def _on_info(self, info: EmgInfo) -> None:
        self._stream.describe(info)
        if self._shell.active:
            self._progress.ready(info)
        else:
            self._shell.try_to_start()

    def _begin(self, verdict: Continuity, info: EmgInfo) -> None:
        """Make fresh engines for a stream, or after a break in it."""
        if verdict is not Continuity.GAP:
            self._sequence = dict.fromkeys(("conditioned", *MPF_TOPICS), 0)
        self._quality = QualityMonitor(info.channels, info.sample_rate, info.full_scale)
        self._conditioner = Conditioner(
            info.sample_rate, info.noise_sd, info.conditioned, info.channels, info.ring_order
        )
        self._mpf = MultiWindowMpf(info.channels, tuple(MPF_TOPICS))

    def _process(self, info: EmgInfo, message: EmgChunk) -> None:
        raw = float32_array(message.data, -1, info.channels)
        checked = self._quality.push(raw)
        suspect = checked.suspect
        self._faults = checked.faults
        self._suspect_chunks += bool(suspect.any())
        block = self._conditioner.push(checked.emg, message.first_sample, suspect)
        if len(block.emg):
            self._publish_conditioned(info, message, block)
            if self._settings.mpf:
                heard = [window for window, out in self._mpf_outputs.items() if out.heard]
                frames = self._mpf.push(block.emg, block.first_sample, block.suspect, heard)
                for window, new in frames.items():
                    self._publish_mpf(info, message, window, new)
        last = to_nanoseconds(message.header.stamp) + offset_ns(len(raw) - 1, info.sample_rate)
        note_latency(self._shell, self._latency, last)
        self._progress.report(info, message.first_sample + len(raw))

    def _stamp_ns(self, message: EmgChunk, sample: int) -> int:
        """Return the sample time of a 2 kHz index in ns."""
        samples = self._conditioner.device_index(sample) - message.first_sample
        return to_nanoseconds(message.header.stamp) + offset_ns(samples, message.sample_rate)

    def _publish_conditioned(
        self, info: EmgInfo, message: EmgChunk, block: ConditionedBlock
    ) -> None:
        out = EmgChunk(
            stream_id=info.stream_id,
            sequence=self._next("conditioned"),
            first_sample=block.first_sample,
            sample_rate=SAMPLE_RATE,
            channels=info.channels,
            unit="noise_sd",
            fresh=block.fresh,
            quality=_quality(block.suspect),
            suspect_channels=_bits(block.suspect),
            data=float32_field(block.emg),
        )
        out.header.stamp = to_stamp(self._stamp_ns(message, block.first_sample))
        out.header.frame_id = message.header.frame_id
        self._conditioned.publish(out)

    def _publish_mpf(
        self, info: EmgInfo, message: EmgChunk, window: int, frames: MpfFrames
    ) -> None:
        for i in range(len(frames)):
            last = int(frames.last_samples[i])
            out = MpfFrame(
                stream_id=info.stream_id,
                sequence=self._next(window),
                frame_index=frames.first_frame + i,
                last_sample=last,
                sample_rate=SAMPLE_RATE,
                bandwidth=info.bandwidth,
                fresh=bool(frames.fresh[i]),
                quality=_quality(frames.suspect[i]),
                window=window,
                stride=STRIDE,
                channels=info.channels,
                band_low=BAND_LOW,
                band_high=BAND_HIGH,
                data=float32_field(frames.log_matrices[i]),
            )
            out.header.stamp = to_stamp(self._stamp_ns(message, last))
            out.header.frame_id = message.header.frame_id
            self._mpf_outputs[window].publish(out)

    def _next(self, output: str | int) -> int:
        sequence = self._sequence[output]
        self._sequence[output] += 1
        return sequence

    def status(self, now: float) -> Status:
        """Report what came in, what was lost, and suspect channels."""
        status = self._stream.status(now)
        bad = np.flatnonzero(self._faults)
        status.values["suspect_chunks"] = self._suspect_chunks
        status.values["suspect_channels"] = ", ".join(str(channel) for channel in bad)
        for name, value in self._latency.percentiles_ms().items():
            status.values[f"sample_to_output_{name}_ms"] = value
        if status.level == Level.OK and len(bad):
            status.level = Level.WARN
            status.message = f"suspect channels: {status.values['suspect_channels']}"
        warn_of_rivals(status, "emg/raw", self._shell.publisher_count("emg/raw"))
        return status


def _quality(suspect: NDArray[np.bool_]) -> int:
    return int(EmgChunk.SUSPECT if suspect.any() else EmgChunk.GOOD)


def _bits(suspect: NDArray[np.bool_]) -> int:
    return sum(1 << int(channel) for channel in np.flatnonzero(suspect[:64]))
