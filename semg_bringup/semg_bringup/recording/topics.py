# SPDX-License-Identifier: Apache-2.0
"""Which topics of a graph are recorded, and as what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from semg_driver.recordings.recording import RecordingError

INFO = "emg/info"
CHUNKS = "emg/raw"


@dataclass(frozen=True)
class RecordedTopic:
    """One topic, or a family of topics.

    Attributes
    ----------
    name : str
        Relative to the graph's namespace, or absolute. A ``*`` stands for one last part.
    kind : str
        Message type, such as ``semg_msgs/msg/EmgChunk``.
    latched : bool
        Whether its last message is kept for late subscribers.
    """

    name: str
    kind: str
    latched: bool = False

    @property
    def is_family(self) -> bool:
        """Whether the name stands for several topics."""
        return self.name.endswith("*")


TOPICS = (
    RecordedTopic(INFO, "semg_msgs/msg/EmgInfo", latched=True),
    RecordedTopic(CHUNKS, "semg_msgs/msg/EmgChunk"),
    RecordedTopic("emg/conditioned", "semg_msgs/msg/EmgChunk"),
    RecordedTopic("emg/mpf/*", "semg_msgs/msg/MpfFrame"),
    RecordedTopic("gesture/probabilities", "semg_msgs/msg/GestureProbabilities"),
    RecordedTopic("gesture/event", "semg_msgs/msg/GestureEvent"),
    RecordedTopic("wrist/velocity", "semg_msgs/msg/WristVelocity"),
    RecordedTopic("handwriting/text", "semg_msgs/msg/HandwritingText"),
    RecordedTopic("simulation/truth", "semg_msgs/msg/SimulationTruth"),
    RecordedTopic("teleop/state", "semg_msgs/msg/TeleopState", latched=True),
    RecordedTopic("/diagnostics", "diagnostic_msgs/msg/DiagnosticArray"),
)


def choose(patterns: Iterable[str]) -> tuple[RecordedTopic, ...]:
    """Return the topics that match any of the patterns; all of them when there is no pattern.

    Parameters
    ----------
    patterns : iterable of str
        Names relative to the namespace; ``*`` stands for anything, as in ``gesture/*``.

    Raises
    ------
    RecordingError
        If a pattern matches nothing.
    """
    chosen: dict[str, RecordedTopic] = {}
    for pattern in patterns:
        found = [topic for topic in TOPICS if _matches(topic, pattern)]
        if not found:
            known = ", ".join(topic.name for topic in TOPICS)
            raise RecordingError(f"--topics {pattern}: no such topic; there are: {known}")
        for topic in found:
            one = RecordedTopic(pattern, topic.kind) if _is_member(topic, pattern) else topic
            chosen[one.name] = one
    return tuple(chosen.values()) or TOPICS


def resolve(namespace: str, name: str) -> str:
    """Return the absolute name of a topic in a namespace."""
    if name.startswith("/"):
        return name
    return f"{namespace.rstrip('/')}/{name}" if namespace.strip("/") else f"/{name}"


def _is_member(topic: RecordedTopic, pattern: str) -> bool:
    return topic.is_family and "*" not in pattern


def _matches(topic: RecordedTopic, pattern: str) -> bool:
    if _is_member(topic, pattern):
        return fnmatchcase(pattern, topic.name)
    return fnmatchcase(topic.name, pattern) or fnmatchcase(topic.name, f"/{pattern}")
