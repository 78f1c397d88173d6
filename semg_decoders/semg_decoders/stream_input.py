# SPDX-License-Identifier: Apache-2.0
"""What every consumer of a stream does before its engine sees a sample."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass

from semg_msgs.msg import EmgChunk, EmgInfo
from semg_node.component import Level, Refused, Status
from semg_node.continuity import Continuity, ContinuityCheck
from semg_node.latency import LatencyMeter, RateMeter
from semg_node.shell import NodeShell

LONGEST_WAIT = 500
"""Chunks that are kept until the description of their stream has come."""
LONGEST_LATENCY_S = 60.0
"""A sample older than this was recorded: its age is no latency."""
STREAMS_KNOWN = 4
"""Descriptions that are kept: the last chunks of a stream may come after the next one's."""


@dataclass
class StreamCounters:
    """What happened on an input since the node became active."""

    streams: int = 0
    gaps: int = 0
    repeated: int = 0
    refused: int = 0


class ContinuousInput:
    """Judges each message of a stream and counts; tells when an engine must be reset."""

    def __init__(self) -> None:
        self._check = ContinuityCheck()
        self._rate = RateMeter(time.monotonic())
        self.counters = StreamCounters()

    def judge(self, stream_id: int, first_sample: int, samples: int) -> Continuity:
        """Return how a block continues what came before it, and count it."""
        verdict = self._check.step(stream_id, first_sample, samples)
        self.counters.streams += verdict in (Continuity.STARTS, Continuity.NEW_STREAM)
        self.counters.gaps += verdict is Continuity.GAP
        self.counters.repeated += verdict is Continuity.REPEATED
        self._rate.add(samples)
        return verdict

    def status(self, now: float) -> Status:
        """Report rate and counts at the steady time `now` in s."""
        rate = self._rate.read(now)
        values = {"input_samples_per_s": rate, **asdict(self.counters)}
        if rate == 0.0:
            return Status(Level.WARN, "no input", values)
        return Status(Level.OK, "running", values)


class RawStream:
    """Pairs chunks of ``emg/raw`` with the description of their stream.

    The two come on different topics, in any order. Chunks that come first are kept until
    their description is there.

    Parameters
    ----------
    begin : callable
        Called with how the chunk breaks with the past, the info and the chunk, before
        `process`, when engines have to be made anew.
    process : callable
        Called with the info and each chunk that is to be worked on, in order.
    """

    def __init__(
        self,
        begin: Callable[[Continuity, EmgInfo], None],
        process: Callable[[EmgInfo, EmgChunk], None],
    ) -> None:
        self._begin = begin
        self._process = process
        self._input = ContinuousInput()
        self._waiting: deque[EmgChunk] = deque(maxlen=LONGEST_WAIT)
        self._known: deque[EmgInfo] = deque(maxlen=STREAMS_KNOWN)
        self._refused = ""

    @property
    def info(self) -> EmgInfo | None:
        """Description of the latest stream."""
        return self._known[-1] if self._known else None

    def restart(self) -> None:
        """Forget all chunks; the description of the stream stays.

        Raises
        ------
        Refused
            If the latest description is one that no EMG can have.
        """
        if self._refused:
            raise Refused(self._refused)
        self._input = ContinuousInput()
        self._waiting.clear()

    def describe(self, info: EmgInfo) -> None:
        """Take in the description of a stream, and the chunks that waited for it.

        Raises
        ------
        Refused
            If no EMG can be like that.
        """
        self._refused = ""
        try:
            check_info(info)
        except Refused as refusal:
            self._refused = str(refusal)
            raise
        self._known.append(info)
        waiting, self._waiting = self._waiting, deque(maxlen=LONGEST_WAIT)
        for chunk in waiting:
            self.take(chunk)

    def take(self, chunk: EmgChunk) -> None:
        """Work on a chunk, or keep it."""
        info = next((one for one in self._known if one.stream_id == chunk.stream_id), None)
        if info is None:
            self._waiting.append(chunk)
            return
        try:
            check_chunk("emg/raw", chunk, info.channels, info.sample_rate, info.unit)
        except Refused:
            self._input.counters.refused += 1
            raise
        samples = len(chunk.data) // info.channels
        verdict = self._input.judge(chunk.stream_id, chunk.first_sample, samples)
        if verdict is Continuity.REPEATED:
            return
        if verdict.breaks:
            self._begin(verdict, info)
        self._process(info, chunk)

    def status(self, now: float) -> Status:
        """Report, at the steady time `now` in s."""
        status = self._input.status(now)
        status.values["waiting_chunks"] = len(self._waiting)
        if self._waiting and self.info is None:
            status.level, status.message = Level.WARN, "emg/raw comes, but no emg/info"
        return status


def check_chunk(topic: str, chunk: EmgChunk, channels: int, sample_rate: float, unit: str) -> None:
    """Refuse a chunk that is not what its stream is said to be.

    Raises
    ------
    Refused
        One line: topic, value, what would be right.
    """
    if chunk.channels != channels:
        raise Refused(f"{topic}: {chunk.channels} channels, must be {channels}")
    if len(chunk.data) == 0 or len(chunk.data) % channels:
        raise Refused(f"{topic}: {len(chunk.data)} values, must be a multiple of {channels}")
    if chunk.sample_rate != sample_rate:
        raise Refused(f"{topic}: {chunk.sample_rate:g} Hz, must be {sample_rate:g} Hz")
    if chunk.unit != unit:
        raise Refused(f"{topic}: unit '{chunk.unit}', must be '{unit}'")


def check_info(info: EmgInfo) -> None:
    """Refuse a description that no EMG can have.

    Raises
    ------
    Refused
        One line: field, value, what would be right.
    """
    if info.channels < 1:
        raise Refused("emg/info: 0 channels, must be at least 1")
    if not (math.isfinite(info.sample_rate) and info.sample_rate >= 100):
        raise Refused(f"emg/info: sample_rate {info.sample_rate} Hz, must be at least 100 Hz")
    if not (math.isfinite(info.noise_sd) and info.noise_sd > 0):
        raise Refused(f"emg/info: noise_sd {info.noise_sd}, must be positive, in '{info.unit}'")
    if info.unit not in ("V", "noise_sd"):
        raise Refused(f"emg/info: unit '{info.unit}', must be 'V' or 'noise_sd'")
    if len(info.ring_order) and sorted(info.ring_order) != list(range(info.channels)):
        raise Refused(
            f"emg/info: ring_order {list(info.ring_order)}, must name each of the "
            f"{info.channels} channels once, or be empty"
        )


def note_latency(shell: NodeShell, meter: LatencyMeter, sample_time_ns: int) -> None:
    """Measure the time since a sample was taken, where its stamp is of today."""
    latency = (shell.get_clock().now().nanoseconds - sample_time_ns) / 1e9
    if 0.0 <= latency <= LONGEST_LATENCY_S:
        meter.add(latency)


def warn_of_rivals(status: Status, topic: str, publishers: int) -> None:
    """Make it an error when more than one node publishes the stream that is worked on."""
    if publishers > 1:
        status.level = Level.ERROR
        status.message = f"{publishers} publishers on {topic}, must be one: stop the others"
