# SPDX-License-Identifier: Apache-2.0
"""Motor-unit action potentials as electrodes on the skin see them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 2000.0
LENGTH = 36
"""Samples of one action potential, from the moment its end plate fires."""

_CHARGES = np.array([24.6, -35.4, 10.8])
_POSITIONS = np.array([0.0, 2.1, 6.9])  # mm behind the front
_ANISOTROPY = 2.0
_REFERENCE_DISTANCE = 10.0  # mm
_REFERENCE_VELOCITY = 4.0  # mm/ms, which is m/s
_REFERENCE_PINS = (-5.0, 5.0)  # mm
_REFERENCE_HALF = 60.0  # mm
_SLOWEST = 0.97  # of LENGTH by which all of a fibre's ends have been reached


@dataclass(frozen=True)
class Fibres:
    """The fibres of motor units, one mean fibre for each; the elbow is the negative side.

    Attributes
    ----------
    end_plate : ndarray, shape (units,)
        Where action potentials start, along the arm from the electrodes' middle, in mm.
    towards_elbow, towards_hand : ndarray, shape (units,)
        Length of the fibre on either side of its end plate, in mm.
    velocity : ndarray, shape (units,)
        Conduction velocity in m/s.
    """

    end_plate: NDArray[np.float64]
    towards_elbow: NDArray[np.float64]
    towards_hand: NDArray[np.float64]
    velocity: NDArray[np.float64]


def waveforms(
    fibres: Fibres, distance: NDArray[np.float64], pins: tuple[float, ...]
) -> NDArray[np.float64]:
    """Action potentials of fibres that pass under electrodes, start and end included.

    From the end plate a tripole travels to either end of the fibre; its three charges sum to zero
    and have no dipole moment (Merletti, Lo Conte, Avignone, Guglielminotti 1999, "Modeling of
    surface myoelectric signals", part I). Each charge comes out of the end plate, and stays where
    the fibre ends, so that both tripoles begin and vanish in due time: what electrodes near an
    end plate or a tendon see (Dimitrov and Dimitrova 1998, Med Eng Phys 20, 374). Muscle conducts
    better along its fibres than across, which stretches the distance across.

    Parameters
    ----------
    fibres : Fibres
        One for each unit.
    distance : ndarray, shape (units, channels)
        From fibre to electrode, across the arm, in mm.
    pins : tuple of float
        Where the electrodes of a channel are along the arm, in mm: one, against a far electrode,
        or two, the second of which is subtracted from the first.

    Returns
    -------
    ndarray, shape (units, LENGTH, channels)
        Relative to the peak-to-peak amplitude that a pair 10 mm apart sees from a long fibre at
        10 mm distance and 4 m/s.
    """
    return _potential(fibres, distance, pins) / _reference_amplitude()


def _reference_amplitude() -> float:
    half = np.array([_REFERENCE_HALF])
    velocity = np.array([_REFERENCE_VELOCITY])
    fibre = Fibres(np.array([-30.0]), half, half, velocity)
    return float(np.ptp(_potential(fibre, np.array([[_REFERENCE_DISTANCE]]), _REFERENCE_PINS)))


def _potential(
    fibres: Fibres, distance: NDArray[np.float64], pins: tuple[float, ...]
) -> NDArray[np.float64]:
    across = ((_ANISOTROPY * distance) ** 2)[:, None, :]
    time = np.arange(LENGTH) / SAMPLE_RATE * 1e3  # ms
    front = fibres.velocity[:, None] * time
    wave = np.zeros((distance.shape[0], LENGTH, distance.shape[1]))
    for direction, length in ((-1.0, fibres.towards_elbow), (1.0, fibres.towards_hand)):
        # Long fibres are cut to what is passed by the end, so that every charge is stopped.
        end = np.minimum(length, _SLOWEST * front[:, -1] - _POSITIONS[-1])
        for charge, behind in zip(_CHARGES, _POSITIONS, strict=True):
            travelled = np.clip(front - behind, 0.0, end[:, None])
            place = fibres.end_plate[:, None] + direction * travelled
            for sign, pin in zip((1.0, -1.0), pins, strict=False):
                along = (place - pin)[:, :, None]
                wave += sign * charge / np.sqrt(along**2 + across)
    return wave
