# SPDX-License-Identifier: Apache-2.0
"""Recordings as rosbag2 bags of our own topics."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from semg_driver.devices.device import DeviceInfo, Hand, Source
from semg_driver.recordings.bag_files import BagFiles, RawMessage
from semg_driver.recordings.hdf5_attributes import USABLE_BANDWIDTH, WRISTBAND_NOISE
from semg_driver.recordings.message_types import CHUNK_TYPE, INFO_TYPE
from semg_driver.recordings.recording import RecordedBlock, RecordingError

RAW = "/emg/raw"
INFO = "/emg/info"

FARTHEST_OUT_OF_ORDER = 1.0
"""By how many s a chunk may lie before one that was recorded earlier."""

CHUNK_FIELDS = ("header", "stream_id", "first_sample", "sample_rate", "channels", "unit", "data")
INFO_FIELDS = (
    "stream_id", "device", "serial", "sample_rate", "bandwidth", "channels", "channel_labels",
    "ring_order", "handedness", "unit", "noise_sd", "full_scale", "conditioned",
)  # fmt: skip


class BagRecording:
    """A bag with EMG, finished or cut off.

    Sample indices, ROS time and streams are those recorded: another stream id is a break, a
    jump of the index is lost samples.

    Parameters
    ----------
    path : str or Path
        Folder of the bag, or one file out of it.
    topic : str
        Topic of the EMG; by default the only one that ends in ``emg/raw``.

    Attributes
    ----------
    topic : str
        The topic that is read.

    Raises
    ------
    RecordingError
        If it is not a bag, holds no EMG, or that of several bands and `topic` does not say which.
    """

    def __init__(self, path: str | Path, topic: str = "") -> None:
        self.path = Path(path)
        self.kind = "bag"
        self._files = BagFiles(self.path)
        self.notes = self._files.notes
        self.topic = self._choose(topic)
        self._infos = self._read_infos()
        first = next(self._chunks(), None)
        if first is None:
            raise RecordingError(f"{self.path}: no samples on {self.topic}")
        self.info = self._info_of(first)

    def __enter__(self) -> BagRecording:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files. May be called more than once."""
        self._files.close()

    def blocks(
        self, block_duration: float = 0.0, start: float = 0.0, end: float = 0.0
    ) -> Iterator[RecordedBlock]:
        """Read the samples in recorded order; see `Recording.blocks`.

        Time counts samples within a stream. From one stream to the next it follows the
        recorded stamps, unless these go backwards.
        """
        stream: _Stream | None = None
        fresh = False
        begun = False
        for chunk in self._chunks():
            if stream is None or stream.ends_before(chunk):
                stream = _Stream(chunk, self._info_of(chunk), stream)
                fresh = True
            whole = stream.block(chunk)
            if end and whole.time > end + FARTHEST_OUT_OF_ORDER:
                return
            for block in _cut(whole, block_duration, start, end):
                yield replace(block, starts_stream=fresh and begun)
                fresh, begun = False, True

    def _choose(self, topic: str) -> str:
        emg = sorted(name for name, kind in self._files.topics.items() if kind == CHUNK_TYPE)
        raw = [name for name in emg if name.endswith(RAW)]
        if topic:
            name = topic if topic.startswith("/") else f"/{topic}"
            if name in emg:
                return name
            raise RecordingError(
                f"{self.path}: no EMG on topic {name}; there is: {', '.join(emg) or 'none at all'}"
            )
        if not raw:
            others = ", ".join(sorted(self._files.topics)) or "none"
            raise RecordingError(
                f"{self.path}: no EMG in the bag: no topic ends in {RAW} with type {CHUNK_TYPE}; "
                f"topics: {others}"
            )
        if len(raw) > 1:
            raise RecordingError(
                f"{self.path}: EMG of several bands: choose one of the topics {', '.join(raw)}"
            )
        return raw[0]

    def _chunks(self) -> Iterator[Any]:
        for message in self._files.messages({self.topic}):
            chunk = self._read(message, CHUNK_FIELDS)
            channels = int(chunk.channels)
            if channels == 0 or chunk.data.size % channels or not chunk.sample_rate > 0:
                raise RecordingError(
                    f"{self.path}: {self.topic}: {chunk.data.size} values of {channels} channels "
                    f"at {chunk.sample_rate:g} Hz are not a chunk of EMG"
                )
            if chunk.data.size:
                yield chunk

    def _read(self, message: RawMessage, fields: tuple[str, ...]) -> Any:
        """Deserialise a message, which another version of ours may have written."""
        content = message.read()
        for field in fields:
            if not hasattr(content, field):
                raise RecordingError(
                    f"{self.path}: {message.topic}: the recorded {message.type_name} "
                    f"has no field '{field}'"
                )
        return content

    def _read_infos(self) -> dict[int, Any]:
        namespace = self.topic.rpartition("/emg/")[0]
        topic = f"{namespace}{INFO}"
        if self._files.topics.get(topic) != INFO_TYPE:
            return {}
        messages = self._files.messages({topic})
        infos = [self._read(message, INFO_FIELDS) for message in messages]
        return {int(info.stream_id): info for info in infos}

    def _info_of(self, chunk: Any) -> DeviceInfo:
        """Return what is known of a chunk's stream, as far as it fits the chunk."""
        message = self._infos.get(int(chunk.stream_id))
        if message is None and len(self._infos) == 1:
            message = next(iter(self._infos.values()))
        fits = message is not None and (
            message.sample_rate == chunk.sample_rate
            and message.channels == chunk.channels
            and message.unit == chunk.unit
        )
        return _device_info(message) if fits else _assumed_info(chunk)


class _Stream:
    """Time within one recorded stream."""

    def __init__(self, chunk: Any, info: DeviceInfo, before: _Stream | None) -> None:
        self._id = int(chunk.stream_id)
        self._info = info
        self._first = int(chunk.first_sample)
        self._stamp = _stamp_ns(chunk)
        self._end = 0.0
        self._start = 0.0
        if before is not None:
            pause = 0.0
            if self._stamp is not None and before._stamp is not None:
                length = before._end - before._start
                pause = max((self._stamp - before._stamp) / 1e9 - length, 0.0)
            self._start = before._end + pause

    def ends_before(self, chunk: Any) -> bool:
        info = self._info
        return bool(
            int(chunk.stream_id) != self._id
            or chunk.channels != info.channels
            or chunk.sample_rate != info.sample_rate
            or chunk.unit != info.unit
        )

    def block(self, chunk: Any) -> RecordedBlock:
        first = int(chunk.first_sample)
        emg = np.asarray(chunk.data, np.float32).reshape(-1, self._info.channels)
        time = self._start + (first - self._first) / self._info.sample_rate
        self._end = max(self._end, time + len(emg) / self._info.sample_rate)
        return RecordedBlock(first, emg, self._info, time, stamp_ns=_stamp_ns(chunk))


def _cut(
    block: RecordedBlock, duration: float, start: float, end: float
) -> Iterator[RecordedBlock]:
    """Cut a block to [start, end) and into pieces of `duration`, all in s."""
    rate = block.info.sample_rate
    samples = len(block.emg)
    first = min(max(round((start - block.time) * rate), 0), samples)
    last = min(max(round((end - block.time) * rate), 0), samples) if end else samples
    size = max(round(duration * rate), 1) if duration else samples
    for at in range(first, last, size):
        stamp = block.stamp_ns
        yield replace(
            block,
            first_sample=block.first_sample + at,
            emg=block.emg[at : min(at + size, last)],
            time=block.time + at / rate,
            stamp_ns=None if stamp is None else stamp + round(at * 1e9 / rate),
        )


def _stamp_ns(chunk: Any) -> int | None:
    stamp = chunk.header.stamp
    return (stamp.sec * 1_000_000_000 + stamp.nanosec) or None


def _device_info(message: Any) -> DeviceInfo:
    return DeviceInfo(
        device=message.device,
        serial=message.serial,
        sample_rate=float(message.sample_rate),
        bandwidth=float(message.bandwidth),
        channels=int(message.channels),
        channel_labels=tuple(message.channel_labels),
        ring_order=tuple(int(channel) for channel in message.ring_order),
        hand=Hand(message.handedness) if message.handedness in set(Hand) else Hand.UNKNOWN,
        unit=message.unit,
        noise_sd=float(message.noise_sd),
        full_scale=float(message.full_scale),
        conditioned=bool(message.conditioned),
        source=Source.PLAYBACK,
    )


def _assumed_info(chunk: Any) -> DeviceInfo:
    """Return what a bag without emg/info leaves to assume."""
    channels = int(chunk.channels)
    return DeviceInfo(
        device="recording",
        serial="",
        sample_rate=float(chunk.sample_rate),
        bandwidth=USABLE_BANDWIDTH * float(chunk.sample_rate),
        channels=channels,
        channel_labels=tuple(str(channel) for channel in range(channels)),
        ring_order=(),
        hand=Hand.UNKNOWN,
        unit=chunk.unit,
        noise_sd=WRISTBAND_NOISE if chunk.unit == "V" else 1.0,
        full_scale=0.0,
        conditioned=chunk.unit != "V",
        source=Source.PLAYBACK,
    )
