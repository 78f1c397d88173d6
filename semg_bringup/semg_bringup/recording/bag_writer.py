# SPDX-License-Identifier: Apache-2.0
"""A rosbag2 bag (MCAP) that stays readable however the recording ends."""

from __future__ import annotations

import errno
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import cast

from rosbags.interfaces import (
    Connection,
    Qos,
    QosDurability,
    QosHistory,
    QosLiveliness,
    QosReliability,
    QosTime,
)
from rosbags.rosbag2 import StoragePlugin, Writer
from rosbags.rosbag2.errors import WriterError
from rosbags.rosbag2.storage_mcap import McapWriter

from semg_bringup.recording.definitions import definition
from semg_bringup.recording.reserve import DiskReserve, ReservedFile
from semg_driver.recordings.recording import RecordingError

# One block of messages (1 MiB at most, then rosbags ends it) and the tables at the end of the file.
_RESERVE = 4 * 2**20
# An index entry in the table at the end, with a dozen topics.
_RESERVE_PER_BLOCK = 512
_FOREVER = QosTime(9223372036, 854775807)


class BagWriter:
    """Writes serialised messages to a new bag.

    Messages are collected into blocks (MCAP chunks); a block is on the disk after at most
    `block_duration`, so that this much is lost when the process is killed.

    Parameters
    ----------
    folder : Path
        Made by this; must not exist.
    block_duration : float
        Longest time that messages are only in memory, in s.

    Raises
    ------
    RecordingError
        If the folder exists or cannot be made.
    """

    def __init__(self, folder: Path, block_duration: float = 0.5) -> None:
        self.folder = folder
        self._block_duration = block_duration
        self._block_began: float | None = None
        self._blocks = 0
        self._connections: dict[str, Connection] = {}
        if folder.exists():
            raise RecordingError(f"{folder}: exists already, and a recording is never overwritten")
        try:
            self._writer = Writer(folder, version=9, storage_plugin=StoragePlugin.MCAP)
            self._writer.open()
            storage = cast(McapWriter, self._writer.storage)
            storage.bio.close()
            self._reserve = DiskReserve(folder)
            self._file = ReservedFile(storage.path, self._reserve)
            self._reserve.grow(_RESERVE)
        except WriterError:
            # Somebody else was faster, or it is a link to nowhere: it is not ours to remove.
            raise RecordingError(f"{folder}: there is something of that name already") from None
        except OSError as error:
            self._remove()
            raise RecordingError(f"{folder}: cannot be written: {error.strerror}") from None
        # rosbags only writes to it, asks for its position and closes it.
        storage.bio = self._file  # type: ignore[assignment]
        self._storage = storage

    @property
    def size(self) -> int:
        """Bytes on the disk so far."""
        return self._storage.path.stat().st_size

    def add_topic(self, topic: str, kind: str, *, latched: bool, reliable: bool = True) -> None:
        """Make a topic known; `write` refuses others.

        Raises
        ------
        RecordingError
            If the message type is not installed.
        """
        text = definition(kind)
        self._connections[topic] = self._writer.add_connection(
            topic,
            kind,
            msgdef=text.text,
            rihs01=text.digest,
            offered_qos_profiles=[_offered(latched, reliable)],
        )

    def write(self, topic: str, stamp_ns: int, data: bytes) -> None:
        """Add a message.

        Parameters
        ----------
        topic : str
            One that was added.
        stamp_ns : int
            Time of receipt in ns since 1970.
        data : bytes
            The message as CDR, with its encapsulation header.

        Raises
        ------
        RecordingError
            If the disk is full or the file cannot be written; `close` then saves what there is.
        """
        if self._block_began is None:
            self._block_began = time.monotonic()
        try:
            self._writer.write(self._connections[topic], stamp_ns, data)
            self._note_blocks()
            self._keep_reserve()
        except OSError as error:
            raise self._failed(error) from None
        self.flush_when_due()

    def flush_when_due(self) -> None:
        """End the block if it has been collected for long enough. Raises what `write` does."""
        began = self._block_began
        if began is None or time.monotonic() - began < self._block_duration:
            return
        try:
            self._end_block()
            self._keep_reserve()
        except OSError as error:
            raise self._failed(error) from None

    def close(self) -> bool:
        """End the bag; without any message it is removed.

        Returns
        -------
        bool
            Whether the file got its index. Without one it can be read all the same, from its
            beginning, but ``ros2 bag`` wants ``ros2 bag reindex`` first.
        """
        if not any(self._writer.counts.values()):
            self._writer.abort()
            self._remove()
            return False
        try:
            self._end_block()
            # The tables at the end go where the reserve was.
            self._reserve.release()
            self._writer.close()
        except OSError:
            with suppress(OSError):
                self._writer.abort()
            return False
        return True

    def _end_block(self) -> None:
        self._block_began = None
        if self._storage.chunk.msgs:
            self._storage.close_chunk()
            self._note_blocks()

    def _note_blocks(self) -> None:
        if len(self._storage.chunks) > self._blocks:
            self._blocks = len(self._storage.chunks)
            self._file.mark()

    def _keep_reserve(self) -> None:
        if self._file.full:
            raise OSError(errno.ENOSPC, self._file.full)
        self._reserve.grow(_RESERVE + _RESERVE_PER_BLOCK * _round_up(self._blocks))

    def _failed(self, error: OSError) -> RecordingError:
        return RecordingError(f"{self.folder}: {self._file.full or error.strerror}")

    def _remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def _offered(latched: bool, reliable: bool) -> Qos:
    return Qos(
        QosHistory.KEEP_LAST,
        1 if latched else 500,
        QosReliability.RELIABLE if reliable else QosReliability.BEST_EFFORT,
        QosDurability.TRANSIENT_LOCAL if latched else QosDurability.VOLATILE,
        _FOREVER,
        _FOREVER,
        QosLiveliness.AUTOMATIC,
        _FOREVER,
        False,
    )


def _round_up(blocks: int) -> int:
    """Return more than `blocks`, but the same for many, so that the reserve seldom grows."""
    return (blocks // 1000 + 1) * 1000
