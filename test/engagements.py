# SPDX-License-Identifier: Apache-2.0
"""How often a simulated wearer engages teleoperation, through the engines of all nodes."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from semg_decoders.decoding.events import EventDetector, event_settings
from semg_decoders.decoding.gestures import GestureDecoder
from semg_decoders.inference.lookup import find_bundle
from semg_decoders.inference.session import Model
from semg_decoders.signal.conditioning import NOISE_SD, SAMPLE_RATE, Conditioner
from semg_driver.devices.device import Intent
from semg_driver.simulation.intents import IntentScript
from semg_driver.simulation.person import CHANNELS, Person
from semg_driver.simulation.script import SCRIPTS
from semg_driver.simulation.wearer import Wearer
from semg_teleop.profile.lookup import find_profile
from semg_teleop.profile.reading import load_profile
from semg_teleop.safety.gesture_act import GestureAct
from semg_teleop.safety.source_check import SIMULATED, SourceCheck
from semg_teleop.safety.stream_guard import Heading
from semg_teleop.teleoperation import Teleoperation

CHUNK = 20
STREAM_ID = 1
_AGE_S = 0.005
_ACT = (
    *((at, "thumb_click") for at in (2.5, 3.1, 3.7)),
    (4.9, "index_press"),
    (6.9, "index_release"),
)
_ACT_S = 7.5
_WRIST_EVERY = 2
"""Chunks."""


@dataclass(frozen=True)
class Engagements:
    """What came of some minutes.

    Attributes
    ----------
    events : int
        Decoded gesture events.
    armed : int
        How often the arming gestures were taken for made.
    engaged : int
        How often the robot would have been driven.
    """

    events: int
    armed: int
    engaged: int


def engagements(person: int, script: str, seconds: float, profile: str) -> Engagements:
    """Let a person do what a script says, and count."""
    who = Person.sample(person)
    wearer = Wearer(who, SCRIPTS[script](person, who), seed=person)
    return _count(wearer, seconds, profile)


def deliberate(person: int, acts: int, profile: str) -> Engagements:
    """Let a person make the whole act some times: rest, three clicks, rest, index held for 2 s."""
    script = IntentScript()
    wearer = Wearer(Person.sample(person), script, seed=person)
    asked = {
        round((act * _ACT_S + at) * SAMPLE_RATE / CHUNK): gesture
        for act in range(acts)
        for at, gesture in _ACT
    }

    def ask(chunk: int) -> None:
        if chunk in asked:
            script.act(Intent(asked[chunk], math.nan, 0.0))

    return _count(wearer, acts * _ACT_S, profile, ask)


def _count(
    wearer: Wearer,
    seconds: float,
    profile: str,
    before_chunk: Callable[[int], None] = lambda chunk: None,
) -> Engagements:
    model = Model.load(str(find_bundle("gestures")))
    decoder = GestureDecoder(model)
    settings = event_settings(model.bundle.decoding, model.bundle.name)
    detector = EventDetector(decoder.labels, decoder.sample_rate, settings)
    conditioner = Conditioner(SAMPLE_RATE, NOISE_SD, False, CHANNELS)
    mapping = load_profile(find_profile(profile))
    act = GestureAct(mapping.engagement, harmless=mapping.switching)
    source = SourceCheck(allow_playback=False)
    source.hear(STREAM_ID, SIMULATED)
    engine = Teleoperation(mapping, act, source=source)
    probabilities = events = wrist = armed = 0
    was_armed = False
    for chunk in range(round(seconds * SAMPLE_RATE / CHUNK)):
        first = chunk * CHUNK
        now = 1.0 + first / SAMPLE_RATE
        before_chunk(chunk)
        emg, _ = wearer.generate(CHUNK)
        for step in decoder.push(conditioner.push(emg, first).emg, first):
            found = detector.push(step.samples, step.probabilities)
            heading = Heading(STREAM_ID, probabilities, _AGE_S, step.fresh, finite=not step.failed)
            engine.hear_probabilities(now, heading, decoder.labels, detector.held)
            probabilities += 1
            for event in found:
                engine.hear_event(now, Heading(STREAM_ID, events, _AGE_S), event.name)
                events += 1
        if chunk % _WRIST_EVERY == 0:
            # A wrist at rest never keeps anybody from engaging.
            stamp = int(first / SAMPLE_RATE * 1e9)
            engine.hear_wrist(now, Heading(STREAM_ID, wrist, _AGE_S), stamp, 0.0)
            wrist += 1
        outcome = engine.cycle(now)
        armed += outcome.armed and not was_armed
        was_armed = outcome.armed
    return Engagements(events, armed, engine.engagements)
