# SPDX-License-Identifier: Apache-2.0
"""Reads a mapping profile and refuses whatever could surprise the wearer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from semg_node.strict_yaml import YamlError, read_yaml
from semg_teleop.profile.event_claims import Claim, Purpose, contradiction
from semg_teleop.profile.fields import Fields, ProfileError
from semg_teleop.profile.gesture_names import (
    GestureNames,
    read_gesture_names,
    refuse_repetition,
)
from semg_teleop.profile.lookup import find_profile
from semg_teleop.profile.profile import (
    Engagement,
    Event,
    Mode,
    Output,
    Profile,
    WristAngle,
)
from semg_teleop.profile.reading_bindings import read_binding
from semg_teleop.profile.reading_outputs import name_fits, read_outputs

__all__ = ["ProfileError", "find_profile", "load_profile"]

FORMAT = 1
DEFAULT_ARM = ("thumb_click",) * 3
_LARGEST = 2**16


def load_profile(path: str | Path) -> Profile:
    """Read and check a profile; nothing in it is run.

    Parameters
    ----------
    path : str or Path
        As `find_profile` takes it: the file, or the name of an installed profile.

    Raises
    ------
    ProfileError
        If there is none, or anything in it does not fit. The line is named.
    """
    path = find_profile(path)
    try:
        fields = Fields(read_yaml(path, _LARGEST), str(path))
    except YamlError as error:
        raise ProfileError(str(error)) from None
    return _Reading(fields, str(path)).profile()


class _Reading:
    """One profile, while it is read."""

    def __init__(self, fields: Fields, path: str) -> None:
        self._fields = fields
        self._path = path
        self._claims: list[Claim] = []
        self._used: set[str] = set()

    def profile(self) -> Profile:
        fields = self._fields
        fields.only("format", "name", "description", "gestures", "engage", "outputs", "modes")
        fields.integer("format", FORMAT, FORMAT)
        name = fields.text("name")
        description = fields.text("description", "")
        gestures = read_gesture_names(fields)
        engagement = self._engagement(fields.inner("engage"), gestures)
        outputs = fields.inner("outputs")
        read = {output.name: output for output in read_outputs(outputs)}
        modes = tuple(self._modes(fields.inner("modes"), read, gestures))
        self._refuse_contradictions(engagement)
        for output in read:
            if output not in self._used:
                raise outputs.wrong(output, "no mode uses it, must be bound or left out")
        return Profile(
            name=name,
            description=description,
            outputs=tuple(read.values()),
            engagement=engagement,
            modes=modes,
            gestures=gestures.events,
            path=self._path,
        )

    def _engagement(self, fields: Fields, gestures: GestureNames) -> Engagement:
        fields.only(
            "arm", "arm_after", "arm_within", "armed_for", "again_within",
            "hold", "hold_after", "hold_for", "disengage",
        )  # fmt: skip
        if fields.has("arm"):
            arm = self._events(fields, "arm", Purpose.ARM, gestures)
        else:
            arm = DEFAULT_ARM
            for event in arm:
                if event not in gestures.events:
                    said = f"is missing, and '{event}', its default, is no gesture event"
                    raise fields.wrong("arm", said)
                self._claims.append(Claim(event, Purpose.ARM, fields.line))
        hold = fields.texts("hold", gestures.held, "gesture that can be held")
        refuse_repetition(fields, "hold", hold)
        return Engagement(
            arm=arm,
            arm_after=fields.number("arm_after", 2.0, least=0.0, most=10.0),
            arm_within=fields.number("arm_within", 2.0, above=0.0, most=10.0),
            armed_for=fields.number("armed_for", 5.0, above=0.0, most=3600.0),
            again_within=fields.number("again_within", 3.0, least=0.0, most=3600.0),
            hold=hold,
            hold_after=fields.number("hold_after", 0.7, least=0.0, most=10.0),
            hold_for=fields.number("hold_for", 0.7, least=0.1, most=10.0),
            disengage=self._events(fields, "disengage", Purpose.DISENGAGE, gestures),
        )

    def _modes(
        self, fields: Fields, outputs: Mapping[str, Output], gestures: GestureNames
    ) -> Iterator[Mode]:
        names = fields.names()
        if not names:
            raise self._fields.wrong("modes", "must have at least one")
        for name in names:
            if not name_fits(name):
                raise fields.wrong(name, "must be letters, digits and _, a letter first")
            mode = self._mode(name, fields.inner(name), outputs, gestures)
            if not mode.enter and len(names) > 1:
                said = "cannot be reached from other modes, must have enter: [EVENT]"
                raise fields.wrong(name, said)
            yield mode

    def _mode(
        self, name: str, fields: Fields, outputs: Mapping[str, Output], gestures: GestureNames
    ) -> Mode:
        fields.only("enter", "recentre", "bindings")
        enter = self._events(fields, "enter", Purpose.ENTER, gestures, name)
        recentre = self._events(fields, "recentre", Purpose.RECENTRE, gestures, name)
        bindings = []
        for item in fields.items("bindings", default=True):
            binding = read_binding(item, outputs, gestures)
            self._used.add(binding.output)
            if isinstance(binding.source, Event):
                line = item.line_of("event")
                self._claims.append(Claim(binding.source.name, Purpose.BIND, line, name))
            if binding in bindings:
                raise item.error(item.line, f"{item.place}: stands there twice")
            bindings.append(binding)
        if recentre and not any(isinstance(one.source, WristAngle) for one in bindings):
            raise fields.wrong("recentre", "no binding of this mode has wrist: angle")
        return Mode(name, enter, recentre, tuple(bindings))

    def _events(
        self, fields: Fields, key: str, purpose: Purpose, gestures: GestureNames, mode: str = ""
    ) -> tuple[str, ...]:
        events = fields.texts(key, gestures.events, "gesture event", default=True)
        if purpose is not Purpose.ARM:
            refuse_repetition(fields, key, events)
        line = fields.line_of(key)
        self._claims.extend(Claim(event, purpose, line, mode) for event in events)
        return events

    def _refuse_contradictions(self, engagement: Engagement) -> None:
        # What switches first, so that the complaint is of what cannot happen then.
        order = (Purpose.DISENGAGE, Purpose.ARM, Purpose.ENTER, Purpose.RECENTRE, Purpose.BIND)
        claims = sorted(self._claims, key=lambda claim: order.index(claim.purpose))
        found = contradiction(claims, engagement.hold)
        if found is not None:
            claim, said = found
            raise self._fields.error(claim.line, f"'{claim.event}' {said}")
