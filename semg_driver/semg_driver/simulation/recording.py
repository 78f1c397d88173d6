# SPDX-License-Identifier: Apache-2.0
"""A stretch of simulated EMG in one piece."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from semg_driver.devices.device import Truth
from semg_driver.simulation.band import SAMPLE_RATE
from semg_driver.simulation.montage import WRISTBAND, Montage
from semg_driver.simulation.person import Person
from semg_driver.simulation.script import SCRIPTS
from semg_driver.simulation.wearer import Wearer


def simulate(
    person_seed: int,
    script_name: str,
    duration_s: float,
    script_seed: int,
    *,
    spread: float = 1.0,
    montage: Montage = WRISTBAND,
) -> tuple[NDArray[np.float32], Truth]:
    """Record a simulated person.

    Parameters
    ----------
    person_seed : int
        Who.
    script_name : str
        One of `SCRIPTS`.
    duration_s : float
        How long.
    script_seed : int
        Of the script and of chance.
    spread : float
        How far the person is from the usual one, as for `Person.sample`.
    montage : Montage
        The ring of electrodes.

    Returns
    -------
    emg : ndarray of float32, shape (samples, 16)
        V at 2 kHz.
    truth : Truth
        Of all samples.
    """
    person = Person.sample(person_seed, spread=spread)
    wearer = Wearer(
        person, SCRIPTS[script_name](script_seed, person), seed=script_seed, montage=montage
    )
    return wearer.generate(round(duration_s * SAMPLE_RATE))
