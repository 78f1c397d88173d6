# SPDX-License-Identifier: Apache-2.0
"""Draws a snapshot for a terminal."""

from __future__ import annotations

import math

from rich.cells import cell_len
from rich.text import Text

from semg_bringup.view.snapshot import (
    Band,
    Contact,
    Driving,
    NodeState,
    SeenGesture,
    Snapshot,
    Source,
)

LEFT_WIDTH = 34
_BAR = 16
_WRIST_HALF = 12
_WRIST_WORDS = 15  # title and number beside the wrist bar
_BESIDE_WIDTH = 44
_INDENT = 8
_FASTEST = 3.5  # rad/s at the end of the wrist bar, about 200 deg/s
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_HEADLINES = {
    Source.SIMULATED: ("SIMULATED WEARER - not a real person", "bold black on yellow"),
    Source.PLAYBACK: ("PLAYBACK of a recording", "bold black on cyan"),
    Source.LIVE: ("LIVE BAND", "bold black on green"),
    Source.UNKNOWN: ("SOURCE UNKNOWN", "bold black on white"),
}
_CONTACT_STYLE = {Contact.GOOD: "green", Contact.SUSPECT: "yellow", Contact.FLAT: "red"}
_LEVEL_STYLE = ("green", "yellow", "red")


def draw(snapshot: Snapshot, width: int = 80, height: int = 24) -> Text:
    """Return the picture of a snapshot, at most `height` lines of about `width` characters.

    On a narrow terminal what the wearer did is left out, and the lines at the foot are broken.
    """
    foot = _foot(snapshot, width)
    head = _head(snapshot, width)
    room = max(height - len(head) - len(foot), 1)
    left, right = _channels(snapshot, room), _decoded(snapshot, width - LEFT_WIDTH)
    lines = head
    for i in range(min(max(len(left), len(right)), room)):
        line = left[i] if i < len(left) else Text()
        line.append(" " * max(LEFT_WIDTH - line.cell_len, 0))
        if i < len(right):
            line.append_text(right[i])
        lines.append(line)
    lines += foot
    for line in lines:
        line.truncate(width)
    return Text("\n").join(lines[:height])


def _head(snapshot: Snapshot, width: int) -> list[Text]:
    band = snapshot.band
    clock = f"{int(snapshot.running) // 60:d}:{int(snapshot.running) % 60:02d}"
    title = Text(" semg  ", style="bold")
    if band is None:
        title.append("waiting for a band ...", style="not bold yellow")
        device = Text()
    else:
        words, style = _HEADLINES[band.source]
        title.append(f" {words} ", style=style)
        device = Text(f" {_describe(band)}")
    title.append(" " * max(width - title.cell_len - len(clock) - 1, 1)).append(clock)
    hint = " Muscle signals (left) become gestures and wrist motion (right). Ctrl-C stops."
    short = " Ctrl-C stops."
    return [title, device, Text(hint if len(hint) <= width else short, style="dim")]


def _describe(band: Band) -> str:
    parts = [f"{band.device} {band.serial}".strip()]
    parts += [f"{band.sample_rate:g} Hz", f"{len(band.channel_labels)} channels"]
    if band.hand:
        parts.append(band.hand)
    return ", ".join(parts)


def _channels(snapshot: Snapshot, room: int) -> list[Text]:
    unit = "x noise" if snapshot.levels_conditioned else _raw_unit(snapshot)
    lines = [Text(f" channel  signal level ({unit})", style="bold")]
    labels = snapshot.band.channel_labels if snapshot.band else ()
    count = len(snapshot.levels)
    shown = count if count < room else max(room - 2, 0)
    for c in range(shown):
        label = labels[c] if c < len(labels) else str(c)
        lines.append(_channel(label, snapshot.levels[c], snapshot, c))
    if shown < count:
        lines.append(Text(f"     ... and {count - shown} more channels", style="dim"))
    return lines


def _raw_unit(snapshot: Snapshot) -> str:
    volts = snapshot.band is not None and snapshot.band.unit == "V"
    return "µV, raw" if volts else "raw"


def _channel(label: str, level: float, snapshot: Snapshot, channel: int) -> Text:
    contact = snapshot.contacts[channel]
    if not snapshot.levels_conditioned and snapshot.band and snapshot.band.unit == "V":
        level *= 1e6
    line = Text(f"{label[-5:]:>5} ")
    line.append(bar(level_fraction(level), _BAR), style=_CONTACT_STYLE[contact])
    line.append(f"{level:6.1f}" if math.isfinite(level) else "     -")
    if contact is not Contact.GOOD:
        line.append(f" {contact.value}"[:9], style=f"bold {_CONTACT_STYLE[contact]}")
    return line


def level_fraction(level: float) -> float:
    """Return where on its bar a level stands: noise at 0, 300 times the noise at 1."""
    if not math.isfinite(level) or level <= 1.0:
        return 0.0
    return min(math.log(level) / math.log(300.0), 1.0)


def bar(fraction: float, width: int) -> str:
    """Return a bar of exactly `width` characters."""
    eighths = round(8 * width * min(max(fraction, 0.0), 1.0))
    whole, rest = divmod(eighths, 8)
    drawn = "█" * whole + (_EIGHTHS[rest] if rest else "")
    return drawn.ljust(width)


def centred_bar(value: float, half: int) -> str:
    """Return a bar from the middle, to the right for positive values from -1 to 1."""
    cells = min(round(abs(value) * half), half)
    left, right = (cells, 0) if value < 0 else (0, cells)
    return "─" * (half - left) + "█" * left + "│" + "█" * right + "─" * (half - right)


def _decoded(snapshot: Snapshot, width: int) -> list[Text]:
    simulated = snapshot.band is not None and snapshot.band.source is Source.SIMULATED
    beside = simulated and width >= _BESIDE_WIDTH
    half = min(max((width - _WRIST_WORDS - 1) // 2, 1), _WRIST_HALF)
    title = Text(f"{'gestures decoded':<25}", style="bold")
    if beside:
        title.append("what the wearer did")
    lines = [title]
    for i in range(8):
        line = Text()
        if i < len(snapshot.events):
            line.append_text(_event(snapshot.events[i], snapshot.now))
        if beside and i < len(snapshot.done):
            line.append(" " * max(25 - line.cell_len, 1))
            done = snapshot.done[i]
            line.append(f"{_age(done, snapshot.now)} {_words(done.name)}", style="dim")
        lines.append(line)
    if not snapshot.events:
        lines[1] = Text("none yet", style="dim").append_text(lines[1][8:])
    lines.append(Text())
    held = Text("held now  ", style="bold")
    if snapshot.held:
        held.append(f" {', '.join(snapshot.held)} ", style="bold black on green")
    else:
        held.append("nothing", style="dim")
    lines.append(held)
    if snapshot.line is not None:
        lines.append(_writing(snapshot.line, width))
    if snapshot.driving is not None:
        lines.append(_driving(snapshot.driving, width))
    lines += [Text(), Text("wrist velocity (deg/s)", style="bold")]
    lines.append(_wrist("decoded", snapshot.velocity, half, "magenta"))
    if simulated:
        lines.append(_wrist("true", snapshot.true_velocity, half, "dim"))
    if half >= len("extension"):
        lines.append(Text(" " * 9 + f"{'flexion':<{half}} {'extension':>{half}}", "dim"))
    else:
        lines.append(Text(" " * 9 + f"{'flex':<{half}} {'ext':>{half}}", "dim"))
    return lines


def _writing(line: str, width: int) -> Text:
    """Return what is being written; of a long line its end."""
    shown = Text("writing   ", style="bold")
    room = max(width - shown.cell_len - 2, 1)
    while cell_len(line) > room:
        line = line[1:]
    return shown.append(line, "not bold magenta").append("▏", "not bold dim")


def _driving(driving: Driving, width: int) -> Text:
    """Return whether a robot is driven; of a long reason its beginning."""
    shown = Text("robot     ", style="bold")
    if driving.engaged:
        return shown.append(f" driving: {driving.mode} ", "bold black on red")
    shown.append(driving.reason, "not bold yellow")
    shown.truncate(max(width - 1, 1), overflow="ellipsis")
    return shown


def _event(event: SeenGesture, now: float) -> Text:
    age = now - event.seen
    line = Text(_age(event, now), style="dim" if age > 5 else "")
    line.append(f" {_words(event.name):<14}", style="bold green" if age < 1 else "")
    line.append("  - " if event.probability is None else f"{event.probability:.2f}", style="dim")
    if event.suspect:
        line.append(" ?", style="bold yellow")
    return line


def _age(event: SeenGesture, now: float) -> str:
    age = max(now - event.seen, 0.0)
    return f"{age:3.1f}s" if age < 9.95 else f"{min(int(age), 999):3d}s"


def _words(name: str) -> str:
    return name.replace("_", " ")


def _wrist(title: str, velocity: float | None, half: int, style: str) -> Text:
    line = Text(f"{title:<9}", style="dim")
    if velocity is None or not math.isfinite(velocity):
        return line.append("-", style="dim")
    line.append(centred_bar(velocity / _FASTEST, half), style=style)
    # Adding 0 turns a negative zero into a positive one.
    return line.append(f" {round(math.degrees(velocity)) + 0:+5d}")


def _foot(snapshot: Snapshot, width: int) -> list[Text]:
    notice = Text(f" {snapshot.notices[-1]}" if snapshot.notices else "", style="yellow")
    lines = [notice]
    for title, parts in (
        ("rates", _rates(snapshot)),
        ("delay", _delays(snapshot)),
        ("nodes", _nodes(snapshot)),
    ):
        lines += _flow(title, parts, width)
    return lines


def _flow(title: str, parts: list[Text], width: int) -> list[Text]:
    """Set parts beside each other, on as many lines as they need."""
    lines = [Text(f" {title:<7}", style="dim")]
    for part in parts:
        if lines[-1].cell_len > _INDENT and lines[-1].cell_len + part.cell_len > width:
            lines.append(Text(" " * _INDENT))
        lines[-1].append_text(part).append(" " if part.plain.endswith(",") else "  ")
    return lines


def _rates(snapshot: Snapshot) -> list[Text]:
    parts = [Text(f"{name} {rate:.0f}/s", "not dim") for name, rate in snapshot.rates.items()]
    style = "not dim bold red" if snapshot.lost_samples else "not dim green"
    parts.append(Text(f"{snapshot.lost_samples} samples lost", style))
    if snapshot.streams > 1:
        parts.append(Text(f"{snapshot.streams} streams", "not dim"))
    return parts


def _delays(snapshot: Snapshot) -> list[Text]:
    if not snapshot.latencies:
        return [Text("not known: no results yet, or samples that bear an old time", "dim")]
    parts = [
        Text(f"{name} {p50:.0f}/{p95:.0f}/{p99:.0f}", "not dim")
        for name, (p50, p95, p99) in snapshot.latencies.items()
    ]
    return [*parts, Text("ms (p50/p95/p99, sample to result)", "dim")]


def _nodes(snapshot: Snapshot) -> list[Text]:
    if not snapshot.nodes:
        return [Text("-", "not dim")]
    good = [name for name, node in sorted(snapshot.nodes.items()) if _is_well(node)]
    parts = [Text(f"{name},", "not dim") for name in good[:-1]]
    parts += [Text(f"{name} ", "not dim").append("active", "green") for name in good[-1:]]
    for name, node in sorted(snapshot.nodes.items()):
        if not _is_well(node):
            style = f"not dim {_LEVEL_STYLE[min(node.level, 2)]}"
            parts.append(Text(f"{name} ", "not dim").append(node.message or node.phase, style))
    return parts


def _is_well(node: NodeState) -> bool:
    return node.level == 0 and node.phase == "active"
