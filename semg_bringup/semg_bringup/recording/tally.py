# SPDX-License-Identifier: Apache-2.0
"""What a recording holds so far, in numbers."""

from __future__ import annotations

from dataclasses import dataclass, field

from semg_bringup.recording.ordering import Received
from semg_bringup.sample_count import SampleCount


@dataclass
class Tally:
    """Counts messages, and the samples that are missing in ``emg/raw``.

    Attributes
    ----------
    messages : dict of str to int
        Messages by topic.
    raw : SampleCount
        Samples of ``emg/raw``.
    """

    messages: dict[str, int] = field(default_factory=dict)
    raw: SampleCount = field(default_factory=SampleCount)
    _first_ns: int | None = None
    _last_ns: int = 0

    def add(self, message: Received) -> None:
        """Count one message."""
        self.messages[message.topic] = self.messages.get(message.topic, 0) + 1
        first = message.stamp_ns if self._first_ns is None else self._first_ns
        self._first_ns = min(first, message.stamp_ns)
        self._last_ns = max(self._last_ns, message.stamp_ns)
        if message.stream_id is not None and message.samples:
            self.raw.add(message.stream_id, message.first_sample, message.samples)

    @property
    def duration(self) -> float:
        """Time from the first message to the last, in s."""
        return 0.0 if self._first_ns is None else 1e-9 * (self._last_ns - self._first_ns)

    def summary(self, namespace: str = "/") -> str:
        """Return one line: messages by topic, and losses."""
        prefix = namespace.rstrip("/") + "/"
        topics = ", ".join(
            f"{topic.removeprefix(prefix) if topic.startswith(prefix) else topic} {count}"
            for topic, count in sorted(self.messages.items())
        )
        if not self.raw.samples:
            return topics
        if not self.raw.lost:
            return f"{topics}; no sample lost"
        places = "1 place" if self.raw.gaps == 1 else f"{self.raw.gaps} places"
        return f"{topics}; {self.raw.lost} samples lost in {places}"
