# SPDX-License-Identifier: Apache-2.0
"""A person doing a script while wearing the band."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from semg_driver.devices.device import GestureLabel, PostureLabel, Truth, WrittenText
from semg_driver.simulation.action_potentials import LENGTH
from semg_driver.simulation.anatomy import MUSCLES
from semg_driver.simulation.artefacts import Artefacts
from semg_driver.simulation.band import SAMPLE_RATE, Electronics, unit_waveforms
from semg_driver.simulation.contact import Contact
from semg_driver.simulation.gestures import (
    GESTURES,
    REACH_AFTER,
    RELEASE_OF,
    Activity,
    activity,
)
from semg_driver.simulation.montage import WRISTBAND, Montage
from semg_driver.simulation.motor_units import SpikeTrains, pools
from semg_driver.simulation.passage import AHEAD, Cue, Effort, Exertion, HeldPosture, Script
from semg_driver.simulation.person import CHANNELS, Person
from semg_driver.simulation.postures import POSTURES, posture_activity
from semg_driver.simulation.stance import NEUTRAL, Stances
from semg_driver.simulation.timeline import Timeline
from semg_driver.simulation.wrist import wrist_drive

STEP = 500
"""Samples generated at once, so that the cut into blocks cannot matter."""
_EVERY = 4  # samples per step of muscle drive
_TONIC_TIME = 1.5  # s
_TONIC_SD = 0.4
_TONIC_MAXIMUM = 0.045  # a third of a muscle's units, at most, fire at rest


class Wearer:
    """Generates EMG and truth, block after block, without an end.

    The samples depend on the person, the script and the seed only, not on how they are cut
    into blocks.

    Parameters
    ----------
    person : Person
        Who wears the band.
    script : Script
        What to do; not to be used by anybody else.
    seed : int
        Of chance: noise, firing times, how each gesture turns out.
    step : int
        Samples generated at once, a multiple of 4. Fewer cost more, and let a script that is
        made up as it goes be answered sooner. Part of what the samples depend on.
    montage : Montage
        The ring of electrodes that is worn.
    """

    def __init__(
        self,
        person: Person,
        script: Script,
        *,
        seed: int = 0,
        step: int = STEP,
        montage: Montage = WRISTBAND,
    ) -> None:
        self._person = person
        self._montage = montage
        self._step_samples = step
        self._timeline = Timeline(script)
        fire, noise, style, tonic, effort, jolts, stance, contact = (
            np.random.default_rng(s)
            for s in np.random.SeedSequence([person.seed, seed, 8]).spawn(8)
        )
        self._units = pools(tuple(m.units for m in MUSCLES))
        self._stances = Stances(stance, person.stance_size)
        self._stance = NEUTRAL
        self._stance_ends = 0
        self._contact = Contact(person, contact)
        self._spikes = SpikeTrains(self._units.muscle.size, fire)
        self._electronics = Electronics(person, noise, montage)
        self._artefacts = Artefacts(person, jolts)
        self._style = style
        self._effort_rng = effort
        self._tonic_rng = tonic
        self._tonic = tonic.normal(0.0, _TONIC_SD, len(MUSCLES))
        self._performing: list[tuple[Cue, Activity]] = []
        self._exerting: list[tuple[int, Exertion]] = []
        self._tail = np.zeros((LENGTH, CHANNELS), np.float32)
        self._made = 0
        self._emg = np.empty((0, CHANNELS), np.float32)
        self._angle: NDArray[np.float32] = np.empty(0, np.float32)
        self._velocity: NDArray[np.float32] = np.empty(0, np.float32)
        self._labels: list[GestureLabel] = []
        self._postures: list[PostureLabel] = []
        self._characters: list[WrittenText] = []
        self._prompts: list[WrittenText] = []

    def generate(self, samples: int) -> tuple[NDArray[np.float32], Truth]:
        """Go on for a number of samples.

        Parameters
        ----------
        samples : int
            At least 0, at 2 kHz.

        Returns
        -------
        emg : ndarray of float32, shape (samples, 16)
            V, as the band sends it.
        truth : Truth
            Wrist movement of these samples, the gestures among them and what was written in
            them. Labels count samples from the wearer's first one.

        Raises
        ------
        ValueError
            If `samples` is negative.
        """
        if samples < 0:
            raise ValueError(f"samples: {samples}, but must be at least 0")
        blocks = [(self._emg, self._angle, self._velocity)]
        have = self._emg.shape[0]
        while have < samples:
            blocks.append(self._step())
            have += self._step_samples
        emg, angle, velocity = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
        self._emg, self._angle, self._velocity = emg[samples:], angle[samples:], velocity[samples:]
        end = self._made - (have - samples)
        labels = tuple(label for label in self._labels if label.sample < end)
        self._labels = self._labels[len(labels) :]
        postures = tuple(label for label in self._postures if label.sample < end)
        self._postures = self._postures[len(postures) :]
        characters, self._characters = _ended(self._characters, end)
        prompts, self._prompts = _ended(self._prompts, end)
        truth = Truth(angle[:samples], velocity[:samples], labels, postures, characters, prompts)
        return emg[:samples], truth

    def _step(self) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        first, stop = self._made, self._made + self._step_samples
        if first >= self._stance_ends:
            self._change_stance(first)
        drive = self._drive(first, stop)
        unit, time = self._spikes.advance(self._units.rates(drive), _EVERY / SAMPLE_RATE)
        signal = self._superpose(unit, (time * _EVERY).astype(np.intp))
        self._contact.apply(signal, first)
        self._artefacts.add_to(signal, first)
        emg = self._electronics.convert(signal, first)
        angle, velocity = self._timeline.movement(first, stop)
        self._timeline.forget(stop)
        self._made = stop
        return emg, angle.astype(np.float32), velocity.astype(np.float32)

    def _drive(self, first: int, stop: int) -> NDArray[np.float64]:
        lead = round(self._person.lead * SAMPLE_RATE)
        angle, velocity = self._timeline.movement(first + lead, stop + lead)
        drive = wrist_drive(self._person, angle[::_EVERY], velocity[::_EVERY])
        steps = drive.shape[1]
        before = self._tonic
        keep = np.exp(-self._step_samples / SAMPLE_RATE / _TONIC_TIME)
        kick = self._tonic_rng.normal(0.0, _TONIC_SD * np.sqrt(1.0 - keep**2), before.size)
        self._tonic = keep * before + kick
        between = np.arange(steps) / steps
        wander = before[:, None] * (1.0 - between) + self._tonic[:, None] * between
        tonic = (self._person.tonic * self._stance.tone)[:, None] * np.exp(wander)
        drive += np.minimum(tonic, _TONIC_MAXIMUM)
        events = self._timeline.events_until(stop + round(AHEAD * SAMPLE_RATE))
        self._start_gestures(events.cues)
        self._start_efforts(events.efforts)
        self._start_postures(events.postures)
        self._characters += events.characters
        self._prompts += events.prompts
        for jolt in events.jolts:
            self._artefacts.begin(jolt)
        times = np.arange(first, stop, _EVERY) / SAMPLE_RATE
        for cue, performance in self._performing:
            performance.add_to(drive, times - cue.sample / SAMPLE_RATE)
        self._performing = [
            (cue, performance)
            for cue, performance in self._performing
            if cue.sample + (cue.hold + REACH_AFTER) * SAMPLE_RATE > stop
        ]
        for sample, exertion in self._exerting:
            exertion.add_to(drive, times - sample / SAMPLE_RATE)
        self._exerting = [
            (sample, exertion)
            for sample, exertion in self._exerting
            if sample + exertion.end * SAMPLE_RATE > stop
        ]
        return drive

    def _start_gestures(self, cues: Iterable[Cue]) -> None:
        person = self._person
        for cue in cues:
            self._end_hold(cue)
            gesture = GESTURES.index(cue.gesture)
            strength = person.strength[gesture] * np.exp(
                self._style.normal(0.0, person.variability)
                + self._style.normal(0.0, 0.12, len(MUSCLES))
            )
            tempo = person.tempo[gesture] * np.exp(self._style.normal(0.0, 0.12))
            offset = person.offset[gesture] + self._style.normal(0.0, 0.006)
            performance = activity(
                cue.gesture,
                cue.hold,
                float(person.style[gesture]),
                strength,
                person.extra[gesture],
                float(tempo),
                float(person.softness[gesture]),
                float(offset),
            )
            self._performing.append((cue, performance))
            self._labels.append(GestureLabel(cue.gesture, cue.sample))

    def _start_efforts(self, efforts: Iterable[Effort]) -> None:
        person, rng = self._person, self._effort_rng
        for effort in efforts:
            strength = person.effort * np.exp(
                rng.normal(0.0, person.variability) + rng.normal(0.0, 0.12, len(MUSCLES))
            )
            self._exerting.append((effort.sample, effort.activity.scaled(strength)))

    def _start_postures(self, postures: Iterable[tuple[int, HeldPosture]]) -> None:
        person, rng = self._person, self._effort_rng
        for start, held in postures:
            self._postures.append(PostureLabel(held.name, start + held.sample))
            activity_of = posture_activity(held, rng)
            if activity_of is not None:
                strength = person.posture_strength[POSTURES.index(held.name)] * np.exp(
                    rng.normal(0.0, 0.08) + rng.normal(0.0, 0.08, len(MUSCLES))
                )
                self._exerting.append((start, activity_of.scaled(strength)))

    def _change_stance(self, first: int) -> None:
        """Hold the arm in another way; what the band sees of each unit changes with it."""
        self._stance, length = self._stances.next()
        self._stance_ends = first + round(length * SAMPLE_RATE)
        waves = unit_waveforms(self._person, self._units, self._montage, self._stance)
        self._waves = waves.reshape(-1, LENGTH * CHANNELS)

    def _end_hold(self, release: Cue) -> None:
        """Let a press that is held until further notice end with its release."""
        for i, (press, performance) in enumerate(self._performing):
            if press.hold == np.inf and RELEASE_OF[press.gesture] == release.gesture:
                hold = (release.sample - press.sample) / SAMPLE_RATE
                press = dataclasses.replace(press, hold=hold)
                self._performing[i] = press, performance.ended(hold)

    def _superpose(self, unit: NDArray[np.intp], sample: NDArray[np.intp]) -> NDArray[np.float32]:
        """Sum the action potentials; each is LENGTH samples long from its spike on."""
        step = self._step_samples
        signal = np.zeros((step + LENGTH, CHANNELS), np.float32)
        signal[:LENGTH] = self._tail
        if unit.size:
            ones = np.ones(unit.size, np.float32)
            fired = csr_matrix((ones, (sample, unit)), shape=(step, self._waves.shape[0]))
            waves = (fired @ self._waves).reshape(step, LENGTH, CHANNELS)
            for delay in range(LENGTH):
                signal[delay : delay + step] += waves[:, delay]
        self._tail = signal[step:]
        return signal[:step]


def _ended(
    texts: list[WrittenText], sample: int
) -> tuple[tuple[WrittenText, ...], list[WrittenText]]:
    """Texts written before a sample, and those that are not yet."""
    done = sum(text.stop <= sample for text in texts)
    return tuple(texts[:done]), texts[done:]
