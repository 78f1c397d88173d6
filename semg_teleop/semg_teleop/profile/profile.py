# SPDX-License-Identifier: Apache-2.0
"""A mapping profile: what gestures, held gestures and the wrist do."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

from semg_teleop.command import Command

GESTURES = (
    "index_press",
    "index_release",
    "middle_press",
    "middle_release",
    "thumb_click",
    "thumb_down",
    "thumb_in",
    "thumb_out",
    "thumb_up",
)
"""Labels that a profile may use unless it says which its decoder has."""


class OutputKind(Enum):
    """Message that an output is sent as."""

    TWIST_STAMPED = "geometry_msgs/msg/TwistStamped"
    TWIST = "geometry_msgs/msg/Twist"
    JOINT_JOG = "control_msgs/msg/JointJog"
    JOY = "sensor_msgs/msg/Joy"
    TEXT = "std_msgs/msg/String"


TWIST_COMPONENTS = ("linear.x", "linear.y", "linear.z", "angular.x", "angular.y", "angular.z")


@dataclass(frozen=True)
class LimitGroup:
    """Components of an output that share a limit.

    Attributes
    ----------
    components : tuple of int
        Indices into `Output.components`.
    largest : float
        Largest Euclidean norm of these components, in their unit (m/s, rad/s, or 1).
    growth : float
        Largest growth of the magnitude of each of them per s; infinite for none.
    apart : bool
        Whether only these components are scaled to their limit, and not the whole vector.
    """

    components: tuple[int, ...]
    largest: float
    growth: float = math.inf
    apart: bool = False


@dataclass(frozen=True)
class Output:
    """A topic that commands go to.

    Attributes
    ----------
    name : str
        As the profile calls it.
    kind : OutputKind
        Message type.
    topic : str
        Relative to the node's namespace unless it begins with a slash.
    frame_id : str
        Frame in the header, where the message has one.
    components : tuple of str
        Names of the numbers in a command: `TWIST_COMPONENTS`, the joints' names, or
        ``axes.0`` … ``buttons.0`` … of a Joy; empty for text.
    limits : tuple of LimitGroup
        Every component is in exactly one of them.
    """

    name: str
    kind: OutputKind
    topic: str
    frame_id: str = ""
    components: tuple[str, ...] = ()
    limits: tuple[LimitGroup, ...] = ()


@dataclass(frozen=True)
class Response:
    """How a deflection becomes a value.

    Attributes
    ----------
    full : float
        Deflection that gives the whole value, in rad or rad/s.
    dead_band : float
        Share of `full` within which the value is zero, from 0 to below 1.
    curve : float
        Exponent: 1 is straight, above 1 is finer around zero.
    """

    full: float
    dead_band: float = 0.1
    curve: float = 1.0


@dataclass(frozen=True)
class Held:
    """A gesture that is held."""

    gesture: str


@dataclass(frozen=True)
class Event:
    """A gesture event, which counts for `duration` s."""

    name: str
    duration: float = 0.1


@dataclass(frozen=True)
class WristAngle:
    """The wrist's velocity, integrated from where the wrist was when it was engaged or re-centred.

    Attributes
    ----------
    response : Response
        With `full` in rad; the integral stops there.
    leak : float
        Time constant in s with which the integral returns to zero; 0: it does not.
    while_held : str
        Gesture that has to be held for the wrist to count; it begins at zero with each hold.
        Empty: it counts always.
    """

    response: Response
    leak: float = 0.0
    while_held: str = ""


@dataclass(frozen=True)
class WristVelocity:
    """The wrist's velocity as it is, with `Response.full` in rad/s.

    Attributes
    ----------
    response : Response
        From velocity to value.
    while_held : str
        Gesture that has to be held for the wrist to count; empty: it counts always.
    """

    response: Response
    while_held: str = ""


@dataclass(frozen=True)
class Handwriting:
    """Handwritten text as it is settled."""


Source = Held | Event | WristAngle | WristVelocity | Handwriting


@dataclass(frozen=True)
class Binding:
    """One source of one component. Bindings of the same component add up.

    Attributes
    ----------
    output : str
        Name of the output.
    component : int
        Index into its components; -1 for a text output.
    source : Source
        What it depends on.
    value : float
        Of the component at full deflection or while the gesture holds; may be negative.
    text : str
        What an event writes, for a text output.
    """

    output: str
    component: int
    source: Source
    value: float = 0.0
    text: str = ""


@dataclass(frozen=True)
class Mode:
    """A set of bindings, of which one is in force at a time.

    Attributes
    ----------
    name : str
        Such as ``drive``.
    enter : tuple of str
        Gesture events that switch to it, from any other mode.
    recentre : tuple of str
        Gesture events that set its integrated axes to zero.
    bindings : tuple of Binding
        Empty in a pause.
    """

    name: str
    enter: tuple[str, ...] = ()
    recentre: tuple[str, ...] = ()
    bindings: tuple[Binding, ...] = ()


@dataclass(frozen=True)
class Engagement:
    """The deliberate act that engages.

    Attributes
    ----------
    arm : tuple of str
        Gesture events that have to come one after another, with none between, before a hold
        counts; empty: every hold does.
    arm_after : float
        s before the first of them without any gesture.
    arm_within : float
        s that these may take in all.
    armed_for : float
        s after arming in which a hold may begin. Any gesture that is no hold and switches no
        mode, and a hold that is too short, ends it sooner.
    again_within : float
        s after an engagement in which another hold may begin, by the same rules.
    hold : tuple of str
        Gestures any of which, held, engages; empty: only a dead-man switch does.
    hold_after : float
        s before the hold without any gesture.
    hold_for : float
        s that it has to be held.
    disengage : tuple of str
        Gesture events that disengage.
    """

    arm: tuple[str, ...] = ()
    arm_after: float = 2.0
    arm_within: float = 2.0
    armed_for: float = 5.0
    again_within: float = 3.0
    hold: tuple[str, ...] = ()
    hold_after: float = 0.7
    hold_for: float = 0.7
    disengage: tuple[str, ...] = ()


@dataclass(frozen=True)
class Profile:
    """What gestures, held gestures and the wrist do.

    Attributes
    ----------
    name, description : str
        For people.
    outputs : tuple of Output
        Where commands go.
    engagement : Engagement
        What engages.
    modes : tuple of Mode
        The first is in force at the start.
    gestures : tuple of str
        Labels that the decoder is expected to have.
    path : str
        File that it was read from.
    """

    name: str
    description: str
    outputs: tuple[Output, ...]
    engagement: Engagement
    modes: tuple[Mode, ...]
    gestures: tuple[str, ...] = GESTURES
    path: str = ""

    @property
    def zero(self) -> Command:
        """The command that stops everything."""
        return Command(
            {
                output.name: (0.0,) * len(output.components)
                for output in self.outputs
                if output.kind is not OutputKind.TEXT
            }
        )

    @property
    def switching(self) -> frozenset[str]:
        """Gesture events that switch modes."""
        return frozenset(event for mode in self.modes for event in mode.enter)

    @property
    def uses_wrist(self) -> bool:
        """Whether any mode depends on the wrist."""
        return any(
            isinstance(binding.source, WristAngle | WristVelocity)
            for mode in self.modes
            for binding in mode.bindings
        )

    @property
    def uses_handwriting(self) -> bool:
        """Whether any mode depends on handwriting."""
        return any(
            isinstance(binding.source, Handwriting)
            for mode in self.modes
            for binding in mode.bindings
        )
