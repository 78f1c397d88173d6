# SPDX-License-Identifier: Apache-2.0
"""Takes in the messages of a graph, and says what is to be shown."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from typing import Any

import numpy as np

from semg_bringup.sample_count import SampleCount
from semg_bringup.view.levels import LevelMeter
from semg_bringup.view.snapshot import (
    Band,
    Driving,
    NodeState,
    SeenGesture,
    Snapshot,
    Source,
    WrittenLine,
)
from semg_node.continuity import Continuity

_EVENTS = 8
_LATENCIES = 1000
# Stamps further off than this are those of another day, or of another clock.
_LONGEST_LATENCY = 60.0
_KINDS = ("instant", "press", "release")
_HANDS = ("", "left arm", "right arm")


class ViewState:
    """What came so far. Callbacks may be called on any thread, and only take notes.

    Attributes
    ----------
    callbacks : dict of str to callable
        For each topic, relative to the graph's namespace or absolute, what takes its messages.
    """

    def __init__(self) -> None:
        self.callbacks: dict[str, Callable[[Any], None]] = {
            "emg/info": self._on_info,
            "emg/raw": self._on_raw,
            "emg/conditioned": self._on_conditioned,
            "gesture/probabilities": self._on_probabilities,
            "gesture/event": self._on_event,
            "wrist/velocity": self._on_velocity,
            "handwriting/text": self._on_text,
            "simulation/truth": self._on_truth,
            "teleop/state": self._on_teleop,
            "/diagnostics": self._on_diagnostics,
        }
        self._lock = threading.Lock()
        self._began = self._counted_from = time.monotonic()
        self._band: Band | None = None
        self._levels = LevelMeter()
        self._events: deque[SeenGesture] = deque(maxlen=_EVENTS)
        self._fresh_events: deque[SeenGesture] = deque(maxlen=1000)
        self._done: deque[SeenGesture] = deque(maxlen=_EVENTS)
        self._held: tuple[str, ...] = ()
        self._velocity: float | None = None
        self._true_velocity: float | None = None
        self._line: str | None = None
        self._driving: Driving | None = None
        self._fresh_driving: deque[Driving] = deque(maxlen=1000)
        self._fresh_lines: deque[WrittenLine] = deque(maxlen=1000)
        self._counts: Counter[str] = Counter()
        self._rates: dict[str, float] = {}
        self._raw = SampleCount()
        self._event_count = 0
        self._latencies: dict[str, deque[float]] = {}
        self._nodes: dict[str, NodeState] = {}

    def snapshot(self, notices: tuple[str, ...] = ()) -> Snapshot:
        """Return what is to be shown now."""
        now = time.monotonic()
        with self._lock:
            self._update_rates(now)
            levels, contacts, conditioned = self._levels.read()
            return Snapshot(
                now=now,
                running=now - self._began,
                band=self._band,
                levels=levels,
                levels_conditioned=conditioned,
                contacts=contacts,
                events=tuple(reversed(self._events)),
                event_count=self._event_count,
                done=tuple(reversed(self._done)),
                held=self._held,
                velocity=self._velocity,
                true_velocity=self._true_velocity,
                line=self._line,
                driving=self._driving,
                rates=dict(self._rates),
                samples=self._raw.samples,
                lost_samples=self._raw.lost,
                gaps=self._raw.gaps,
                streams=self._raw.streams,
                latencies={name: _percentiles(all_) for name, all_ in self._latencies.items()},
                nodes=dict(self._nodes),
                notices=notices,
            )

    def take_events(self) -> list[SeenGesture]:
        """Return the decoded events since the last call, oldest first."""
        with self._lock:
            events = list(self._fresh_events)
            self._fresh_events.clear()
            return events

    def take_lines(self) -> list[WrittenLine]:
        """Return the written lines that were ended since the last call, oldest first."""
        with self._lock:
            lines = list(self._fresh_lines)
            self._fresh_lines.clear()
            return lines

    def take_driving(self) -> list[Driving]:
        """Return when driving a robot began or ended since the last call, oldest first."""
        with self._lock:
            changes = list(self._fresh_driving)
            self._fresh_driving.clear()
            return changes

    def _update_rates(self, now: float) -> None:
        # Over at least 2 s, so that a chunk more or less does not show.
        passed = now - self._counted_from
        if passed >= 2.0 or not self._rates:
            self._rates = {name: count / max(passed, 0.1) for name, count in self._counts.items()}
            if passed >= 2.0:
                self._counts = Counter(dict.fromkeys(self._counts, 0))
                self._counted_from = now

    def _on_info(self, info: Any) -> None:
        with self._lock:
            self._band = Band(
                device=info.device,
                serial=info.serial,
                source=Source(info.source) if info.source in range(4) else Source.UNKNOWN,
                sample_rate=info.sample_rate,
                channel_labels=tuple(info.channel_labels),
                hand=_HANDS[info.handedness] if info.handedness in range(3) else "",
                unit=info.unit,
            )

    def _on_raw(self, chunk: Any) -> None:
        with self._lock:
            self._counts["raw"] += 1
            samples = len(chunk.data) // max(chunk.channels, 1)
            verdict = self._raw.add(chunk.stream_id, chunk.first_sample, samples)
            if verdict is Continuity.NEW_STREAM:
                self._levels.clear()
            self._levels.add_raw(chunk)

    def _on_conditioned(self, chunk: Any) -> None:
        with self._lock:
            self._counts["conditioned"] += 1
            self._levels.add_conditioned(chunk)

    def _on_probabilities(self, message: Any) -> None:
        with self._lock:
            self._counts["gestures"] += 1
            self._held = tuple(message.held)
            self._note_latency("gestures", message)

    def _on_event(self, message: Any) -> None:
        event = SeenGesture(
            name=message.name,
            kind=_KINDS[message.kind] if message.kind in range(3) else "",
            probability=None if message.inferred else message.probability,
            suspect=message.quality != 0,
            seen=time.monotonic(),
            stamp_ns=_nanoseconds(message.header.stamp),
        )
        with self._lock:
            self._event_count += 1
            self._events.append(event)
            self._fresh_events.append(event)

    def _on_velocity(self, message: Any) -> None:
        with self._lock:
            self._counts["wrist"] += 1
            self._velocity = message.velocity
            self._note_latency("wrist", message)

    def _on_text(self, message: Any) -> None:
        with self._lock:
            # The line that was ended is shown until the next one begins.
            self._line = message.line
            if message.complete:
                stamp = _nanoseconds(message.header.stamp)
                self._fresh_lines.append(WrittenLine(message.line, message.quality != 0, stamp))
            self._note_latency("handwriting", message)

    def _on_teleop(self, message: Any) -> None:
        driving = Driving(message.state == message.ENGAGED, message.mode, message.reason)
        with self._lock:
            if self._driving is None or driving.engaged != self._driving.engaged:
                self._fresh_driving.append(driving)
            self._driving = driving

    def _on_truth(self, message: Any) -> None:
        with self._lock:
            self._true_velocity = message.wrist_velocity
            for name in message.gestures:
                stamp = _nanoseconds(message.header.stamp)
                self._done.append(SeenGesture(name, "", None, False, time.monotonic(), stamp))

    def _on_diagnostics(self, message: Any) -> None:
        with self._lock:
            for status in message.status:
                phase = next((pair.value for pair in status.values if pair.key == "state"), "")
                level = status.level
                number = level[0] if isinstance(level, (bytes, bytearray)) else int(level)
                short = status.name.rsplit("/", 1)[-1]
                self._nodes[short] = NodeState(phase, number, status.message)

    def _note_latency(self, name: str, message: Any) -> None:
        latency = 1e-9 * (time.time_ns() - _nanoseconds(message.header.stamp))
        if 0.0 <= latency <= _LONGEST_LATENCY:
            self._latencies.setdefault(name, deque(maxlen=_LATENCIES)).append(latency)


def _nanoseconds(stamp: Any) -> int:
    return int(stamp.sec) * 1_000_000_000 + int(stamp.nanosec)


def _percentiles(seconds: deque[float]) -> tuple[float, float, float]:
    p50, p95, p99 = 1000.0 * np.percentile(np.asarray(seconds), (50, 95, 99))
    return float(p50), float(p95), float(p99)
