# SPDX-License-Identifier: Apache-2.0
"""A band on a simulated wearer."""

from __future__ import annotations

import dataclasses
import time
from collections import deque
from dataclasses import dataclass

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
from semg_driver.simulation.band import BANDWIDTH, FULL_SCALE, NOISE_SD, SAMPLE_RATE
from semg_driver.simulation.faults import Faults, FaultyLink
from semg_driver.simulation.intents import PASSAGE, IntentError, IntentScript
from semg_driver.simulation.person import CHANNELS, Person
from semg_driver.simulation.script import SCRIPTS
from semg_driver.simulation.wearer import STEP, Wearer
from semg_node.settings import SettingError, setting, validate


@dataclass(frozen=True)
class SimulatorOptions:
    """Who wears the band, what the wearer does, and what goes wrong."""

    person: int = setting(101, "seed of the person who wears the band", minimum=0)
    script: str = setting(
        "demo",
        "what the wearer does; intent: what is asked on simulation/intent",
        choices=tuple(SCRIPTS),
    )
    script_seed: int = setting(1, "seed of the script and of chance", minimum=0)
    hand: str = setting("right", "the arm that wears the band", choices=("right", "left"))
    rotation_deg: float = setting(
        0.0, "turn of the band added to the person's own", unit="deg", minimum=-180, maximum=180
    )
    mains_hz: float = setting(
        0.0, "mains frequency; 0 takes the person's own", unit="Hz", minimum=0, maximum=400
    )
    rate: float = setting(
        1.0, "speed, 1 is real time, 0 is as fast as it is read", minimum=0, maximum=1000
    )
    block_ms: float = setting(
        10.0, "length of the blocks handed over", unit="ms", minimum=0.5, maximum=1000
    )
    duration: float = setting(0.0, "length of the recording; 0 is endless", unit="s", minimum=0)
    drop_block_every: int = setting(0, "lose every n-th block; 0 is never", minimum=0)
    repeat_block_every: int = setting(0, "send every n-th block twice; 0 is never", minimum=0)
    swap_block_every: int = setting(
        0, "send every n-th block after the one that follows; 0 is never", minimum=0
    )
    stall_after_s: float = setting(
        1.0, "time from connecting to a stall of stall_s", unit="s", minimum=0
    )
    stall_s: float = setting(
        0.0,
        "how long nothing is handed over, once, unless rate is 0; 0 is no stall",
        unit="s",
        minimum=0,
    )
    disconnect_after_s: float = setting(
        0.0, "time from connecting to the loss of the link; 0 is never", unit="s", minimum=0
    )
    flat_channel: int = setting(
        -1, "channel that stands still; -1 is none", minimum=-1, maximum=CHANNELS - 1
    )
    nan_channel: int = setting(
        -1, "channel that is not a number; -1 is none", minimum=-1, maximum=CHANNELS - 1
    )
    saturated_channel: int = setting(
        -1, "channel at full scale; -1 is none", minimum=-1, maximum=CHANNELS - 1
    )
    channel_fault_after_s: float = setting(
        0.0, "time from the first sample to the channel faults", unit="s", minimum=0
    )


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
        try:
            validate(options)
        except SettingError as error:
            raise DeviceError(f"simulator: {error}") from error
        self._options = options
        self._faults = _faults(options)
        self._block = max(round(options.block_ms * SAMPLE_RATE / 1e3), 1)
        self._total = round(options.duration * SAMPLE_RATE) if options.duration else None
        script = SCRIPTS[options.script](options.script_seed)
        self._intents = script if isinstance(script, IntentScript) else None
        self._wearer = Wearer(
            _person(options),
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
        self._link = FaultyLink(self._faults)
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
        due = self._start + self._link.due(complete / self._options.rate)
        time.sleep(max(min(due, limit) - time.monotonic(), 0.0))
        return due <= limit


def _faults(options: SimulatorOptions) -> Faults:
    return Faults(
        drop_block_every=options.drop_block_every,
        repeat_block_every=options.repeat_block_every,
        swap_block_every=options.swap_block_every,
        stall_after=options.stall_after_s,
        stall=options.stall_s,
        disconnect_after=options.disconnect_after_s,
        flat_channel=options.flat_channel,
        nan_channel=options.nan_channel,
        saturated_channel=options.saturated_channel,
        channel_fault_after=options.channel_fault_after_s,
    )


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
)
