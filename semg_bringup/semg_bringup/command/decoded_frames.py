# SPDX-License-Identifier: Apache-2.0
"""What the decoding of a recording, of whatever task, is kept as."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from semg_decoders.signal.conditioning import ConditionedBlock
from semg_driver.devices.device import DeviceInfo

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Place:
    """Where in a recording something lies.

    Attributes
    ----------
    stream : int
        True breaks before it.
    piece : int
        True breaks and gaps before it: no state is carried from one piece to the next.
    """

    stream: int
    piece: int


class Decoding(Protocol):
    """What one kind of model makes of conditioned EMG."""

    def begin(self, info: DeviceInfo, place: Place) -> None:
        """Start a piece with fresh engines."""

    def push(self, block: ConditionedBlock) -> None:
        """Decode the next samples."""

    def arrays(self) -> Arrays:
        """Return everything that was decoded; nothing may be pushed after it."""


class Judged(Protocol):
    """What an engine says of one step beside its output."""

    @property
    def fresh(self) -> bool:
        """Whether it is just after a start."""

    @property
    def suspect(self) -> NDArray[np.bool_]:
        """Channels that were bad."""

    @property
    def failed(self) -> bool:
        """Whether the model gave no number."""


@dataclass
class DecodedFrames:
    """What is known of each frame beside its output."""

    _rows: list[tuple[int, Place, bool, bool, bool]] = field(default_factory=list)

    def add(self, frames: int, step: Judged, place: Place, *, fresh: bool = False) -> None:
        """Note the frames of one step, which `fresh` input may have made fresh."""
        suspect = step.failed or bool(step.suspect.any())
        self._rows.append((frames, place, step.fresh or fresh, suspect, step.failed))

    def arrays(self) -> Arrays:
        """Return one row per frame."""
        frames = [row[0] for row in self._rows]

        def each(values: list[Any], kind: Any) -> NDArray[Any]:
            return np.repeat(np.array(values, kind), frames)

        return {
            "stream": each([row[1].stream for row in self._rows], np.int32),
            "piece": each([row[1].piece for row in self._rows], np.int32),
            "fresh": each([row[2] for row in self._rows], np.bool_),
            "suspect": each([row[3] for row in self._rows], np.bool_),
            "failed": each([row[4] for row in self._rows], np.bool_),
        }


def texts(values: list[str]) -> NDArray[np.str_]:
    """Return texts as an array that a file can hold."""
    return np.array(values, np.str_)
