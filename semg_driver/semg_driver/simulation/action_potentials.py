# SPDX-License-Identifier: Apache-2.0
"""Motor-unit action potentials as bipolar electrodes on the skin see them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 2000.0
LENGTH = 36
"""Samples of one action potential; the unit's zone passes the electrodes at its middle."""

_CHARGES = np.array([24.6, -35.4, 10.8])
_POSITIONS = np.array([0.0, 2.1, 6.9])  # mm
_PIN_DISTANCE = 10.0  # mm
_REFERENCE_DISTANCE = 10.0  # mm
_REFERENCE_VELOCITY = 4.0  # mm/ms, which is m/s
_ANISOTROPY = 2.0


def bipolar_waveforms(
    distance: NDArray[np.float64], velocity: NDArray[np.float64], shift: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Action potentials of fibres that pass under electrode pairs.

    A tripole travels along the fibre; its three charges sum to zero and have no dipole moment
    (Merletti, Lo Conte, Avignone, Guglielminotti 1999, "Modeling of surface myoelectric
    signals", part I). The pair's two pins lie 10 mm apart along the arm. Muscle conducts better
    along its fibres than across, which stretches the distance across.

    Parameters
    ----------
    distance : ndarray, shape (units, channels)
        From fibre to electrode, across the arm, in mm.
    velocity : ndarray, shape (units,)
        Conduction velocity in m/s.
    shift : ndarray, shape (units,)
        Where the tripole is, from the middle of the pins, at the middle sample, in mm.

    Returns
    -------
    ndarray, shape (units, LENGTH, channels)
        Relative to the peak-to-peak amplitude at 10 mm distance and 4 m/s.
    """
    return _passing(distance, velocity, shift) / _reference_amplitude()


def _reference_amplitude() -> float:
    wave = _passing(
        np.array([[_REFERENCE_DISTANCE]]), np.array([_REFERENCE_VELOCITY]), np.array([0.0])
    )
    return float(np.ptp(wave))


def _passing(
    distance: NDArray[np.float64], velocity: NDArray[np.float64], shift: NDArray[np.float64]
) -> NDArray[np.float64]:
    time = (np.arange(LENGTH) - LENGTH / 2) / SAMPLE_RATE * 1e3  # ms
    middle = shift[:, None] + velocity[:, None] * time
    across = (_ANISOTROPY * distance[:, None, :]) ** 2
    wave = np.zeros((distance.shape[0], LENGTH, distance.shape[1]))
    for charge, position in zip(_CHARGES, _POSITIONS - _POSITIONS.mean(), strict=True):
        for sign in (1.0, -1.0):
            along = middle - position + sign * _PIN_DISTANCE / 2
            wave += sign * charge / np.sqrt(along[:, :, None] ** 2 + across)
    ramp = np.sin(np.pi * (np.arange(LENGTH) + 0.5) / LENGTH)
    taper = np.minimum(1.0, 2.0 * ramp)
    return np.asarray((wave - wave.mean(axis=1, keepdims=True)) * taper[None, :, None])
