# SPDX-License-Identifier: Apache-2.0
"""The wristband: where its electrodes are, and what its electronics add."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt, sosfreqz

from semg_driver.devices.device import Hand
from semg_driver.simulation.action_potentials import bipolar_waveforms
from semg_driver.simulation.anatomy import MUSCLES, outline
from semg_driver.simulation.motor_units import Pools
from semg_driver.simulation.person import CHANNELS, Person

SAMPLE_RATE = 2000.0
NOISE_SD = 2.46e-6
"""Sensor noise in V (Kaifosh, Reardon et al. 2025)."""
FULL_SCALE = float(np.float32(3.3e-3))
"""Largest magnitude in V: 12 bit over 6.6 mV, of which the lowest code is not used."""
BANDWIDTH = (20.0, 850.0)
_CODES = 2047


def unit_waveforms(person: Person, units: Pools) -> NDArray[np.float32]:
    """Action potential of every motor unit on every channel.

    Channel 0 lies in the middle of the palm side, channel 4 on the thumb's side, when the band
    is not rotated. On a left arm the ring runs the other way around.

    Parameters
    ----------
    person : Person
        Whose anatomy, band rotation and contact.
    units : Pools
        The motor units.

    Returns
    -------
    ndarray of float32, shape (units, LENGTH, 16)
        V.
    """
    rng = np.random.default_rng(np.random.SeedSequence([person.seed, 7]))
    angle = np.arange(CHANNELS) * 360.0 / CHANNELS + person.rotation
    electrodes = outline(angle, person.circumference, person.flatness)
    skin = outline(person.muscle_angle, person.circumference, person.flatness)
    radius = np.linalg.norm(skin, axis=1, keepdims=True)
    centre = skin * (1.0 - (person.muscle_depth[:, None] + person.fat) / radius)
    spread = np.array([m.spread for m in MUSCLES])[units.muscle]
    place = centre[units.muscle] + rng.normal(0.0, 0.7, (units.muscle.size, 2)) * spread[:, None]
    distance = np.linalg.norm(place[:, None, :] - electrodes[None, :, :], axis=2)
    np.maximum(distance, 4.0, out=distance)
    velocity = person.velocity * np.exp(rng.normal(0.0, 0.08, units.muscle.size))
    shift = rng.normal(0.0, 3.0, units.muscle.size)
    sign = rng.choice([1.0, -1.0], units.muscle.size)
    scale = sign * units.size * person.muscle_amplitude[units.muscle] * 1e-6
    waves = bipolar_waveforms(distance, velocity, shift) * scale[:, None, None]
    waves *= person.channel_gain
    if person.hand == Hand.LEFT:
        waves = waves[:, :, (-np.arange(CHANNELS)) % CHANNELS]
    return waves.astype(np.float32)


class Electronics:
    """Amplifier and converter: band pass, noise, mains hum, 12 bit.

    Parameters
    ----------
    person : Person
        Whose contact decides on noise and hum per channel.
    rng : numpy.random.Generator
        Source of noise.
    """

    def __init__(self, person: Person, rng: np.random.Generator) -> None:
        self._rng = rng
        low, high = BANDWIDTH
        self._sos = np.concatenate(
            [
                butter(2, low, "highpass", fs=SAMPLE_RATE, output="sos"),
                butter(4, high, "lowpass", fs=SAMPLE_RATE, output="sos"),
            ]
        )
        response = np.abs(sosfreqz(self._sos, 4096)[1])
        self._noise = (NOISE_SD / np.sqrt(np.mean(response**2))) * person.channel_noise
        self._state = np.zeros((self._sos.shape[0], 2, CHANNELS))
        self._mains = person.mains
        self._hum = person.hum * 1e-6
        self._phase = rng.uniform(0.0, 2.0 * np.pi, CHANNELS)
        self._third = rng.uniform(0.05, 0.3, CHANNELS)

    def convert(self, signal: NDArray[np.float32], first: int) -> NDArray[np.float32]:
        """Turn what the electrodes see into what the band sends.

        Parameters
        ----------
        signal : ndarray of float32, shape (samples, 16)
            V.
        first : int
            Index of its first sample.

        Returns
        -------
        ndarray of float32, shape (samples, 16)
            V.
        """
        samples = signal.shape[0]
        noisy = self._rng.standard_normal((samples, CHANNELS)) * self._noise
        noisy += signal
        turns = (first + np.arange(samples)) * (self._mains / SAMPLE_RATE)
        angle = (2.0 * np.pi * (turns % 1.0))[:, None] + self._phase
        noisy += self._hum * (np.sin(angle) + self._third * np.sin(3.0 * angle))
        filtered, self._state = sosfilt(self._sos, noisy, axis=0, zi=self._state)
        codes = np.clip(np.rint(filtered * (_CODES / FULL_SCALE)), -_CODES, _CODES)
        return np.asarray(codes / _CODES * FULL_SCALE, np.float32)
