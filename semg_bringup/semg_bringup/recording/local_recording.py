# SPDX-License-Identifier: Apache-2.0
"""Records the messages that nodes of this process hand to each other."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from rclpy.serialization import serialize_message

from semg_bringup.recording.reception import describe
from semg_bringup.recording.recorder import Recorder
from semg_bringup.recording.topics import RecordedTopic, resolve
from semg_driver.recordings.recording import RecordingError

_FLUSH_S = 0.1


class LocalRecording:
    """Serialises and writes on a thread of its own, so that no node ever waits for the disk.

    Parameters
    ----------
    folder, namespace, topics
        As for `Recorder`.
    on_failure : callable
        Called once, on the writing thread, with one line when recording had to stop.

    Raises
    ------
    RecordingError
        If the folder exists or cannot be made.
    """

    def __init__(
        self,
        folder: Path,
        namespace: str,
        topics: tuple[RecordedTopic, ...],
        on_failure: Callable[[str], None],
    ) -> None:
        self.recorder = Recorder(folder, namespace, topics)
        self.failure = ""
        self._topics = tuple((resolve(namespace, topic.name), topic) for topic in topics)
        self._known: dict[str, RecordedTopic | None] = {}
        self._on_failure = on_failure
        self._queue: queue.SimpleQueue[tuple[str, int, Any] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write, name="recording", daemon=True)
        self._thread.start()

    def feed(self, topic: str, message: Any) -> None:
        """Record a message that was just published on the absolute name `topic`.

        Messages of topics that are not recorded are ignored.
        """
        if not self.failure:
            self._queue.put((topic, time.time_ns(), message))

    def close(self) -> str:
        """Write what is left, end the bag and return one line on what was recorded."""
        self._queue.put(None)
        self._thread.join()
        return self.recorder.summary()

    def _write(self) -> None:
        try:
            self._write_all()
            self.recorder.close()
        except Exception as error:  # or the rest would be lost without a word
            expected = isinstance(error, RecordingError)
            self.failure = str(error) if expected else f"{type(error).__name__}: {error}"
            with suppress(Exception):
                self.recorder.close(failed=True)
            self._on_failure(f"recording stopped: {self.failure}; {self.recorder.summary()}")

    def _write_all(self) -> None:
        while True:
            try:
                item = self._queue.get(timeout=_FLUSH_S)
            except queue.Empty:
                self.recorder.flush_when_due()
                continue
            if item is None:
                return
            self._write_one(*item)

    def _write_one(self, topic: str, stamp_ns: int, message: Any) -> None:
        if topic not in self._known:
            self._known[topic] = self._find(topic)
            if (kind := self._known[topic]) is not None:
                self.recorder.add_topic(topic, kind)
        if (kind := self._known[topic]) is not None:
            data = serialize_message(message)
            self.recorder.take(describe(topic, stamp_ns, data, kind.name, message))

    def _find(self, topic: str) -> RecordedTopic | None:
        for name, kind in self._topics:
            if fnmatchcase(topic, name) if kind.is_family else topic == name:
                return kind
        return None
