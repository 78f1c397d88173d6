# SPDX-License-Identifier: Apache-2.0
"""The protocol that every band speaks to the driver."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray


class Source(IntEnum):
    """Where samples come from. Values as in ``semg_msgs/EmgInfo``."""

    UNKNOWN = 0
    LIVE = 1
    SIMULATED = 2
    PLAYBACK = 3


class Hand(IntEnum):
    """The arm that wears the band. Values as in ``semg_msgs/EmgInfo``."""

    UNKNOWN = 0
    LEFT = 1
    RIGHT = 2


@dataclass(frozen=True)
class DeviceInfo:
    """What a device tells of itself once it is open.

    Attributes
    ----------
    device, serial : str
        Kind of device, and which one of its kind.
    sample_rate : float
        Hz.
    bandwidth : float
        Hz, upper edge of what the device can deliver.
    channels : int
        Number of channels.
    channel_labels : tuple of str
        One label for each channel.
    ring_order : tuple of int
        Channel indices in the order met around a right wrist, mirrored on a left one; empty
        when there is no ring. Decoders see the channels in this order.
    hand : Hand
        The arm that wears the band.
    unit : str
        ``"V"`` or ``"noise_sd"``.
    noise_sd : float
        Sensor noise s.d. in `unit`.
    full_scale : float
        Largest magnitude the device can deliver, in `unit`; 0 if unknown.
    conditioned : bool
        Whether the samples are high-passed at 40 Hz already.
    source : Source
        Live, simulated or played back.
    """

    device: str
    serial: str
    sample_rate: float
    bandwidth: float
    channels: int
    channel_labels: tuple[str, ...]
    ring_order: tuple[int, ...]
    hand: Hand
    unit: str
    noise_sd: float
    full_scale: float
    conditioned: bool
    source: Source


@dataclass(frozen=True)
class GestureLabel:
    """A gesture event that really happened, at a device sample index."""

    name: str
    sample: int


@dataclass(frozen=True)
class PostureLabel:
    """A posture that is held from a device sample on, until the next one."""

    name: str
    sample: int


@dataclass(frozen=True)
class WrittenText:
    """Text whose writing began and ended at device samples; `stop` is the one after its last."""

    text: str
    start: int
    stop: int


@dataclass(frozen=True)
class Truth:
    """What the wearer really did during a block.

    Attributes
    ----------
    wrist_angle : ndarray of float32, shape (samples,)
        Flexion/extension angle in rad, positive is extension.
    wrist_velocity : ndarray of float32, shape (samples,)
        Its derivative in rad/s.
    gestures : tuple of GestureLabel
        Gesture events whose sample lies in the block.
    postures : tuple of PostureLabel
        Postures that begin in the block.
    characters, prompts : tuple of WrittenText
        Characters and prompts whose writing ended in the block.
    """

    wrist_angle: NDArray[np.float32]
    wrist_velocity: NDArray[np.float32]
    gestures: tuple[GestureLabel, ...]
    postures: tuple[PostureLabel, ...] = ()
    characters: tuple[WrittenText, ...] = ()
    prompts: tuple[WrittenText, ...] = ()


@dataclass(frozen=True)
class SampleBlock:
    """Consecutive samples as a device hands them over.

    Attributes
    ----------
    first_sample : int
        The device's own index of the first sample. A jump means lost samples.
    emg : ndarray of float32, shape (samples, channels)
        In the device's unit.
    device_time : float
        Device clock at the first sample, in s.
    received : float
        ``time.monotonic()`` when the last sample was handed over, in s.
    starts_stream : bool
        A true break lies before this block: nothing is continuous with what came earlier.
    stamp_ns : int or None
        Recorded ROS time of the first sample in ns, when a recording holds it.
    truth : Truth or None
        Only from a simulation.
    """

    first_sample: int
    emg: NDArray[np.float32]
    device_time: float
    received: float
    starts_stream: bool = False
    stamp_ns: int | None = None
    truth: Truth | None = None


@dataclass(frozen=True)
class Intent:
    """What a wearer is asked to do. Values as in ``semg_msgs/WearerIntent``.

    Attributes
    ----------
    gesture : str
        Gesture to do as soon as possible; empty for none. A press is held until its release is
        asked for.
    wrist_angle : float
        rad, where the wrist is to go, positive is extension; NaN to let it be.
    wrist_duration : float
        s, how long that takes; 0: as the person usually does.
    """

    gesture: str = ""
    wrist_angle: float = math.nan
    wrist_duration: float = 0.0


class DeviceError(Exception):
    """A device cannot be used as asked. The message is one line for the user."""


class DeviceLost(DeviceError):
    """The link to a device broke while it was in use; opening it again may help."""


class EndOfRecording(Exception):
    """A recording has been played to its end."""


class Device(Protocol):
    """A source of EMG samples.

    `info` may be read only after `open`. `read` and `close` are called from one thread.
    """

    @property
    def info(self) -> DeviceInfo:
        """What the device is and delivers."""

    def open(self) -> None:
        """Connect and start sampling.

        Raises
        ------
        DeviceLost
            If the device is out of reach for now; it is tried again.
        DeviceError
            If it cannot be used, saying why. It is not tried again then, unless it was lost or
            out of reach before: such a device may refuse for a while.
        """

    def read(self, timeout: float) -> SampleBlock | None:
        """Wait for the next samples for at most `timeout` s; None if none came.

        Raises
        ------
        DeviceLost
            If the link broke.
        EndOfRecording
            If there will never be more.
        DeviceError
            If there will never be more although there should be, as of a damaged recording.
        """

    def close(self) -> None:
        """Stop sampling and disconnect. May be called at any time and more than once."""


@runtime_checkable
class Steerable(Protocol):
    """A device whose wearer does what is asked, beside being a `Device`."""

    def act(self, intent: Intent) -> None:
        """Ask the wearer to do something. May be called on any thread, at any time.

        Raises
        ------
        DeviceError
            If that cannot be done, saying why; all goes on as before.
        """


@runtime_checkable
class Adjustable(Protocol):
    """A device some of whose options can be changed while it is in use, beside being a `Device`."""

    def adjust(self, options: Any) -> None:
        """Take in changed options. May be called on any thread, at any time.

        Parameters
        ----------
        options : object
            As for the plugin's ``create``; only what the plugin calls adjustable differs.

        Raises
        ------
        DeviceError
            If they cannot be taken in, saying why; all goes on as before.
        """
