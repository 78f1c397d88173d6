# SPDX-License-Identifier: Apache-2.0
"""Records the messages of one graph."""

from __future__ import annotations

import time
from pathlib import Path

from semg_bringup.recording.bag_writer import BagWriter
from semg_bringup.recording.ordering import InfoFirst, Received
from semg_bringup.recording.tally import Tally
from semg_bringup.recording.topics import CHUNKS, INFO, RecordedTopic, resolve
from semg_driver.recordings.recording import RecordingError


class Recorder:
    """Takes messages in the order of their receipt and writes them to a new bag.

    Parameters
    ----------
    folder : Path
        The bag; must not exist.
    namespace : str
        Namespace of the graph.
    topics : tuple of RecordedTopic
        What is recorded.

    Raises
    ------
    RecordingError
        If the folder exists or cannot be made.
    """

    def __init__(self, folder: Path, namespace: str, topics: tuple[RecordedTopic, ...]) -> None:
        self.folder = folder
        self.namespace = namespace
        self.tally = Tally()
        self.indexed = False
        names = {topic.name for topic in topics}
        self._ordering = InfoFirst(resolve(namespace, INFO)) if {INFO, CHUNKS} <= names else None
        self._writer = BagWriter(folder)
        self._size = 0

    def add_topic(self, topic: str, kind: RecordedTopic, reliable: bool = True) -> None:
        """Make an absolute topic name known. Raises RecordingError for an unknown type."""
        self._writer.add_topic(topic, kind.kind, latched=kind.latched, reliable=reliable)

    def take(self, message: Received) -> None:
        """Record a message.

        Raises
        ------
        RecordingError
            If the disk is full or the file cannot be written; call `close` then.
        """
        if self._ordering is None:
            self._write([message])
        else:
            self._write(self._ordering.push(message, time.monotonic()))

    def flush_when_due(self) -> None:
        """See to it that little is only in memory; call at least every 0.1 s.

        Raises
        ------
        RecordingError
            As for `take`.
        """
        if self._ordering is not None:
            self._write(self._ordering.release_late(time.monotonic()))
        self._writer.flush_when_due()

    def close(self, *, failed: bool = False) -> None:
        """End the bag. `failed`: after an error, so that nothing more is added."""
        if self._ordering is not None and not failed:
            self._write(self._ordering.release())
        self.indexed = self._writer.close()
        if self.tally.messages:
            try:
                self._size = sum(file.stat().st_size for file in self.folder.iterdir())
            except OSError as error:
                raise RecordingError(
                    f"{self.folder}: has been moved or removed while it was written "
                    f"({error.strerror})"
                ) from None

    def summary(self) -> str:
        """Return one line on what was recorded, after `close`."""
        if not self.tally.messages:
            return "nothing was recorded, because no message came"
        size = self._size / 1e6
        return (
            f"{self.tally.duration:.1f} s in {self.folder} ({size:.1f} MB): "
            f"{self.tally.summary(self.namespace)}"
        )

    def _write(self, messages: list[Received]) -> None:
        for message in messages:
            self._writer.write(message.topic, message.stamp_ns, message.data)
            self.tally.add(message)
