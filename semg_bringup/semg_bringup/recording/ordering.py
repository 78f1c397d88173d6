# SPDX-License-Identifier: Apache-2.0
"""Puts what describes a stream before the stream."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Received:
    """A message as it came.

    Attributes
    ----------
    topic : str
        Absolute name.
    stamp_ns : int
        Time of receipt in ns since 1970.
    data : bytes
        The message as CDR.
    stream_id : int or None
        For ``emg/info`` and ``emg/raw``: the stream that it is about.
    first_sample, samples : int
        For ``emg/raw``: index of its first sample, and how many there are.
    """

    topic: str
    stamp_ns: int
    data: bytes
    stream_id: int | None = None
    first_sample: int = 0
    samples: int = 0


class InfoFirst:
    """Lets no samples of a stream through before its ``emg/info``.

    DDS keeps no order between topics, but whoever reads the recording needs this one.

    Parameters
    ----------
    info_topic : str
        Absolute name of ``emg/info``.
    patience : float
        Longest time that messages are held back for it, in s.
    """

    def __init__(self, info_topic: str, patience: float = 2.0) -> None:
        self._info_topic = info_topic
        self._patience = patience
        self._described: set[int] = set()
        self._held: list[Received] = []
        self._waits_for: int | None = None
        self._until = 0.0

    def push(self, message: Received, now: float) -> list[Received]:
        """Take in a message at the steady time `now` in s; return what can be written."""
        if message.topic == self._info_topic and message.stream_id is not None:
            self._described.add(message.stream_id)
            if self._waits_for != message.stream_id:
                return [message] if self._waits_for is None else self._hold(message)
            # Readers go by the time stamps.
            stamp = min(message.stamp_ns, self._held[0].stamp_ns - 1)
            return [replace(message, stamp_ns=stamp), *self.release()]
        if self._waits_for is not None:
            self._hold(message)
            return self.release_late(now)
        if message.stream_id is None or message.stream_id in self._described:
            return [message]
        self._waits_for = message.stream_id
        self._until = now + self._patience
        return self._hold(message)

    def release_late(self, now: float) -> list[Received]:
        """Return what was held back, once that took too long."""
        return self.release() if self._waits_for is not None and now >= self._until else []

    def release(self) -> list[Received]:
        """Return all that was held back."""
        if self._waits_for is not None:
            self._described.add(self._waits_for)
        held, self._held, self._waits_for = self._held, [], None
        return held

    def _hold(self, message: Received) -> list[Received]:
        self._held.append(message)
        return []
