# SPDX-License-Identifier: Apache-2.0
"""Holds a stream back until those who consume it are ready, and while they are behind."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable

AHEAD_S = 1.0
"""EMG, in s, by which the stream may be ahead of the slowest consumer."""
DRAINED_S = 0.1
"""EMG, in s, short of the end at which a consumer counts as done: it reports now and then."""
SETTLING_S = 0.5
"""Time for the little that is then left, and for what is made of it to go out."""
DRAIN_PATIENCE_S = 5.0
SHORTEST_PIECE_S = 0.15
"""EMG, in s, without a loss from which every consumer makes something, and so reports."""


class Pacing:
    """Follows the progress of named consumers. Its methods may be called from any thread.

    Parameters
    ----------
    consumers : iterable of str
        Names of the nodes to wait for; with none, nothing ever waits.
    patience : float
        Longest wait for one of them, in s, after which it is not waited for any more.
    """

    def __init__(self, consumers: Iterable[str], patience: float) -> None:
        self._consumers = set(consumers)
        self._patience = patience
        self._progress: dict[str, int] = {}
        self._stream_id = 0
        self._ahead = 0
        self._short = 0
        self._shortest_piece = 0
        self._piece = 0
        self._reachable = 0
        self._first: int | None = None
        self._next = 0
        self._drain_deadline: float | None = None
        self._near_since: float | None = None
        self._given_up = False
        self._changed = threading.Condition()

    def begin(self, stream_id: int, sample_rate: float) -> None:
        """Start to follow a new stream of `sample_rate` Hz."""
        with self._changed:
            self._stream_id = stream_id
            self._ahead = round(AHEAD_S * sample_rate)
            self._short = round(DRAINED_S * sample_rate)
            self._shortest_piece = round(SHORTEST_PIECE_S * sample_rate)
            self._progress.clear()
            self._first = None
            self._next = self._piece = self._reachable = 0

    def progressed(self, consumer: str, stream_id: int, next_sample: int) -> None:
        """Note that `consumer` has worked through all samples before `next_sample`.

        Whoever says 0 is ready for the first sample. Said again, it has been started anew, and
        only knows of what is still to be sent.
        """
        with self._changed:
            if stream_id != self._stream_id or consumer not in self._consumers:
                return
            before = self._progress.get(consumer)
            if before is not None:
                next_sample = max(before, next_sample or self._next)
            self._progress[consumer] = next_sample
            self._changed.notify_all()

    def wait_until_ready(self) -> list[str]:
        """Wait until every consumer has reported; return those that did not in time."""
        return self._wait(lambda name: name in self._progress)

    def not_ready_after(self, seconds: float) -> list[str]:
        """Wait for at most `seconds`; return who has not reported, and is still waited for."""
        return self._wait(lambda name: name in self._progress, min(seconds, self._patience), False)

    def wait_until_near(self, first_sample: int, samples: int) -> list[str]:
        """Wait until no consumer is far behind the block to be sent; return those given up."""
        with self._changed:
            if self._first is None:
                self._first = first_sample
            limit = min(first_sample - self._ahead, self._reachable)
            if first_sample != self._next:
                self._piece = first_sample
            self._next = first_sample + samples
            # Who makes frames has nothing to report of a piece that is shorter than a frame.
            if self._next - self._piece >= self._shortest_piece:
                self._reachable = self._next - self._short
        return self._wait_for(limit)

    def wait_until_worked_through(self) -> list[str]:
        """Wait until every consumer has come near the end of the stream; return those given up.

        Before `begin`: who takes in the next stream at once may be far behind in this one.
        """
        return self._wait_for(self._reachable)

    def _wait_for(self, limit: int) -> list[str]:
        if not self._consumers or self._first is None or limit <= self._first:
            return []
        return self._wait(lambda name: self._progress.get(name, 0) >= limit)

    def drained(self, now: float) -> bool:
        """Tell whether all consumers are done at the steady time `now`, or waited for in vain."""
        with self._changed:
            if self._drain_deadline is None:
                self._drain_deadline = now + DRAIN_PATIENCE_S
            limit = self._reachable
            if not all(self._progress.get(name, 0) >= limit for name in self._consumers):
                return now > self._drain_deadline
            if self._near_since is None:
                self._near_since = now
            return not self._consumers or now - self._near_since >= SETTLING_S

    def give_up(self) -> None:
        """Let every wait return at once, now and later."""
        with self._changed:
            self._given_up = True
            self._changed.notify_all()

    def _wait(
        self, done: Callable[[str], bool], patience: float | None = None, give_up: bool = True
    ) -> list[str]:
        deadline = time.monotonic() + (self._patience if patience is None else patience)
        with self._changed:
            while not self._given_up:
                waiting = sorted(name for name in self._consumers if not done(name))
                remaining = deadline - time.monotonic()
                if not waiting:
                    return []
                if remaining <= 0:
                    if give_up:
                        self._consumers.difference_update(waiting)
                    return waiting
                self._changed.wait(remaining)
        return []
