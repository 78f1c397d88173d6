# SPDX-License-Identifier: Apache-2.0
"""Cross-section of the distal forearm: which muscle lies where under the band.

Angles run around the right wrist from the middle of the palm side (0) over the thumb side
(90) and the back (180) to the little finger's side (270 degrees). The order of the muscles and
tendons around the wrist and whether they are superficial or deep follow the cross-sections of
anatomy atlases (Standring, Gray's Anatomy, forearm and wrist); the numbers are rounded.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Muscle:
    """One muscle, or the part of it that moves one finger.

    Attributes
    ----------
    name : str
        Usual abbreviation; a trailing number is the finger (2 is the index finger).
    angle : float
        Around the wrist, in degrees (see the module).
    depth : float
        From the skin's muscle side to the centre of its territory, in mm.
    spread : float
        S.d. of its motor units around that centre, in mm.
    units : int
        Motor units that the band can see.
    amplitude : float
        Peak-to-peak action potential of a unit of mean size at 10 mm distance, in µV.
    """

    name: str
    angle: float
    depth: float
    spread: float
    units: int
    amplitude: float


MUSCLES: tuple[Muscle, ...] = (
    Muscle("FDS2", 12.0, 7.0, 2.0, 40, 17.0),
    Muscle("FDS3", 338.0, 6.0, 2.0, 40, 16.0),
    Muscle("FDS4", 325.0, 7.0, 2.0, 30, 12.0),
    Muscle("FDP2", 22.0, 11.0, 2.5, 40, 26.0),
    Muscle("FDP3", 330.0, 11.0, 2.5, 40, 26.0),
    Muscle("FCR", 42.0, 6.0, 1.8, 50, 13.0),
    Muscle("FCU", 300.0, 6.0, 1.8, 50, 14.0),
    Muscle("FPL", 62.0, 8.0, 1.5, 8, 110.0),
    Muscle("thenar", 36.0, 5.0, 1.2, 8, 64.0),
    Muscle("APL", 98.0, 5.0, 1.2, 8, 72.0),
    Muscle("EPB", 112.0, 6.0, 1.2, 8, 72.0),
    Muscle("ECR", 132.0, 6.0, 1.8, 50, 13.0),
    Muscle("EPL", 154.0, 6.0, 1.2, 8, 76.0),
    Muscle("ED2", 176.0, 6.0, 1.5, 30, 14.0),
    Muscle("ED3", 192.0, 5.5, 1.5, 30, 14.0),
    Muscle("ED4", 206.0, 6.0, 1.5, 30, 13.0),
    Muscle("EI", 164.0, 9.0, 1.5, 24, 29.0),
    Muscle("ECU", 246.0, 6.0, 1.8, 50, 14.0),
)
"""The muscles of the model, in the order that every array of muscles has."""

MUSCLE_INDEX: dict[str, int] = {muscle.name: i for i, muscle in enumerate(MUSCLES)}


def outline(
    angles: NDArray[np.float64], circumference: float, flatness: float
) -> NDArray[np.float64]:
    """Points on the skin of an elliptical wrist.

    Parameters
    ----------
    angles : ndarray, shape (points,)
        Directions from the centre, in degrees.
    circumference : float
        Of the wrist, in mm.
    flatness : float
        Width divided by thickness.

    Returns
    -------
    ndarray, shape (points, 2)
        Towards the thumb and towards the palm, in mm. The circumference is met within 1 %
        for a flatness below 1.6.
    """
    direction = np.deg2rad(angles)
    thickness = circumference / (2.0 * np.pi) / np.sqrt((1.0 + flatness**2) / 2.0)
    width = thickness * flatness
    towards = np.stack([np.sin(direction), np.cos(direction)], axis=-1)
    reach = 1.0 / np.sqrt((towards[:, 0] / width) ** 2 + (towards[:, 1] / thickness) ** 2)
    return np.asarray(towards * reach[:, None])
