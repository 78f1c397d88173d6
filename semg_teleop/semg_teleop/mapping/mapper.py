# SPDX-License-Identifier: Apache-2.0
"""From what the wearer means to what is sent, cycle by cycle."""

from __future__ import annotations

import math

from semg_teleop.command import Command, Text, Vector
from semg_teleop.intent import Intent
from semg_teleop.mapping.mode_switch import ModeSwitch
from semg_teleop.mapping.response import share
from semg_teleop.mapping.timed_events import TimedEvents
from semg_teleop.mapping.wrist_axis import WristAxis
from semg_teleop.profile.profile import (
    Event,
    Handwriting,
    Held,
    Profile,
    Source,
    WristAngle,
    WristVelocity,
)

_PRESS = "_press"
_RELEASE = "_release"


class Mapper:
    """Maps intent to commands as a profile says.

    While disengaged it says what the command would be, by which the safety gate knows whether
    the wearer rests: held gestures other than those that engage, events and the velocity of the
    wrist count; integrated axes are zero, and nothing is written. Modes switch all the same.

    Parameters
    ----------
    profile : Profile
        What gestures and the wrist do.
    """

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._modes = ModeSwitch(profile.modes)
        self._axes: dict[WristAngle, WristAxis] = {}
        self._running = TimedEvents()
        self._engaged = False
        self._resting = False
        self._held: frozenset[str] = frozenset()
        self._held_over: frozenset[str] = frozenset()
        self.reset()

    @property
    def mode(self) -> str:
        """Name of the mode in force."""
        return self._modes.mode.name

    def reset(self) -> None:
        """Set integrated axes to zero and end running events. The mode stays."""
        self._running.clear()
        self._axes = {
            binding.source: WristAxis(binding.source)
            for binding in self._modes.mode.bindings
            if isinstance(binding.source, WristAngle)
        }

    def step(self, intent: Intent, engaged: bool, elapsed: float) -> Command:
        """Return the command of one cycle; limits are not applied.

        Parameters
        ----------
        intent : Intent
            What came since the last cycle.
        engaged : bool
            Whether commands have been passed on since the last cycle.
        elapsed : float
            s since the last cycle.

        Raises
        ------
        ValueError
            If a number is not finite, or `elapsed` negative.
        """
        _check(intent, elapsed)
        if engaged is not self._engaged:
            self.reset()
        self._engaged = engaged
        self._running.pass_time(elapsed)
        texts = [text for event in intent.events for text in self._take(event)]
        texts += self._written(intent.text)
        self._held = intent.held
        self._held_over &= intent.held
        self._move_axes(intent.wrist_travel, elapsed)
        return Command(self._vectors(intent), tuple(texts) if engaged else ())

    def _take(self, event: str) -> list[Text]:
        """Do what an event does, and return what it writes."""
        self._press_or_release(event)
        if self._modes.switches(event):
            # What was pressed for one mode means nothing in another until it is pressed anew.
            self._held_over |= self._held
            self.reset()
            self._resting = True
            return []
        if event in self._modes.mode.recentre:
            self._centre()
        texts = []
        for binding in self._modes.mode.bindings:
            if isinstance(binding.source, Event) and binding.source.name == event:
                self._running.begin(binding.source)
                if binding.text:
                    texts.append(Text(binding.output, binding.text))
        return texts

    def _press_or_release(self, event: str) -> None:
        if event.endswith(_PRESS):
            gesture = {event.removesuffix(_PRESS)}
            self._held |= gesture
            self._held_over -= gesture
        elif event.endswith(_RELEASE):
            self._held -= {event.removesuffix(_RELEASE)}

    def _centre(self) -> None:
        for axis in self._axes.values():
            axis.centre()
        self._resting = True

    def _move_axes(self, travel: float, elapsed: float) -> None:
        """Move the axes by a cycle's travel.

        In a cycle in which they were centred they rest: how much of the travel came before the
        event is not known.
        """
        if self._engaged and not self._resting:
            for source, axis in self._axes.items():
                if self._counts(source.while_held):
                    axis.move(travel, elapsed)
                else:
                    axis.centre()
        self._resting = False

    def _written(self, text: str) -> list[Text]:
        if not text:
            return []
        return [
            Text(binding.output, text)
            for binding in self._modes.mode.bindings
            if isinstance(binding.source, Handwriting)
        ]

    def _vectors(self, intent: Intent) -> dict[str, Vector]:
        zero = self._profile.zero.vectors
        vectors = {output: list(vector) for output, vector in zero.items()}
        for binding in self._modes.mode.bindings:
            if binding.output in vectors:
                whole = self._share(binding.source, intent)
                vectors[binding.output][binding.component] += binding.value * whole
        return {output: tuple(vector) for output, vector in vectors.items()}

    def _share(self, source: Source, intent: Intent) -> float:
        if isinstance(source, Held):
            return float(self._counts(source.gesture))
        if isinstance(source, Event):
            return float(self._running.counts(source))
        if isinstance(source, WristAngle):
            return share(self._axes[source].angle, source.response)
        if isinstance(source, WristVelocity) and self._counts(source.while_held):
            return share(intent.wrist_velocity, source.response)
        return 0.0

    def _counts(self, gesture: str) -> bool:
        """Say whether a gesture is held, for this mode, and may move anything."""
        if not gesture:
            return True
        # The hold that engages must not itself be what the gate waits to end.
        engages = not self._engaged and gesture in self._profile.engagement.hold
        return gesture in self._held and gesture not in self._held_over and not engages


def _check(intent: Intent, elapsed: float) -> None:
    for name, value in (
        ("wrist_travel", intent.wrist_travel),
        ("wrist_velocity", intent.wrist_velocity),
        ("elapsed", elapsed),
    ):
        if not math.isfinite(value):
            raise ValueError(f"{name}: {value}, must be finite")
    if elapsed < 0.0:
        raise ValueError(f"elapsed: {elapsed} s, must not be negative")
