# SPDX-License-Identifier: Apache-2.0
"""Cross-sections of the arm: which muscle lies where under a ring of electrodes.

Angles run around the right arm from the middle of the palm side (0) over the thumb side (90)
and the back (180) to the little finger's side (270 degrees). The order of the muscles and
tendons around the arm and whether they are superficial or deep follow the cross-sections of
anatomy atlases (Standring, Gray's Anatomy, forearm and wrist); the numbers are rounded. Lengths
of fibres follow Lieber, Jacobson, Fazeli, Abrams, Botte (1992, J Hand Surg 17A, 787).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Place:
    """Where a muscle lies in a cross-section.

    Attributes
    ----------
    angle : float
        Around the arm, in degrees (see the module).
    depth : float
        From the skin's muscle side to the centre of its territory, in mm.
    spread : float
        S.d. of its motor units around that centre, in mm.
    """

    angle: float
    depth: float
    spread: float


@dataclass(frozen=True)
class Muscle:
    """One muscle, or the part of it that moves one finger.

    Attributes
    ----------
    name : str
        Usual abbreviation; a trailing number is the finger (2 is the index finger).
    wrist : Place
        Under a band at the wrist.
    forearm : Place or None
        Under a ring a third of the way from the elbow, if it is there at all.
    units : int
        Motor units that a band can see.
    amplitude : float
        Peak-to-peak action potential of a unit of mean size at 10 mm distance, in µV, as a pair
        of electrodes in the middle of the fibre sees it.
    fibre : float
        Length of its fibres, in mm.
    """

    name: str
    wrist: Place
    forearm: Place | None
    units: int
    amplitude: float
    fibre: float


MUSCLES: tuple[Muscle, ...] = (
    Muscle("FDS2", Place(12, 7.0, 2.0), Place(350, 14.0, 4.0), 40, 17.0, 70.0),
    Muscle("FDS3", Place(338, 6.0, 2.0), Place(8, 11.0, 4.0), 40, 16.0, 70.0),
    Muscle("FDS4", Place(325, 7.0, 2.0), Place(340, 12.0, 4.0), 30, 12.0, 70.0),
    Muscle("FDP2", Place(22, 11.0, 2.5), Place(345, 24.0, 4.0), 40, 26.0, 65.0),
    Muscle("FDP3", Place(330, 11.0, 2.5), Place(328, 22.0, 4.0), 40, 26.0, 65.0),
    Muscle("FCR", Place(42, 6.0, 1.8), Place(22, 8.0, 4.0), 50, 13.0, 55.0),
    Muscle("FCU", Place(300, 6.0, 1.8), Place(305, 9.0, 4.0), 50, 14.0, 45.0),
    Muscle("FPL", Place(62, 8.0, 1.5), Place(40, 24.0, 3.0), 8, 110.0, 45.0),
    Muscle("thenar", Place(36, 5.0, 1.2), None, 8, 64.0, 40.0),
    Muscle("APL", Place(98, 5.0, 1.2), Place(140, 18.0, 3.0), 8, 72.0, 50.0),
    Muscle("EPB", Place(112, 6.0, 1.2), Place(150, 22.0, 3.0), 8, 72.0, 45.0),
    Muscle("ECR", Place(132, 6.0, 1.8), Place(112, 9.0, 4.5), 50, 13.0, 60.0),
    Muscle("EPL", Place(154, 6.0, 1.2), Place(195, 20.0, 3.0), 8, 76.0, 45.0),
    Muscle("ED2", Place(176, 6.0, 1.5), Place(162, 9.0, 3.5), 30, 14.0, 58.0),
    Muscle("ED3", Place(192, 5.5, 1.5), Place(174, 8.0, 3.5), 30, 14.0, 58.0),
    Muscle("ED4", Place(206, 6.0, 1.5), Place(188, 8.0, 3.5), 30, 13.0, 58.0),
    Muscle("EI", Place(164, 9.0, 1.5), Place(205, 22.0, 3.0), 24, 29.0, 48.0),
    Muscle("ECU", Place(246, 6.0, 1.8), Place(232, 8.0, 4.0), 50, 14.0, 50.0),
    Muscle("FDS5", Place(314, 8.0, 2.0), Place(330, 15.0, 4.0), 24, 12.0, 62.0),
    Muscle("FDP4", Place(318, 12.0, 2.5), Place(312, 20.0, 4.0), 30, 26.0, 65.0),
    Muscle("FDP5", Place(308, 12.0, 2.5), Place(300, 18.0, 4.0), 24, 26.0, 62.0),
    Muscle("ED5", Place(222, 5.5, 1.4), Place(204, 8.0, 3.5), 20, 13.0, 58.0),
)
"""The muscles of the model, in the order that every array of muscles has."""

MUSCLE_INDEX: dict[str, int] = {muscle.name: i for i, muscle in enumerate(MUSCLES)}


def outline(
    angles: NDArray[np.float64], circumference: float, flatness: float
) -> NDArray[np.float64]:
    """Points on the skin of an elliptical arm.

    Parameters
    ----------
    angles : ndarray, shape (points,)
        Directions from the centre, in degrees.
    circumference : float
        Of the arm, in mm.
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
