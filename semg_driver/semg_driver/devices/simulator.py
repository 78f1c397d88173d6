# SPDX-License-Identifier: Apache-2.0
"""A band on a simulated wearer."""

from __future__ import annotations

import dataclasses
import time
from collections import deque

from semg_driver.devices.device import (
    Device,
    DeviceError,
    DeviceInfo,
    DeviceLost,
    EndOfRecording,
    Hand,
    Intent,
    SampleBlock,
    Source,
)
from semg_driver.devices.registry import DevicePlugin
from semg_driver.devices.simulator_options import ADJUSTABLE, SimulatorOptions, check, faults
from semg_driver.simulation.band import BANDWIDTH, FULL_SCALE, NOISE_SD, SAMPLE_RATE
from semg_driver.simulation.faults import FaultyLink, begun, differing
from semg_driver.simulation.intents import PASSAGE, IntentError, IntentScript
from semg_driver.simulation.person import CHANNELS, Person
from semg_driver.simulation.script import SCRIPTS
from semg_driver.simulation.wearer import STEP, Wearer


class Simulator:
    """A simulated band. After a lost link it can be opened again and goes on from there.

    Its sample index and its clock count from the first sample; the clock shows index / 2000 s.

    Parameters
    ----------
    options : SimulatorOptions
        Settings.

    Raises
    ------
    DeviceError
        If a setting is out of range.
    """

    def __init__(self, options: SimulatorOptions) -> None:
        check(options)
        self._options = options
        self._faults = self._current = faults(options)
        self._block = max(round(options.block_ms * SAMPLE_RATE / 1e3), 1)
        self._total = round(options.duration * SAMPLE_RATE) if options.duration else None
        person = _person(options)
        script = SCRIPTS[options.script](options.script_seed, person)
        self._intents = script if isinstance(script, IntentScript) else None
        self._wearer = Wearer(
            person,
            script,
            seed=options.script_seed,
            step=STEP if self._intents is None else PASSAGE,
        )
        self._made = 0
        self._connected = False
        self._link = FaultyLink(self._faults)
        self._arrived: deque[SampleBlock] = deque()
        self._next: tuple[SampleBlock, float] | None = None
        self._origin = 0
        self._start = 0.0
        self._adjustments: deque[tuple[SimulatorOptions, float]] = deque()

    @property
    def info(self) -> DeviceInfo:
        """What the band is; on a left arm the channels are met in the reverse order."""
        left = self._options.hand == "left"
        ring = tuple((-c if left else c) % CHANNELS for c in range(CHANNELS))
        return DeviceInfo(
            device="simulator",
            serial=f"person-{self._options.person}",
            sample_rate=SAMPLE_RATE,
            bandwidth=BANDWIDTH[1],
            channels=CHANNELS,
            channel_labels=tuple(str(channel) for channel in range(CHANNELS)),
            ring_order=ring,
            hand=Hand.LEFT if left else Hand.RIGHT,
            unit="V",
            noise_sd=NOISE_SD,
            full_scale=FULL_SCALE,
            conditioned=False,
            source=Source.SIMULATED,
        )

    def open(self) -> None:
        """Connect; the wearer starts with the script, or goes on with it."""
        if self._connected:
            return
        self._connected = True
        self._current = self._faults
        self._link = FaultyLink(self._current)
        self._arrived.clear()
        self._next = None
        self._origin = self._made
        self._start = time.monotonic()

    def read(self, timeout: float) -> SampleBlock | None:
        """Wait for the next block for at most `timeout` s; None if none came.

        Raises
        ------
        DeviceError
            If the band is not open.
        DeviceLost
            If the link broke, as asked for by ``disconnect_after_s``.
        EndOfRecording
            After ``duration``.
        """
        if not self._connected:
            raise DeviceError("simulator: not open")
        limit = time.monotonic() + timeout
        while not self._arrived:
            self._take_adjustments()
            if self._next is None:
                if self._made == self._total:
                    self._arrived += self._link.rest()
                    if self._arrived:
                        break
                    raise EndOfRecording(f"simulator: {self._options.duration:g} s are over")
                self._next = self._generate()
            block, complete = self._next
            if not self._wait(complete, limit):
                return None
            self._next = None
            self._arrived += self._link.passed(block)
        return dataclasses.replace(self._arrived.popleft(), received=time.monotonic())

    def close(self) -> None:
        """Disconnect."""
        self._connected = False

    def act(self, intent: Intent) -> None:
        """Ask the wearer to do something; with script ``intent`` only. On any thread.

        Raises
        ------
        DeviceError
            If the wearer does another script, or cannot do what is asked.
        """
        if self._intents is None:
            raise DeviceError(
                f"simulator: asked by simulation/intent, but script is '{self._options.script}', "
                f"must be 'intent'"
            )
        try:
            self._intents.act(intent)
        except IntentError as error:
            raise DeviceError(f"simulator: {error}") from None

    def adjust(self, options: SimulatorOptions) -> None:
        """Make other faults from the next block on. May be called on any thread.

        Raises
        ------
        DeviceError
            If an option is out of range, or another one than those of the faults differs.
        """
        check(options)
        for field in dataclasses.fields(options):
            fixed = field.name not in ADJUSTABLE
            if fixed and getattr(options, field.name) != getattr(self._options, field.name):
                raise DeviceError(f"simulator: {field.name} cannot be changed while it runs")
        self._adjustments.append((options, time.monotonic()))

    def _take_adjustments(self) -> None:
        while self._adjustments:
            options, when = self._adjustments.popleft()
            new = differing(faults(self._options), faults(options))
            self._options = options
            # A stall is made once, not again with each connection.
            self._faults = begun(self._faults, new | {"stall": 0.0} if "stall" in new else new)
            self._current = begun(
                self._current,
                new,
                passed=max(when - self._start, 0.0),
                delivered=(self._made - self._origin) / SAMPLE_RATE,
            )
            self._link.change(self._current)

    def _generate(self) -> tuple[SampleBlock, float]:
        first = self._made
        samples = self._block
        if self._total is not None:
            samples = min(samples, self._total - first)
        complete = (first + samples - self._origin) / SAMPLE_RATE
        if self._link.broken(complete):
            self._connected = False
            raise DeviceLost(
                f"simulator: link lost after {self._faults.disconnect_after:g} s, as asked for"
            )
        emg, truth = self._wearer.generate(samples)
        self._made += samples
        block = SampleBlock(
            first_sample=first,
            emg=emg,
            device_time=first / SAMPLE_RATE,
            received=0.0,
            starts_stream=first == self._origin > 0,
            truth=truth,
        )
        return block, complete

    def _wait(self, complete: float, limit: float) -> bool:
        """Wait until a block that is complete `complete` s of EMG after connecting is due."""
        if self._options.rate == 0.0:
            return True
        passed = time.monotonic() - self._start
        due = self._link.due(complete / self._options.rate)
        if due < passed < self._link.due(passed):
            # What is late already does not get through a stall either.
            due = self._link.due(passed)
        due += self._start
        time.sleep(max(min(due, limit) - time.monotonic(), 0.0))
        return due <= limit


def _person(options: SimulatorOptions) -> Person:
    person = Person.sample(
        options.person,
        hand=Hand.LEFT if options.hand == "left" else Hand.RIGHT,
        rotation_offset=options.rotation_deg,
    )
    return dataclasses.replace(person, mains=options.mains_hz) if options.mains_hz else person


def _create(options: SimulatorOptions) -> Device:
    return Simulator(options)


PLUGIN = DevicePlugin(
    name="simulator",
    description="A wristband on a simulated wearer, who does gestures and moves the wrist.",
    options=SimulatorOptions,
    create=_create,
    adjustable=ADJUSTABLE,
)
