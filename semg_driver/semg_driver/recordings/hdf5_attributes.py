# SPDX-License-Identifier: Apache-2.0
"""Attributes of HDF5 recordings that say what the numbers mean."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from semg_driver.devices.device import DeviceInfo, Hand, Source
from semg_driver.recordings.recording import RecordingError

RELEASED_RATE = 2000.0
"""Hz, of recordings that do not say."""

WRISTBAND_NOISE = 2.46e-6
"""Sensor noise s.d. of the published wristband in V, for recordings in V that do not say."""

USABLE_BANDWIDTH = 0.45
"""Part of the sample rate that a recording is taken to deliver if it does not say."""

RING_CHANNELS = 16
"""Recordings of this many channels are taken to be of one ring if they do not say."""


class Attributes:
    """Attributes of the data set and, where it lacks one, of the file."""

    def __init__(self, file: Any, data: Any, path: Path) -> None:
        self._holders = (data.attrs, file.attrs)
        self.path = path

    def _get(self, name: str) -> Any:
        for holder in self._holders:
            if name in holder:
                try:
                    return holder[name]
                except (OSError, TypeError, ValueError):
                    raise RecordingError(
                        f"{self.path}: attribute '{name}' cannot be read"
                    ) from None
        return None

    def text(self, name: str, default: str) -> str:
        """Return a text attribute."""
        value = self._get(name)
        if value is None:
            return default
        return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)

    def number(self, name: str, default: float, *, zero: bool = False) -> float:
        """Return a positive number, or also 0 if `zero`.

        Raises
        ------
        RecordingError
            If it is something else.
        """
        value = self._get(name)
        if value is None:
            return default
        try:
            number = float(np.asarray(value).item())
        except (TypeError, ValueError):
            number = math.nan
        if not math.isfinite(number) or number < 0 or (number == 0 and not zero):
            raise RecordingError(
                f"{self.path}: attribute '{name}' is {value!r}, must be a positive number"
            )
        return number

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        """Return one of `choices`.

        Raises
        ------
        RecordingError
            If it is something else.
        """
        value = self.text(name, default)
        if value not in choices:
            raise RecordingError(
                f"{self.path}: attribute '{name}' is {value!r}, must be one of "
                + ", ".join(repr(choice) for choice in choices)
            )
        return value

    def flag(self, name: str, default: bool) -> bool:
        """Return a yes or no."""
        value = self._get(name)
        return default if value is None else bool(np.all(value))

    def indices(self, name: str) -> tuple[int, ...] | None:
        """Return a list of whole numbers, None if absent.

        Raises
        ------
        RecordingError
            If it is something else.
        """
        value = self._get(name)
        if value is None:
            return None
        array = np.atleast_1d(np.asarray(value))
        if array.size and array.dtype.kind not in "iu":
            raise RecordingError(
                f"{self.path}: attribute '{name}' is of type {array.dtype}, must be integers"
            )
        return tuple(int(item) for item in array.ravel())

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts, empty if absent."""
        value = self._get(name)
        if value is None:
            return ()
        items = np.atleast_1d(np.asarray(value)).ravel().tolist()
        return tuple(
            i.decode("utf-8", "replace") if isinstance(i, bytes) else str(i) for i in items
        )

    def segment_starts(self, samples: int) -> tuple[int, ...]:
        """Return the rows at which segments begin, always with 0.

        Raises
        ------
        RecordingError
            If one of them is not a row of the recording.
        """
        starts = self.indices("segment_starts") or ()
        for start in starts:
            if not 0 <= start < samples:
                raise RecordingError(
                    f"{self.path}: attribute 'segment_starts' holds {start}, "
                    f"but rows run from 0 to {samples - 1}"
                )
        return tuple(sorted({0, *starts}))


def device_info(attributes: Attributes, channels: int) -> DeviceInfo:
    """Build what is known of the band from the attributes of a recording.

    Raises
    ------
    RecordingError
        If an attribute has a value that makes no sense.
    """
    rate = attributes.number("sample_rate_hz", RELEASED_RATE)
    unit = attributes.choice("unit", "noise_sd", ("V", "noise_sd"))
    ring = attributes.indices("ring_order")
    if ring is None:
        ring = tuple(range(channels)) if channels == RING_CHANNELS else ()
    if ring and sorted(ring) != list(range(channels)):
        raise RecordingError(
            f"{attributes.path}: attribute 'ring_order' is {list(ring)}, must name each of the "
            f"{channels} channels once, from 0 on"
        )
    labels = attributes.texts("channel_labels")
    if len(labels) != channels:
        labels = tuple(str(channel) for channel in range(channels))
    hand = attributes.choice("hand", "unknown", tuple(hand.name.lower() for hand in Hand))
    return DeviceInfo(
        device=attributes.text("device", "recording"),
        serial=attributes.text("serial", attributes.path.stem),
        sample_rate=rate,
        bandwidth=attributes.number("bandwidth_hz", USABLE_BANDWIDTH * rate),
        channels=channels,
        channel_labels=labels,
        ring_order=ring,
        hand=Hand[hand.upper()],
        unit=unit,
        noise_sd=attributes.number("noise_sd", WRISTBAND_NOISE if unit == "V" else 1.0),
        full_scale=attributes.number("full_scale", 0.0, zero=True),
        conditioned=attributes.flag("conditioned", unit == "noise_sd"),
        source=Source.PLAYBACK,
    )
