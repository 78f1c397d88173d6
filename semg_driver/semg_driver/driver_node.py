# SPDX-License-Identifier: Apache-2.0
"""Lifecycle node that publishes what a device delivers on ``emg/raw`` and ``emg/info``."""

from __future__ import annotations

import time
from dataclasses import dataclass

from semg_driver.devices.device import (
    Adjustable,
    DeviceError,
    DeviceInfo,
    Intent,
    Steerable,
    Truth,
)
from semg_driver.devices.registry import discover, plugin
from semg_driver.pacing import Pacing
from semg_driver.ros_time import SteadyToRos
from semg_driver.stream.assembler import AssemblerSettings
from semg_driver.stream.chunking import Chunk
from semg_driver.stream.reconnection import BackOff, BackOffSettings
from semg_driver.stream_reader import Link, StreamReader
from semg_msgs.msg import EmgChunk, EmgInfo, SimulationTruth, StreamProgress, WearerIntent
from semg_node import parameters
from semg_node.arrays import float32_field
from semg_node.component import Level, Refused, Status
from semg_node.latency import LatencyMeter, RateMeter
from semg_node.qos import LATCHED, stream_profile
from semg_node.settings import setting
from semg_node.shell import NodeShell
from semg_node.stamps import offset_ns, to_nanoseconds, to_stamp

USUAL_WAIT_S = 5.0
"""Time that consumers which start together with the driver may take to be ready."""
RECONNECTION = "reconnection."
"""Prefix of the parameters that say how often a lost device is tried again."""


@dataclass(frozen=True)
class DriverSettings:
    """Settings of the driver; each device adds its own, prefixed by its name."""

    device: str = setting("simulator", "device plugin to open", read_only=True)
    frame_id: str = setting("emg_band", "frame of the band in message headers", read_only=True)
    stall_s: float = setting(
        0.5,
        "silence after which the device counts as stalled",
        unit="s",
        minimum=0.05,
        maximum=60.0,
        read_only=True,
    )
    wait_for: tuple[str, ...] = setting(
        (),
        "nodes that have to be ready before a stream begins, and to keep up with it",
        read_only=True,
    )
    wait_s: float = setting(
        60.0,
        "longest wait for them, after which the stream goes on without",
        unit="s",
        minimum=0.0,
        maximum=3600.0,
        read_only=True,
    )
    exit_at_end: bool = setting(
        False, "end the process when a recording has been played", read_only=True
    )


class Driver:
    """Component of the driver node."""

    publishes = ("emg/raw", "emg/info", "simulation/truth")

    def __init__(self, shell: NodeShell) -> None:
        self._shell = shell
        parameters.declare(shell, DriverSettings)
        parameters.declare(shell, AssemblerSettings)
        parameters.declare(shell, BackOffSettings, RECONNECTION, read_only=True)
        registry = discover()
        for name, device in registry.plugins.items():
            parameters.declare(
                shell,
                device.options,
                f"{name}.",
                read_only=True,
                adjustable=device.adjustable,
            )
        for broken in registry.broken:
            shell.get_logger().warn(f"device '{broken.name}' cannot be used: {broken.reason}")
        self._reader: StreamReader | None = None
        self._pacing = Pacing((), 0.0)
        self._refused_intent = ""

    @property
    def finished(self) -> bool:
        """Whether the stream has come to an end, be it too early, and been worked through."""
        ended = self._reader is not None and self._reader.link in (Link.ENDED, Link.FAILED)
        return ended and self._pacing.drained(time.monotonic())

    def configure(self) -> None:
        """Choose the device and make the topics."""
        shell = self._shell
        self._settings = settings = parameters.read(shell, DriverSettings)
        try:
            self._plugin = plugin(settings.device)
        except DeviceError as error:
            raise Refused(str(error)) from None
        self._options = parameters.read(shell, self._plugin.options, f"{settings.device}.")
        shell.exits_when_finished = settings.exit_at_end
        self._make_device()
        qos = stream_profile(shell.settings.reliable)
        self._raw = shell.advertise("emg/raw", EmgChunk, qos)
        self._info = shell.advertise("emg/info", EmgInfo, LATCHED)
        self._truth = shell.advertise("simulation/truth", SimulationTruth, qos)
        shell.listen(
            "stream/progress",
            StreamProgress,
            qos,
            self._on_progress,
            when_inactive=True,
            also_from_afar=bool(settings.wait_for),
            # While the node stops it waits for the reader, which may be bringing this very news.
            unlocked=True,
        )
        if isinstance(self._device, Steerable):
            # Who asks may be answering what the reader brings: see above.
            shell.listen("simulation/intent", WearerIntent, qos, self._on_intent, unlocked=True)

    def _make_device(self) -> None:
        try:
            self._device = self._plugin.create(self._options)
        except DeviceError as error:
            raise Refused(f"device '{self._settings.device}': {error}") from None

    def activate(self) -> None:
        """Open the device and begin to publish."""
        settings = self._settings
        self._hardware = self._settings.device
        self._rate = RateMeter(time.monotonic())
        self._hand_over = LatencyMeter()
        self._sequence = 0
        self._pacing = Pacing(settings.wait_for, settings.wait_s)
        self._steady_to_ros = SteadyToRos(self._shell.get_clock(), self._shell.get_logger().warn)
        self._make_device()
        self._shell.failure = ""
        reader = StreamReader(
            self._device,
            parameters.read(self._shell, AssemblerSettings),
            on_stream=self._on_stream,
            on_chunk=self._on_chunk,
            on_failure=self._on_failure,
            back_off=BackOff(parameters.read(self._shell, BackOffSettings, RECONNECTION)),
            stall_s=settings.stall_s,
            log=self._shell.get_logger().warn,
        )
        try:
            reader.start()
        except DeviceError as error:
            raise Refused(f"device '{settings.device}': {error}") from None
        self._reader = reader

    def deactivate(self) -> None:
        """Stop and close the device."""
        self._pacing.give_up()
        if self._reader is not None:
            self._reader.stop()
            self._reader = None

    def cleanup(self) -> None:
        """Nothing is held beyond deactivation."""

    def parameters_changed(self) -> None:
        """Every parameter is read-only but for what the device can adjust."""
        options = parameters.read(self._shell, self._plugin.options, f"{self._settings.device}.")
        if options == self._options:
            return
        self._options = options
        if self._reader is None or not isinstance(self._device, Adjustable):
            return
        try:
            self._device.adjust(options)
        except DeviceError as error:
            self._shell.get_logger().warn(f"device '{self._settings.device}': {error}")

    # -- on the reader's thread ---------------------------------------------------------------

    def _on_stream(self, info: DeviceInfo, stream_id: int) -> None:
        self._device_info = info
        self._hardware = f"{info.device} {info.serial}".strip()
        self._sequence = 0
        message = EmgInfo(
            stream_id=stream_id,
            device=info.device,
            serial=info.serial,
            sample_rate=float(info.sample_rate),
            bandwidth=float(info.bandwidth),
            channels=info.channels,
            channel_labels=list(info.channel_labels),
            ring_order=list(info.ring_order),
            handedness=int(info.hand),
            unit=info.unit,
            noise_sd=float(info.noise_sd),
            full_scale=float(info.full_scale),
            conditioned=info.conditioned,
            source=int(info.source),
            paced_by=list(self._settings.wait_for),
        )
        message.header.stamp = self._shell.get_clock().now().to_msg()
        message.header.frame_id = self._settings.frame_id
        self._warn_of_lost(self._pacing.wait_until_worked_through())
        self._pacing.begin(stream_id, info.sample_rate)
        self._info.publish(message)
        if slow := self._pacing.not_ready_after(USUAL_WAIT_S):
            self._shell.get_logger().info(
                f"waiting for {', '.join(slow)}, for {self._settings.wait_s:g} s at most"
            )
        missing = self._pacing.wait_until_ready()
        if missing:
            self._shell.get_logger().warn(
                f"not ready after {self._settings.wait_s:g} s, going on without: "
                + ", ".join(missing)
            )

    def _warn_of_lost(self, consumers: list[str]) -> None:
        if consumers:
            self._shell.get_logger().warn("no longer waiting for " + ", ".join(consumers))

    def _on_chunk(self, stream_id: int, chunk: Chunk) -> None:
        info, samples = self._device_info, len(chunk.emg)
        self._warn_of_lost(self._pacing.wait_until_near(chunk.first_sample, samples))
        stamp = chunk.stamp_ns
        if stamp is None:
            stamp = self._steady_to_ros(chunk.monotonic_time)
        message = EmgChunk(
            stream_id=stream_id,
            sequence=self._sequence,
            first_sample=chunk.first_sample,
            sample_rate=float(info.sample_rate),
            channels=info.channels,
            unit=info.unit,
            fresh=chunk.fresh,
            data=float32_field(chunk.emg),
        )
        message.header.stamp = to_stamp(stamp)
        message.header.frame_id = self._settings.frame_id
        self._sequence += 1
        self._rate.add(samples)
        self._raw.publish(message)
        if chunk.truth is not None:
            self._publish_truth(message, chunk.truth, samples)
        self._hand_over.add(time.monotonic() - chunk.received)

    def _publish_truth(self, chunk: EmgChunk, truth: Truth, samples: int) -> None:
        message = SimulationTruth(
            stream_id=chunk.stream_id,
            last_sample=chunk.first_sample + samples - 1,
            wrist_angle=float(truth.wrist_angle[-1]),
            wrist_velocity=float(truth.wrist_velocity[-1]),
            gestures=[label.name for label in truth.gestures],
            samples=[label.sample for label in truth.gestures],
        )
        last = to_nanoseconds(chunk.header.stamp) + offset_ns(samples - 1, chunk.sample_rate)
        message.header.stamp = to_stamp(last)
        message.header.frame_id = chunk.header.frame_id
        self._truth.publish(message)

    def _on_failure(self, fault: str) -> None:
        self._shell.failure = f"device '{self._settings.device}': {fault}"

    # -- on whatever thread -------------------------------------------------------------------

    def _on_progress(self, message: StreamProgress) -> None:
        self._pacing.progressed(message.node, message.stream_id, message.next_sample)

    def _on_intent(self, message: WearerIntent) -> None:
        device = self._device
        if not isinstance(device, Steerable):
            return
        try:
            device.act(Intent(message.gesture, message.wrist_angle, message.wrist_duration))
            self._refused_intent = ""
        except DeviceError as error:
            # Who asks in vain may do so a hundred times a second: say it once.
            if str(error) != self._refused_intent:
                self._refused_intent = str(error)
                self._shell.get_logger().warn(f"device '{self._settings.device}': {error}")

    # -- on the node's thread -----------------------------------------------------------------

    def status(self, now: float) -> Status:
        """Report rate, losses, link and clock."""
        reader = self._reader
        if reader is None:
            return Status(Level.WARN, "stopped")
        values: dict[str, object] = {
            "device": self._settings.device,
            "link": reader.link.value,
            "stream_id": reader.stream_id,
            "rate_hz": self._rate.read(now),
            "reconnections": reader.reconnections,
        }
        assembler = reader.assembler
        if assembler is not None:
            statistics = assembler.statistics
            values |= {
                "samples": statistics.samples,
                "gaps": statistics.gaps,
                "lost_samples": statistics.lost_samples,
                "repeated_samples": statistics.repeated_samples,
                "reordered_blocks": statistics.reordered_blocks,
                "clock_residual_ms": 1000.0 * assembler.clock_residual,
            }
        for name, value in self._hand_over.percentiles_ms().items():
            values[f"hand_over_to_publication_{name}_ms"] = value
        level, message = _judgement(reader)
        return Status(level, message, values, self._hardware)


def _judgement(reader: StreamReader) -> tuple[Level, str]:
    if reader.link is Link.LOST:
        return Level.ERROR, f"link lost: {reader.fault}"
    if reader.link is Link.FAILED:
        return Level.ERROR, reader.fault
    if reader.link is Link.STALLED:
        return Level.WARN, "the device is silent"
    return Level.OK, reader.link.value
