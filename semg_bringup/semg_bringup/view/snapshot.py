# SPDX-License-Identifier: Apache-2.0
"""What a view shows at one moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class Contact(Enum):
    """How a channel looks."""

    GOOD = "good"
    SUSPECT = "suspect"
    FLAT = "flat"


class Source(Enum):
    """Where the samples come from; values as in ``semg_msgs/EmgInfo``."""

    UNKNOWN = 0
    LIVE = 1
    SIMULATED = 2
    PLAYBACK = 3


@dataclass(frozen=True)
class Band:
    """What is known of the band."""

    device: str
    serial: str
    source: Source
    sample_rate: float
    channel_labels: tuple[str, ...]
    hand: str
    unit: str


@dataclass(frozen=True)
class SeenGesture:
    """A gesture event, decoded or done by a simulated wearer.

    Attributes
    ----------
    name : str
        Such as ``index_press``.
    kind : str
        ``press``, ``release`` or ``instant``; empty for what a wearer did.
    probability : float or None
        Of a decoded event; None where it was inferred or done by a wearer.
    suspect : bool
        Whether it was decoded from bad input.
    seen : float
        Steady time of receipt in s.
    stamp_ns : int
        Sample time.
    """

    name: str
    kind: str
    probability: float | None
    suspect: bool
    seen: float
    stamp_ns: int


@dataclass(frozen=True)
class WrittenLine:
    """A line of handwriting that was ended.

    Attributes
    ----------
    text : str
        After edits.
    suspect : bool
        Whether it was ended from bad input.
    stamp_ns : int
        Sample time of its end.
    """

    text: str
    suspect: bool
    stamp_ns: int


@dataclass(frozen=True)
class NodeState:
    """What a node last said of itself; `level` 0 is good, 1 a warning, 2 an error."""

    phase: str
    level: int
    message: str


@dataclass(frozen=True)
class Driving:
    """Whether a robot is driven; `reason` says why not."""

    engaged: bool
    mode: str
    reason: str


@dataclass(frozen=True)
class Snapshot:
    """Everything that is shown.

    Attributes
    ----------
    now, running : float
        Steady time; how long the view has been open; s.
    levels : tuple of float
        Signal level of each channel (rms over the last moment); in noise s.d. if
        `levels_conditioned`, else in the band's unit.
    contacts : tuple of Contact
        State of each channel.
    events, done : tuple of SeenGesture
        Decoded ones and those a simulated wearer did, newest first.
    event_count : int
        Decoded ones since the view was opened.
    held : tuple of str
        Gestures pressed and not released.
    velocity, true_velocity : float or None
        Wrist, rad/s.
    line : str or None
        What is being written, after edits; None where nobody decodes handwriting.
    driving : Driving or None
        None where nobody drives a robot.
    rates : dict of str to float
        Messages per second by topic.
    samples, lost_samples, gaps, streams : int
        Of ``emg/raw`` since the view was opened.
    latencies : dict of str to (float, float, float)
        From sample time to receipt: p50, p95, p99 in ms, by what was received.
    nodes : dict of str to NodeState
        By name.
    notices : tuple of str
        Last log lines.
    """

    now: float
    running: float
    band: Band | None = None
    levels: tuple[float, ...] = ()
    levels_conditioned: bool = True
    contacts: tuple[Contact, ...] = ()
    events: tuple[SeenGesture, ...] = ()
    done: tuple[SeenGesture, ...] = ()
    event_count: int = 0
    held: tuple[str, ...] = ()
    velocity: float | None = None
    true_velocity: float | None = None
    line: str | None = None
    driving: Driving | None = None
    rates: dict[str, float] = field(default_factory=dict)
    samples: int = 0
    lost_samples: int = 0
    gaps: int = 0
    streams: int = 0
    latencies: dict[str, tuple[float, float, float]] = field(default_factory=dict)
    nodes: dict[str, NodeState] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
