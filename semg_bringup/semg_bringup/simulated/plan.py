# SPDX-License-Identifier: Apache-2.0
"""What is to be simulated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from semg_driver.devices.device import Hand
from semg_driver.simulation.band import SAMPLE_RATE
from semg_driver.simulation.montage import FOREARM_RING, WRISTBAND, Montage
from semg_driver.simulation.script import SCRIPTS

RELEASED_TASKS: Mapping[str, str] = MappingProxyType(
    {
        "gestures": "discrete_gestures",
        "wrist": "wrist",
        "handwriting": "handwriting",
        "postures": "discrete_gestures",
    }
)
"""The task that a released recording names, by ours; each is also the name of a script."""
RINGS: Mapping[str, Montage] = MappingProxyType({"wrist": WRISTBAND, "forearm": FOREARM_RING})
"""Rings of electrodes by where they are worn."""
WIDEST = 3.0
"""Largest spread."""
LONGEST = 240.0
"""Minutes: what is simulated is held in memory, some 8 MB for each."""
RATES = (250.0, SAMPLE_RATE)
"""Lowest and highest rate in Hz that a recording can be brought to."""
_ASKED = "intent"


@dataclass(frozen=True)
class Plan:
    """A recording of a simulated person.

    Attributes
    ----------
    person : int
        Seed of the person.
    task : str
        Key of `RELEASED_TASKS`: which labels are written.
    script : str
        Key of the simulation's `SCRIPTS`: what the person does.
    minutes : float
        Length.
    seed : int
        Of the script and of chance.
    hand : Hand
        The arm that wears the band.
    rotation : float
        Degrees by which the band is rotated beyond how this person puts it on.
    ring : str
        Key of `RINGS`.
    spread : float
        How far the person is from the usual one: 1 as people are trained on, 0 all alike.
    rate : int or None
        Whole number of Hz at which raw samples in V are written; None writes them at 2 kHz and
        conditioned, as released.

    Raises
    ------
    ValueError
        If one of them cannot be; one line that says what would be right.
    """

    person: int
    task: str
    script: str
    minutes: float
    seed: int
    hand: Hand = Hand.RIGHT
    rotation: float = 0.0
    ring: str = "wrist"
    spread: float = 1.0
    rate: int | None = None

    def __post_init__(self) -> None:
        if self.task not in RELEASED_TASKS:
            raise ValueError(f"task '{self.task}': must be one of {', '.join(RELEASED_TASKS)}")
        if self.script not in recordable_scripts():
            raise ValueError(
                f"script '{self.script}': the simulation has none of that name that can be "
                f"recorded, only {', '.join(recordable_scripts())}"
            )
        for name, seed in (("person", self.person), ("seed", self.seed)):
            if seed < 0:
                raise ValueError(f"{name} {seed}: must be at least 0")
        if not 0 < self.minutes <= LONGEST:
            raise ValueError(
                f"minutes {self.minutes:g}: must be more than 0 and at most {LONGEST:g}; "
                f"for more, make several recordings"
            )
        if self.samples < 1:
            raise ValueError(f"minutes {self.minutes:g}: too short for a sample")
        if not -360.0 <= self.rotation <= 360.0:
            raise ValueError(f"rotation {self.rotation:g}: must be from -360 to 360 degrees")
        if self.ring not in RINGS:
            raise ValueError(f"ring '{self.ring}': must be one of {', '.join(RINGS)}")
        if not 0.0 <= self.spread <= WIDEST:
            raise ValueError(f"spread {self.spread:g}: must be from 0 to {WIDEST:g}")
        if self.rate is not None and not RATES[0] <= self.rate <= RATES[1]:
            raise ValueError(f"rate {self.rate}: must be from {RATES[0]:g} to {RATES[1]:g} Hz")

    @property
    def samples(self) -> int:
        """Samples at 2 kHz."""
        return round(60.0 * self.minutes * SAMPLE_RATE)

    @property
    def released_task(self) -> str:
        """The task that the recording names."""
        return RELEASED_TASKS[self.task]


def recordable_scripts() -> tuple[str, ...]:
    """Return the names of all scripts but the one that waits to be asked."""
    return tuple(name for name in SCRIPTS if name != _ASKED)
