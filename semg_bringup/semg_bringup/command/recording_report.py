# SPDX-License-Identifier: Apache-2.0
"""What a recording holds."""

from __future__ import annotations

import dataclasses
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from semg_bringup.command.emg_source import EmgSource, open_source
from semg_bringup.command.report import Report, Section
from semg_bringup.command.signal_survey import SignalSurvey
from semg_driver.devices.device import DeviceInfo
from semg_driver.recordings.recording import Recording

_LONGEST_BLOCK = 8192
_MOST_SEGMENTS = 20
_KINDS = {"hdf5": "HDF5 recording", "bag": "rosbag2 bag", "npz": "array of EMG"}


def report_recording(path: Path, topic: str = "") -> Report:
    """Read a whole recording and describe it.

    Raises
    ------
    RecordingError
        If it cannot be read.
    """
    source = open_source(path, topic)
    try:
        survey = _survey(source)
        labels = _labels(source)
    finally:
        source.close()
    topics, events = _bag_contents(path) if source.kind == "bag" else ({}, {})
    size = _size(path)
    info = survey.info
    facts = {
        "kind": source.kind,
        "path": str(path),
        "size_bytes": size,
        "notes": list(source.notes),
        "device": _device_facts(info),
        "duration_s": survey.duration,
        "recorded_s": sum(segment.samples / segment.rate for segment in survey.segments),
        "samples": survey.samples,
        "breaks": len(survey.segments) - 1,
        "gaps": survey.gaps,
        "lost_samples": survey.lost_samples,
        "segments": [dataclasses.asdict(segment) for segment in survey.segments],
        "topics": topics,
        "labels": labels,
        "events": events,
        "channels": [dataclasses.asdict(channel) for channel in survey.channels()],
    }
    sections = [
        Section("recording", _recording_rows(source, survey, size)),
        Section("band", _band_rows(info)),
    ]
    if len(survey.segments) > 1:
        sections.append(_segment_section(survey))
    if topics:
        rows = [(name, one["type"], str(one["messages"])) for name, one in topics.items()]
        sections.append(Section("topics", rows, ("topic", "type", "messages")))
    for title, counts in (("labels", labels), ("events", events)):
        rows = [(name, what, str(n)) for name, inner in counts.items() for what, n in inner.items()]
        if rows:
            sections.append(Section(title, rows, ("from", "name", "count")))
    sections.append(_channel_section(survey))
    return Report(f"{path}: {_KINDS[source.kind]}", facts, sections)


def _survey(source: EmgSource) -> SignalSurvey:
    from tqdm import tqdm

    survey = SignalSurvey()
    with tqdm(
        total=source.samples,
        desc=f"reading {source.path.name}",
        unit=" samples",
        unit_scale=True,
        disable=not sys.stderr.isatty(),
        leave=False,
        delay=1.0,
        file=sys.stderr,
    ) as shown:
        for block in source.blocks(_LONGEST_BLOCK):
            survey.add(block)
            shown.update(len(block.emg))
    survey.finish()
    return survey


def _labels(source: EmgSource) -> dict[str, dict[str, int]]:
    """Count the cues of an HDF5 recording by name."""
    from semg_driver.recordings.released_hdf5 import Hdf5Recording

    recording: Recording | None = source.recording
    if not isinstance(recording, Hdf5Recording):
        return {}
    found = recording.labels()
    counts = {}
    for table_name, table in (("prompts", found.prompts), ("stages", found.stages)):
        if table is None:
            continue
        column = next((name for name in ("name", "prompt") if name in table), None)
        if column is not None:
            counts[table_name] = dict(Counter(str(value) for value in table[column]))
    return counts


def _bag_contents(path: Path) -> tuple[dict[str, Any], dict[str, dict[str, int]]]:
    """Count the messages by topic, and gesture events by name."""
    from semg_driver.recordings.bag_files import BagFiles

    bag = BagFiles(path)
    messages: Counter[str] = Counter()
    events: dict[str, Counter[str]] = {}
    for message in bag.messages(set(bag.topics)):
        messages[message.topic] += 1
        names = _event_names(message)
        if names:
            events.setdefault(message.topic, Counter()).update(names)
    topics = {
        name: {"type": bag.topics[name], "messages": messages[name]} for name in sorted(bag.topics)
    }
    return topics, {topic: dict(sorted(counts.items())) for topic, counts in events.items()}


def _event_names(message: Any) -> list[str]:
    if message.type_name == "semg_msgs/msg/GestureEvent":
        return [message.read().name]
    if message.type_name == "semg_msgs/msg/SimulationTruth":
        return list(message.read().gestures)
    return []


def _size(path: Path) -> int:
    files: Iterator[Path] = path.iterdir() if path.is_dir() else iter((path,))
    return sum(file.stat().st_size for file in files if file.is_file())


def _device_facts(info: DeviceInfo) -> dict[str, Any]:
    return {
        **dataclasses.asdict(info),
        "hand": info.hand.name.lower(),
        "source": info.source.name.lower(),
    }


def _recording_rows(source: EmgSource, survey: SignalSurvey, size: int) -> list[tuple[str, str]]:
    rows = [
        ("size", f"{size / 1e6:.1f} MB"),
        ("duration", f"{survey.duration:.2f} s"),
        ("samples", str(survey.samples)),
        ("true breaks", str(len(survey.segments) - 1)),
        ("gaps", f"{survey.gaps} ({survey.lost_samples} samples lost)" if survey.gaps else "none"),
    ]
    return rows + [("note", note) for note in source.notes]


def _band_rows(info: DeviceInfo) -> list[tuple[str, str]]:
    neighbours = " ".join(map(str, info.ring_order))
    unit = {"V": "V", "noise_sd": "noise s.d."}.get(info.unit, info.unit)
    return [
        ("device", f"{info.device} {info.serial}".strip()),
        ("rate", f"{info.sample_rate:g} Hz"),
        ("bandwidth", f"{info.bandwidth:g} Hz"),
        ("channels", f"{info.channels}: {' '.join(info.channel_labels)}"),
        ("around the wrist", neighbours or "not known to be a ring"),
        ("arm", info.hand.name.lower()),
        ("unit", unit),
        ("sensor noise", f"{info.noise_sd:.4g} V s.d." if info.unit == "V" else "the unit itself"),
        ("full scale", f"±{info.full_scale:.4g} {unit}" if info.full_scale else "not known"),
        ("conditioned", "yes: high-passed at 40 Hz" if info.conditioned else "no: raw"),
    ]


def _segment_section(survey: SignalSurvey) -> Section:
    rows = [
        (
            str(number),
            f"{segment.start:.2f} s",
            str(segment.first_sample),
            str(segment.samples),
            f"{segment.lost_samples} in {segment.gaps} gaps" if segment.gaps else "none",
        )
        for number, segment in enumerate(survey.segments[:_MOST_SEGMENTS])
    ]
    more = len(survey.segments) - len(rows)
    title = "segments between true breaks" + (f" (and {more} more)" if more else "")
    return Section(title, rows, ("segment", "start", "first sample", "samples", "lost"))


def _channel_section(survey: SignalSurvey) -> Section:
    volts = survey.info.unit == "V"
    scale, unit = (1e6, "µV") if volts else (1.0, "noise s.d.")
    rows = [
        (
            channel.label,
            f"{scale * channel.rms:.3g}",
            f"{scale * channel.offset:.3g}",
            f"{channel.faults} in {100 * channel.suspect_share:.1f} % of the time"
            if channel.faults
            else "good",
        )
        for channel in survey.channels()
    ]
    return Section("signal", rows, ("channel", f"rms ({unit})", f"offset ({unit})", "quality"))
