# SPDX-License-Identifier: Apache-2.0
"""The wristband: where its electrodes are, and what its electronics add."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt, sosfreqz

from semg_driver.devices.device import Hand
from semg_driver.simulation.action_potentials import Fibres, waveforms
from semg_driver.simulation.anatomy import MUSCLES, Place, outline
from semg_driver.simulation.montage import WRISTBAND, Montage
from semg_driver.simulation.motor_units import Pools
from semg_driver.simulation.person import CHANNELS, Person
from semg_driver.simulation.stance import NEUTRAL, Stance

SAMPLE_RATE = 2000.0
NOISE_SD = WRISTBAND.noise_sd
"""Sensor noise in V (Kaifosh, Reardon et al. 2025)."""
FULL_SCALE = float(np.float32(WRISTBAND.full_scale))
"""Largest magnitude in V."""
BANDWIDTH = WRISTBAND.bandwidth
_ABSENT = Place(0.0, 10.0, 1.0)
_NEAREST = 4.0  # mm
_UNIT_VELOCITY_SD = 0.08


def unit_waveforms(
    person: Person, units: Pools, montage: Montage = WRISTBAND, stance: Stance = NEUTRAL
) -> NDArray[np.float32]:
    """Action potential of every motor unit on every channel.

    Channel 0 lies in the middle of the palm side, channel 4 on the thumb's side, when the band
    is not rotated. On a left arm the ring runs the other way around.

    Parameters
    ----------
    person : Person
        Whose anatomy, band rotation and contact.
    units : Pools
        The motor units.
    montage : Montage
        The ring of electrodes.
    stance : Stance
        How the arm is held.

    Returns
    -------
    ndarray of float32, shape (units, LENGTH, 16)
        V.
    """
    rng = np.random.default_rng(np.random.SeedSequence([person.seed, 7]))
    places = [montage.place(muscle) or _ABSENT for muscle in MUSCLES]
    present = np.array([montage.place(muscle) is not None for muscle in MUSCLES], np.float64)
    girth = person.circumference * montage.girth
    angle = np.arange(CHANNELS) * 360.0 / CHANNELS + person.rotation + stance.turn
    electrodes = outline(angle, girth, person.flatness)
    muscle_angle = np.array([place.angle for place in places]) + person.muscle_shift
    depth = np.array([place.depth for place in places]) * person.muscle_depth
    skin = outline(muscle_angle, girth, person.flatness)
    radius = np.linalg.norm(skin, axis=1, keepdims=True)
    centre = skin * (1.0 - (depth[:, None] + person.fat + montage.tissue) / radius)
    count = units.muscle.size
    spread = np.array([place.spread for place in places])[units.muscle]
    place = centre[units.muscle] + rng.normal(0.0, 0.7, (count, 2)) * spread[:, None]
    distance = np.linalg.norm(place[:, None, :] - electrodes[None, :, :], axis=2)
    np.maximum(distance, _NEAREST, out=distance)
    half = 0.5 * np.array([muscle.fibre for muscle in MUSCLES])[units.muscle]
    fibres = Fibres(
        end_plate=person.end_plate[units.muscle]
        + montage.end_plates[0]
        + montage.end_plates[1] * rng.normal(0.0, 1.0, count),
        towards_elbow=half * np.exp(rng.normal(0.0, 0.1, count)),
        towards_hand=half * np.exp(rng.normal(0.0, 0.1, count)),
        velocity=person.velocity * np.exp(rng.normal(0.0, _UNIT_VELOCITY_SD, count)),
    )
    amplitude = np.array([muscle.amplitude for muscle in MUSCLES]) * person.muscle_amplitude
    amplitude = amplitude * montage.crowd * present * stance.gain
    scale = units.size * amplitude[units.muscle] * 1e-6
    waves = waveforms(fibres, distance, montage.pins) * scale[:, None, None]
    waves -= montage.reference * waves.mean(axis=2, keepdims=True)
    waves *= person.channel_gain
    if person.hand == Hand.LEFT:
        waves = waves[:, :, (-np.arange(CHANNELS)) % CHANNELS]
    return waves.astype(np.float32)


class Electronics:
    """Amplifier and converter: band pass, noise, mains hum, rounding.

    Parameters
    ----------
    person : Person
        Whose contact decides on noise and hum per channel.
    rng : numpy.random.Generator
        Source of noise.
    montage : Montage
        The ring whose electronics these are.
    """

    def __init__(
        self, person: Person, rng: np.random.Generator, montage: Montage = WRISTBAND
    ) -> None:
        self._rng = rng
        low, high = montage.bandwidth
        self._codes = montage.codes
        self._full_scale = float(np.float32(montage.full_scale))
        self._sos = np.concatenate(
            [
                butter(2, low, "highpass", fs=SAMPLE_RATE, output="sos"),
                butter(4, high, "lowpass", fs=SAMPLE_RATE, output="sos"),
            ]
        )
        response = np.abs(sosfreqz(self._sos, 4096)[1])
        self._noise = (montage.noise_sd / np.sqrt(np.mean(response**2))) * person.channel_noise
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
        steps, full = self._codes, self._full_scale
        codes = np.clip(np.rint(filtered * (steps / full)), -steps, steps)
        return np.asarray(codes / steps * full, np.float32)
