# SPDX-License-Identifier: Apache-2.0
"""From decoders' messages to commands: mapping, deliberate act and gate, without ROS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import partial

from semg_teleop.command import Command
from semg_teleop.mapping.mapper import Mapper
from semg_teleop.profile.gesture_names import is_decoded
from semg_teleop.profile.profile import Profile
from semg_teleop.safety.clock_guard import ClockGuard
from semg_teleop.safety.deliberate_act import DeliberateAct, Verdict
from semg_teleop.safety.emergency_stop import EmergencyStop
from semg_teleop.safety.feedback_guard import FeedbackGuard
from semg_teleop.safety.gate import Decision, Gate, GateSettings
from semg_teleop.safety.inbox import Inbox
from semg_teleop.safety.own_nodes import OwnNodes
from semg_teleop.safety.source_check import SourceCheck
from semg_teleop.safety.stream_guard import Heading, InputLimits, StreamGuard

LONGEST_CYCLE_S = 0.1
"""A cycle that comes later than this after the one before has missed too much to go on."""


class State(IntEnum):
    """As in ``TeleopState.msg``."""

    DISENGAGED = 0
    ENGAGED = 1
    EMERGENCY_STOP = 2


@dataclass(frozen=True)
class Outcome:
    """What one cycle came to.

    Attributes
    ----------
    command : Command or None
        What to send; None: nothing.
    state : State
        Whether commands pass.
    armed : bool
        Whether the last step of the deliberate act would be enough.
    reason : str
        Why commands do not pass, if they do not.
    obstacles : tuple of str
        All that is in the way of engaging.
    mode : str
        Of the mapping.
    """

    command: Command | None
    state: State
    armed: bool
    reason: str
    obstacles: tuple[str, ...]
    mode: str


class Teleoperation:
    """One wearer who drives one robot.

    What decoders, switches and the robot say is handed in with the steady time of its arrival;
    `cycle` makes of it what is to be sent. Nothing here waits or knows a clock.

    Parameters
    ----------
    profile : Profile
        What the wearer's movements do.
    act : DeliberateAct
        How the wearer engages.
    limits : InputLimits
        What is too late.
    settings : GateSettings
        Times of the gate.
    own_nodes : sequence of str
        Full names of the nodes whose errors disengage.
    feedback_topic : str
        The robot's feedback, for messages; empty: none is asked for.
    feedback_timeout : float
        s.
    emergency : EmergencyStop
        One that may have been pressed before.
    source : SourceCheck
        One that may know streams already.
    engages_by_hold : bool
        Whether the gesture that engages is the profile's, and does not count in the command
        before.
    """

    def __init__(
        self,
        profile: Profile,
        act: DeliberateAct,
        *,
        limits: InputLimits | None = None,
        settings: GateSettings | None = None,
        own_nodes: Sequence[str] = (),
        feedback_topic: str = "",
        feedback_timeout: float = 0.1,
        emergency: EmergencyStop | None = None,
        source: SourceCheck | None = None,
        engages_by_hold: bool = True,
    ) -> None:
        limits = InputLimits() if limits is None else limits
        self.profile = profile
        self._act = act
        self._mapper = Mapper(profile if engages_by_hold else _without_hold(profile))
        self._gate = Gate(profile, GateSettings() if settings is None else settings)
        self._inbox = Inbox()
        guard = partial(StreamGuard, limits=limits)
        self._probabilities = guard("gesture/probabilities")
        self._events = guard("gesture/event", steady=False)
        self._wrist = guard("wrist/velocity")
        self._text = guard("handwriting/text", steady=False)
        self._guards = [self._probabilities, self._events]
        self._guards += [self._wrist] * profile.uses_wrist
        self._guards += [self._text] * profile.uses_handwriting
        self._own_nodes = OwnNodes(own_nodes)
        self._source = SourceCheck(allow_playback=False) if source is None else source
        self._clock = ClockGuard()
        self._feedback = FeedbackGuard(feedback_topic, feedback_timeout)
        self._emergency = EmergencyStop() if emergency is None else emergency
        self._missing: list[str] = []
        self._surroundings: tuple[str, ...] = ()
        self._last_cycle: float | None = None
        self._ended = ""
        self.engagements = 0

    # -- what is heard ------------------------------------------------------------------------

    def hear_probabilities(
        self, arrival: float, heading: Heading, labels: Sequence[str], held: Sequence[str]
    ) -> None:
        """Take in ``gesture/probabilities``: the decoder's labels, and what is held."""
        self._missing = [label for label in self.profile.gestures if not is_decoded(label, labels)]
        if self._probabilities.hear(arrival, self._judged(heading)):
            self._inbox.held(held)

    def hear_event(self, arrival: float, heading: Heading, name: str) -> None:
        """Take in ``gesture/event``."""
        if self._events.hear(arrival, self._judged(heading)):
            self._inbox.event(name)

    def hear_wrist(
        self, arrival: float, heading: Heading, sample_time: int, velocity: float
    ) -> None:
        """Take in ``wrist/velocity``: rad/s at the sample time in ns."""
        if self._wrist.hear(arrival, self._judged(heading)):
            self._inbox.wrist(sample_time, velocity)

    def hear_text(self, arrival: float, heading: Heading, text: str) -> None:
        """Take in ``handwriting/text``."""
        if self._text.hear(arrival, self._judged(heading)):
            self._inbox.text(text)

    def hear_node(self, name: str, is_error: bool, message: str) -> None:
        """Take in what a node says of itself in ``/diagnostics``."""
        self._own_nodes.hear(name, is_error, message)

    def hear_clock(self, before: float, clock: int, after: float) -> None:
        """Take in the system time in ns, read between two steady times in s."""
        self._clock.hear(before, clock, after)

    def hear_feedback(self, arrival: float, stamp: int | None) -> None:
        """Take in the robot's feedback; `stamp` of its header in ns."""
        self._feedback.hear(arrival, stamp)

    def surroundings(self, obstacles: Sequence[str]) -> None:
        """Take in what is wrong with the graph around, until this is called again."""
        self._surroundings = tuple(obstacles)

    # -- what is asked for --------------------------------------------------------------------

    def arm(self, now: float) -> None:
        """Arm, as the arming gestures do. The act itself is still the wearer's."""
        self._act.arm(now)

    def disarm(self, now: float, reason: str) -> None:
        """Disengage, and ask for the whole act."""
        self._gate.stop(now, reason)
        self._act.disarm()

    def end(self, now: float, reason: str) -> None:
        """Disengage for good: from now on nothing engages."""
        self._ended = reason
        self.disarm(now, reason)

    def _judged(self, heading: Heading) -> Heading:
        """Return a heading as it is judged: the age of what was recorded says nothing."""
        return replace(heading, age=0.0) if self._source.is_recorded(heading.stream_id) else heading

    # -- the cycle ----------------------------------------------------------------------------

    def cycle(self, now: float) -> Outcome:
        """Decide what is sent at the steady time `now` in s, which never goes back."""
        elapsed = 0.0 if self._last_cycle is None else now - self._last_cycle
        self._last_cycle = now
        obstacles = self._obstacles(now, elapsed)
        if obstacles:
            # What came while something was wrong must not move anything later.
            self._inbox.discard()
            self._act.disarm()
            self._mapper.reset()
            verdict = Verdict(False, False, False, "")
            wanted = self.profile.zero
        else:
            intent = self._inbox.take()
            engaged = self._gate.engaged
            verdict = self._act.step(now, intent, engaged)
            wanted = self._mapper.step(intent, engaged and verdict.keeps, elapsed)
        decision = self._gate.step(now, wanted, verdict, obstacles)
        if decision.changed:
            self._changed(decision, verdict)
        return Outcome(
            decision.command,
            self._state(decision),
            verdict.armed,
            decision.reason,
            tuple(obstacles),
            self._mapper.mode,
        )

    def _obstacles(self, now: float, elapsed: float) -> list[str]:
        found = [self._ended] if self._ended else []
        pressed = self._emergency.take_press()
        if pressed or self._emergency.latched:
            found.append("emergency stop: release it, then call teleop/reset_emergency_stop")
        if pressed:
            self._gate.stop(now, found[-1], anyway=True)
        if elapsed > LONGEST_CYCLE_S:
            found.append(
                f"own cycle took {1e3 * elapsed:.0f} ms, must be at most "
                f"{1e3 * LONGEST_CYCLE_S:.0f} ms: what came meanwhile is thrown away"
            )
        found += self._clock.faults()
        for guard in self._guards:
            found += guard.faults(now)
        found += [
            f"gesture/probabilities: the decoder knows no '{label}', which profile "
            f"'{self.profile.name}' expects"
            for label in self._missing
        ]
        found += self._streams()
        found += self._own_nodes.faults()
        found += self._feedback.faults(now)
        return [*found, *self._surroundings]

    def _streams(self) -> list[str]:
        """Return what is wrong with where the inputs come from."""
        ids = [guard.stream_id for guard in self._guards if guard.stream_id is not None]
        faults = [
            fault for stream_id in dict.fromkeys(ids) for fault in self._source.faults(stream_id)
        ]
        if len(set(ids)) > 1:
            faults.append("the decoders work on different streams: is there a second band?")
        return list(dict.fromkeys(faults))

    def _changed(self, decision: Decision, verdict: Verdict) -> None:
        # Integrators start from zero at both ends.
        self._mapper.reset()
        if decision.engaged:
            self.engagements += 1
        elif verdict.keeps:
            # It was ended against the wearer's will.
            self._act.disarm()
        else:
            self._act.spend()

    def _state(self, decision: Decision) -> State:
        if self._emergency.latched:
            return State.EMERGENCY_STOP
        return State.ENGAGED if decision.engaged else State.DISENGAGED


def _without_hold(profile: Profile) -> Profile:
    """Return a profile in which every held gesture counts, engaged or not."""
    return replace(profile, engagement=replace(profile.engagement, hold=()))
