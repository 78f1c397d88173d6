# SPDX-License-Identifier: Apache-2.0
"""Write EMG as a rosbag2 bag, for `ros2 bag play` and for exchange."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from rosbags.rosbag2 import StoragePlugin, Writer
from rosbags.rosbag2.errors import WriterError

from semg_driver.devices.device import DeviceInfo
from semg_driver.recordings.message_types import CHUNK_TYPE, INFO_TYPE, installed_types
from semg_driver.recordings.recording import RecordedBlock, RecordingError

FRAME = "emg_band"
FRESH = 0.1


def write_bag(
    path: str | Path,
    blocks: Iterable[RecordedBlock],
    *,
    namespace: str = "",
    storage: str = "mcap",
    start_ns: int = 1_700_000_000_000_000_000,
) -> None:
    """Write ``emg/info`` and ``emg/raw``, one chunk for each block.

    Streams are numbered from 1.

    Parameters
    ----------
    path : str or Path
        Folder to make; must not exist.
    blocks : iterable of RecordedBlock
        For example from `Recording.blocks` with a duration of 0.01 s.
    namespace : str
        Of the topics, such as ``"/left"``.
    storage : str
        ``"mcap"`` or ``"sqlite3"``.
    start_ns : int
        ROS time of the beginning in ns, where blocks do not bring their own.

    Raises
    ------
    RecordingError
        If the bag cannot be written.
    """
    path = Path(path)
    try:
        messages = _Messages(start_ns)
        with Writer(path, version=9, storage_plugin=StoragePlugin[storage.upper()]) as writer:
            raw = writer.add_connection(
                f"{namespace}/emg/raw", CHUNK_TYPE, typestore=messages.store
            )
            latched = writer.add_connection(
                f"{namespace}/emg/info", INFO_TYPE, typestore=messages.store
            )
            for block in blocks:
                if messages.begins_stream(block):
                    writer.write(latched, messages.stamp(block), messages.info(block))
                writer.write(raw, messages.stamp(block), messages.chunk(block))
    except (OSError, WriterError) as error:
        raise RecordingError(f"{path}: cannot be written: {error}") from None


class _Messages:
    """Serialises blocks and counts streams."""

    def __init__(self, start_ns: int) -> None:
        self.store = installed_types()
        self._start_ns = start_ns
        self._stream = 0
        self._sequence = 0
        self._began = 0.0

    def begins_stream(self, block: RecordedBlock) -> bool:
        begins = block.starts_stream or self._stream == 0
        if begins:
            self._stream += 1
            self._sequence = 0
            self._began = block.time
        return begins

    def stamp(self, block: RecordedBlock) -> int:
        if block.stamp_ns is not None:
            return block.stamp_ns
        return self._start_ns + round(block.time * 1e9)

    def info(self, block: RecordedBlock) -> memoryview:
        info: DeviceInfo = block.info
        return self._serialise(
            INFO_TYPE,
            block,
            device=info.device,
            serial=info.serial,
            sample_rate=info.sample_rate,
            bandwidth=info.bandwidth,
            channels=info.channels,
            channel_labels=list(info.channel_labels),
            ring_order=np.asarray(info.ring_order, np.uint32),
            handedness=int(info.hand),
            unit=info.unit,
            noise_sd=info.noise_sd,
            full_scale=info.full_scale,
            conditioned=info.conditioned,
            source=int(info.source),
            paced_by=[],
        )

    def chunk(self, block: RecordedBlock) -> memoryview:
        self._sequence += 1
        return self._serialise(
            CHUNK_TYPE,
            block,
            sequence=self._sequence - 1,
            first_sample=block.first_sample,
            sample_rate=block.info.sample_rate,
            channels=block.info.channels,
            unit=block.info.unit,
            fresh=block.time - self._began < FRESH,
            quality=0,
            suspect_channels=0,
            data=np.ascontiguousarray(block.emg, np.float32).ravel(),
        )

    def _serialise(self, kind: str, block: RecordedBlock, **fields: Any) -> memoryview:
        types: Any = self.store.types
        seconds, nanoseconds = divmod(self.stamp(block), 10**9)
        stamp = types["builtin_interfaces/msg/Time"](sec=seconds, nanosec=nanoseconds)
        header = types["std_msgs/msg/Header"](stamp=stamp, frame_id=FRAME)
        message = types[kind](header=header, stream_id=self._stream, **fields)
        return self.store.serialize_cdr(message, kind)
