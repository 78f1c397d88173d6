# SPDX-License-Identifier: Apache-2.0
"""What can go wrong between a band and its driver, on purpose."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semg_driver.devices.device import SampleBlock
from semg_driver.simulation.band import FULL_SCALE, SAMPLE_RATE


@dataclass(frozen=True)
class Faults:
    """Faults to make; the defaults make none.

    Attributes
    ----------
    drop_block_every, repeat_block_every, swap_block_every : int
        Every n-th block is lost, comes twice, or comes after the one that follows it; 0 is
        never.
    stall_after, stall : float
        After how many s nothing is handed over, and for how many; then all of it comes at once.
        No stall if `stall` is 0.
    disconnect_after : float
        After how many s of each connection it breaks; 0 is never.
    flat_channel, nan_channel, saturated_channel : int
        Channel that stands still, is not a number, or is at full scale; -1 is none.
    channel_fault_after : float
        s from the first sample to the start of these channel faults.
    """

    drop_block_every: int = 0
    repeat_block_every: int = 0
    swap_block_every: int = 0
    stall_after: float = 0.0
    stall: float = 0.0
    disconnect_after: float = 0.0
    flat_channel: int = -1
    nan_channel: int = -1
    saturated_channel: int = -1
    channel_fault_after: float = 0.0


_CHANNELS = ("flat_channel", "nan_channel", "saturated_channel")
_COUNTED = ("drop_block_every", "repeat_block_every", "swap_block_every")


def differing(before: Faults, after: Faults) -> dict[str, Any]:
    """Return the faults of `after` that `before` does not have, by name."""
    names = [field.name for field in dataclasses.fields(Faults)]
    return {n: getattr(after, n) for n in names if getattr(after, n) != getattr(before, n)}


def begun(
    faults: Faults, new: dict[str, Any], *, passed: float = 0.0, delivered: float = 0.0
) -> Faults:
    """Faults of a link in use, with new ones whose times count from now.

    Parameters
    ----------
    faults : Faults
        Those so far.
    new : dict of str to int or float
        What differs from what was asked for before.
    passed, delivered : float
        s since connecting, by the clock and by the samples.
    """
    updates = dict(new)
    if "stall" in new:
        updates["stall_after"] = passed
    if new.get("disconnect_after"):
        updates["disconnect_after"] += delivered
    if new.keys() & set(_CHANNELS):
        updates["channel_fault_after"] = 0.0
    return dataclasses.replace(faults, **updates)


class FaultyLink:
    """Passes blocks on with the faults that were asked for.

    Parameters
    ----------
    faults : Faults
        Which.
    """

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._count = 0
        self._held: SampleBlock | None = None

    def change(self, faults: Faults) -> None:
        """Make other faults from now on; blocks are counted afresh if what counts them differs."""
        if differing(self._faults, faults).keys() & set(_COUNTED):
            self._count = 0
        self._faults = faults

    def passed(self, block: SampleBlock) -> list[SampleBlock]:
        """Return what arrives when `block` is sent: no block, one, or two."""
        self._count += 1
        block = dataclasses.replace(block, emg=self._spoiled(block.emg, block.first_sample))
        held, self._held = self._held, None
        if held is not None:
            return [block, held]
        if self._is_turn(self._faults.drop_block_every):
            return []
        if self._is_turn(self._faults.swap_block_every):
            self._held = block
            return []
        if self._is_turn(self._faults.repeat_block_every):
            return [block, block]
        return [block]

    def rest(self) -> list[SampleBlock]:
        """Return what is still held back when no further block is sent."""
        held, self._held = self._held, None
        return [] if held is None else [held]

    def due(self, time: float) -> float:
        """Return when a block is handed over that is complete `time` s after connecting."""
        start, end = self._faults.stall_after, self._faults.stall_after + self._faults.stall
        return end if start < time < end else time

    def broken(self, time: float) -> bool:
        """Whether the link has broken `time` s after connecting."""
        return 0.0 < self._faults.disconnect_after < time

    def _is_turn(self, every: int) -> bool:
        return every > 0 and self._count % every == 0

    def _spoiled(self, emg: NDArray[np.float32], first_sample: int) -> NDArray[np.float32]:
        faults = self._faults
        values = {
            faults.flat_channel: 0.0,
            faults.nan_channel: np.nan,
            faults.saturated_channel: FULL_SCALE,
        }
        bad = {channel: value for channel, value in values.items() if channel >= 0}
        begin = max(round(faults.channel_fault_after * SAMPLE_RATE) - first_sample, 0)
        if not bad or begin >= emg.shape[0]:
            return emg
        emg = emg.copy()
        for channel, value in bad.items():
            emg[begin:, channel] = value
        return emg
