# SPDX-License-Identifier: Apache-2.0
"""Settings of the simulated band."""

from __future__ import annotations

from dataclasses import dataclass

from semg_driver.devices.device import DeviceError
from semg_driver.simulation.faults import Faults
from semg_driver.simulation.person import CHANNELS
from semg_driver.simulation.script import SCRIPTS
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
    drop_block_every: int = setting(0, "lose every n-th block from then on; 0 is never", minimum=0)
    repeat_block_every: int = setting(
        0, "send every n-th block twice from then on; 0 is never", minimum=0
    )
    swap_block_every: int = setting(
        0, "send every n-th block from then on after the one that follows; 0 is never", minimum=0
    )
    stall_after_s: float = setting(
        1.0, "time from connecting to the stall that the driver starts with", unit="s", minimum=0
    )
    stall_s: float = setting(
        0.0,
        "how long nothing is handed over, once, unless rate is 0; 0 is no stall. Set while the "
        "driver runs: at once; for the same length again set 0 in between",
        unit="s",
        minimum=0,
    )
    disconnect_after_s: float = setting(
        0.0,
        "time to the loss of the link, from connecting or, set while the driver runs, from then "
        "on, and from each connection after it; 0 is never",
        unit="s",
        minimum=0,
    )
    flat_channel: int = setting(
        -1,
        "channel that stands still, at once if set while the driver runs; -1 is none",
        minimum=-1,
        maximum=CHANNELS - 1,
    )
    nan_channel: int = setting(
        -1,
        "channel that is not a number, at once if set while the driver runs; -1 is none",
        minimum=-1,
        maximum=CHANNELS - 1,
    )
    saturated_channel: int = setting(
        -1,
        "channel at full scale, at once if set while the driver runs; -1 is none",
        minimum=-1,
        maximum=CHANNELS - 1,
    )
    channel_fault_after_s: float = setting(
        0.0,
        "time from the first sample to the channel faults, until one is set while the driver runs",
        unit="s",
        minimum=0,
    )


ADJUSTABLE = (
    "drop_block_every",
    "repeat_block_every",
    "swap_block_every",
    "stall_s",
    "disconnect_after_s",
    "flat_channel",
    "nan_channel",
    "saturated_channel",
)
"""Options that can be changed while the band is in use."""


def check(options: SimulatorOptions) -> None:
    """Refuse options that cannot work.

    Raises
    ------
    DeviceError
        If one is out of range.
    """
    try:
        validate(options)
    except SettingError as error:
        raise DeviceError(f"simulator: {error}") from error


def faults(options: SimulatorOptions) -> Faults:
    """Return the faults that were asked for."""
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
