# SPDX-License-Identifier: Apache-2.0
"""The views that ``semg run`` shows: a live screen, or plain lines."""

from __future__ import annotations

import math
import sys
import time
from datetime import datetime
from typing import Protocol, TextIO

from rich.console import Console
from rich.live import Live

from semg_bringup.view.log_capture import LogCapture
from semg_bringup.view.screen import draw
from semg_bringup.view.snapshot import Driving, SeenGesture, Snapshot, Source, WrittenLine
from semg_bringup.view.state import ViewState

REFRESH_S = 0.125
STATUS_S = 5.0


class View(Protocol):
    """Shows a `ViewState`."""

    def open(self) -> None:
        """Begin."""

    def tick(self) -> None:
        """Show what is new, if it is time; to be called often, and cheap when it is not."""

    def close(self) -> None:
        """End, and leave the terminal as it was."""


def can_draw() -> bool:
    """Say whether standard output is a terminal on which a picture can be drawn again and again."""
    console = Console()
    return sys.stdout.isatty() and console.is_terminal and not console.is_dumb_terminal


class LiveView:
    """Draws the state on the whole terminal, eight times a second.

    Log lines of nodes would tear the picture: they are kept back, the last one is shown, and
    all of them are printed at the end.
    """

    def __init__(self, state: ViewState, console: Console | None = None) -> None:
        self._state = state
        self._console = console or Console()
        self._logs = LogCapture()
        self._live = Live(
            console=self._console,
            screen=True,
            auto_refresh=False,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._next = 0.0

    def open(self) -> None:
        """Take over the terminal."""
        self._logs.begin()
        self._live.start()

    def tick(self) -> None:
        """Draw, if it is time."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + REFRESH_S
        snapshot = self._state.snapshot(self._logs.last_lines(1))
        self._live.update(draw(snapshot, *self._console.size), refresh=True)

    def close(self) -> None:
        """Give the terminal back, and say what happened."""
        self._live.stop()
        self._logs.end()
        self._console.print(summary(self._state.snapshot()), highlight=False, markup=False)


class PlainView:
    """Prints one line for each gesture, and one on the state now and then."""

    def __init__(self, state: ViewState, stream: TextIO | None = None) -> None:
        self._state = state
        self._stream = sys.stdout if stream is None else stream
        self._said = ""
        self._next_status = time.monotonic() + STATUS_S

    def open(self) -> None:
        """Say what will be seen."""
        self._print(
            "semg: one line for each decoded gesture (time of the movement, name, probability) "
            "and each written line, and the state every 5 s; Ctrl-C stops"
        )

    def tick(self) -> None:
        """Print what is new."""
        news = self._news()
        now = time.monotonic()
        due = now >= self._next_status
        if not (news or due) and self._said:
            return
        snapshot = self._state.snapshot()
        self._introduce(snapshot)
        for line in news:
            self._print(line)
        if due:
            self._next_status = now + STATUS_S
            self._print(status_line(snapshot))

    def close(self) -> None:
        """Print what is left, and say what happened."""
        for line in self._news():
            self._print(line)
        self._print(summary(self._state.snapshot()))

    def _news(self) -> list[str]:
        events, lines = self._state.take_events(), self._state.take_lines()
        changes = [f"robot: {_driving(driving)}" for driving in self._state.take_driving()]
        return [*map(event_line, events), *map(written_line, lines), *changes]

    def _introduce(self, snapshot: Snapshot) -> None:
        band = snapshot.band
        if band is None:
            return
        what = {
            Source.SIMULATED: "SIMULATED wearer, not a real person",
            Source.PLAYBACK: "playback of a recording",
            Source.LIVE: "live band",
            Source.UNKNOWN: "unknown source",
        }[band.source]
        line = (
            f"band: {what}: {band.device} {band.serial}, {band.sample_rate:g} Hz, "
            f"{len(band.channel_labels)} channels"
        )
        if line != self._said:
            self._said = line
            self._print(line)

    def _print(self, line: str) -> None:
        print(line, file=self._stream, flush=True)


def event_line(event: SeenGesture) -> str:
    """Return one decoded gesture as a line."""
    probability = "inferred" if event.probability is None else f"{event.probability:.3f}"
    suspect = "  suspect" if event.suspect else ""
    return f"{_moment(event.stamp_ns)}  {event.name:<15} {probability}{suspect}"


def written_line(line: WrittenLine) -> str:
    """Return a line of handwriting that was ended as a line."""
    suspect = "  suspect" if line.suspect else ""
    return f"{_moment(line.stamp_ns)}  {'written':<15} {line.text}{suspect}"


def _moment(stamp_ns: int) -> str:
    return datetime.fromtimestamp(stamp_ns / 1e9).isoformat(" ", "milliseconds")


def status_line(snapshot: Snapshot) -> str:
    """Return the state as a line."""
    parts = [f"{name} {rate:.0f}/s" for name, rate in snapshot.rates.items()]
    parts.append(f"{snapshot.lost_samples} samples lost")
    if snapshot.velocity is not None:
        parts.append(f"wrist {math.degrees(snapshot.velocity):+.0f} deg/s")
    if snapshot.line is not None:
        parts.append(f"writing '{snapshot.line}'")
    if snapshot.held:
        parts.append(f"held {', '.join(snapshot.held)}")
    if (driving := snapshot.driving) is not None:
        parts.append(
            f"driving: {driving.mode}" if driving.engaged else f"not driving: {driving.reason}"
        )
    parts += [
        f"{name} delay {p50:.0f}/{p95:.0f}/{p99:.0f} ms"
        for name, (p50, p95, p99) in snapshot.latencies.items()
    ]
    bad = [
        f"channel {i} {contact.value}"
        for i, contact in enumerate(snapshot.contacts)
        if contact.value != "good"
    ]
    faults = [
        f"{name}: {node.message}" for name, node in sorted(snapshot.nodes.items()) if node.level
    ]
    return "status: " + ", ".join([*parts, *bad, *faults])


def _driving(driving: Driving) -> str:
    return f"driving: {driving.mode}" if driving.engaged else f"not driving: {driving.reason}"


def summary(snapshot: Snapshot) -> str:
    """Return what happened while the view was open."""
    return (
        f"ran for {snapshot.running:.1f} s: {snapshot.samples} samples, "
        f"{snapshot.lost_samples} lost, {snapshot.event_count} gesture events decoded"
    )
