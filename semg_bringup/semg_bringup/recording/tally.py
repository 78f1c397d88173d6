# SPDX-License-Identifier: Apache-2.0
"""What a recording holds so far, in numbers."""

from __future__ import annotations

from dataclasses import dataclass, field

from semg_bringup.recording.ordering import Received


@dataclass
class Tally:
    """Counts messages, and the samples that are missing in ``emg/raw``.

    Attributes
    ----------
    messages : dict of str to int
        Messages by topic.
    samples, lost_samples, gaps, streams : int
        Of ``emg/raw``; a gap is a jump of the sample index within a stream.
    """

    messages: dict[str, int] = field(default_factory=dict)
    samples: int = 0
    lost_samples: int = 0
    gaps: int = 0
    streams: int = 0
    _first_ns: int | None = None
    _last_ns: int = 0
    _stream_id: int | None = None
    _expected: int = 0

    def add(self, message: Received) -> None:
        """Count one message."""
        self.messages[message.topic] = self.messages.get(message.topic, 0) + 1
        first = message.stamp_ns if self._first_ns is None else self._first_ns
        self._first_ns = min(first, message.stamp_ns)
        self._last_ns = max(self._last_ns, message.stamp_ns)
        if message.samples:
            self._add_samples(message)

    @property
    def duration(self) -> float:
        """Time from the first message to the last, in s."""
        return 0.0 if self._first_ns is None else 1e-9 * (self._last_ns - self._first_ns)

    def _add_samples(self, message: Received) -> None:
        if message.stream_id != self._stream_id:
            self.streams += 1
        elif message.first_sample > self._expected:
            self.gaps += 1
            self.lost_samples += message.first_sample - self._expected
        self._stream_id = message.stream_id
        self._expected = message.first_sample + message.samples
        self.samples += message.samples

    def summary(self, namespace: str = "/") -> str:
        """Return one line: messages by topic, and losses."""
        prefix = namespace.rstrip("/") + "/"
        topics = ", ".join(
            f"{topic.removeprefix(prefix) if topic.startswith(prefix) else topic} {count}"
            for topic, count in sorted(self.messages.items())
        )
        if not self.samples:
            return topics
        if not self.lost_samples:
            return f"{topics}; no sample lost"
        places = "1 place" if self.gaps == 1 else f"{self.gaps} places"
        return f"{topics}; {self.lost_samples} samples lost in {places}"
