# SPDX-License-Identifier: Apache-2.0
"""A person who wears the band: what differs from one to the next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semg_driver.devices.device import Hand
from semg_driver.simulation.anatomy import MUSCLES
from semg_driver.simulation.gestures import GESTURES

CHANNELS = 16


@dataclass(frozen=True)
class Person:
    """Anatomy, habits and the way the band is worn.

    Attributes
    ----------
    seed : int
        What the person was drawn with.
    hand : Hand
        The arm that wears the band.
    circumference : float
        Of the wrist, in mm.
    flatness : float
        Wrist width divided by thickness.
    fat : float
        Thickness of skin and fat over the muscles, in mm.
    rotation : float
        Of the band towards the thumb, in degrees.
    muscle_angle, muscle_depth, muscle_amplitude : ndarray, shape (muscles,)
        Degrees, mm and µV, as in `Muscle`.
    velocity : float
        Mean conduction velocity of muscle fibres, in m/s.
    tonic : ndarray, shape (muscles,)
        Mean drive at rest.
    strength : ndarray, shape (gestures, muscles)
        Factor on each muscle's usual drive in each gesture.
    extra : ndarray, shape (gestures, muscles)
        Drive of muscles that this person uses besides the usual ones.
    tempo, offset : ndarray, shape (gestures,)
        Factor on durations, and lateness in s.
    softness : ndarray, shape (gestures,)
        Factor on the time that activity takes to rise and fall.
    variability : float
        S.d. of the logarithm of a gesture's strength from one performance to the next.
    effort : ndarray, shape (muscles,)
        Factor on each muscle's usual drive in what is no gesture.
    wrist_gain : ndarray, shape (2,)
        Factor on the drive of flexors and extensors of the wrist.
    co_contraction : float
        Drive of all wrist muscles while the wrist moves.
    lead : float
        s by which muscle activity precedes wrist movement.
    channel_gain, channel_noise : ndarray, shape (16,)
        Factors on signal and on sensor noise from the electrodes' contact.
    looseness : ndarray, shape (16,)
        Factor on what jolts to the band do to a channel.
    hum : ndarray, shape (16,)
        Amplitude of mains hum in µV.
    mains : float
        Mains frequency where the person lives, in Hz.
    """

    seed: int
    hand: Hand
    circumference: float
    flatness: float
    fat: float
    rotation: float
    muscle_angle: NDArray[np.float64]
    muscle_depth: NDArray[np.float64]
    muscle_amplitude: NDArray[np.float64]
    velocity: float
    tonic: NDArray[np.float64]
    strength: NDArray[np.float64]
    extra: NDArray[np.float64]
    tempo: NDArray[np.float64]
    offset: NDArray[np.float64]
    softness: NDArray[np.float64]
    variability: float
    effort: NDArray[np.float64]
    wrist_gain: NDArray[np.float64]
    co_contraction: float
    lead: float
    channel_gain: NDArray[np.float64]
    channel_noise: NDArray[np.float64]
    looseness: NDArray[np.float64]
    hum: NDArray[np.float64]
    mains: float

    @staticmethod
    def sample(
        seed: int,
        *,
        hand: Hand = Hand.RIGHT,
        rotation_sd: float = 10.0,
        rotation_limit: float = 25.0,
        rotation_offset: float = 0.0,
    ) -> Person:
        """Draw a person.

        Wrist circumferences spread as in anthropometric surveys (mean 168 mm, s.d. 11 mm),
        conduction velocity is 4.0 ± 0.4 m/s, and muscle activity leads movement by 50 to 80 ms
        (electromechanical delay, Cavanagh and Komi 1979). The other spreads are chosen so that
        people differ clearly while the muscles of a gesture stay the same.

        Parameters
        ----------
        seed : int
            At least 0. The same seed is the same person.
        hand : Hand
            The arm that wears the band. A left arm is the mirror image of the right one.
        rotation_sd, rotation_limit : float
            S.d. and largest magnitude of the band's rotation, in degrees.
        rotation_offset : float
            Degrees added to the rotation after that.
        """
        body, band, habit, day = (
            np.random.default_rng(s) for s in np.random.SeedSequence([seed, 5]).spawn(4)
        )
        muscles, gestures = len(MUSCLES), len(GESTURES)
        rotation = float(np.clip(band.normal(0.0, rotation_sd), -rotation_limit, rotation_limit))
        channel_gain = np.exp(band.normal(0.0, 0.15, CHANNELS))
        channel_noise = np.exp(np.abs(band.normal(0.0, 0.06, CHANNELS)))
        if band.random() < 0.08:
            bad = int(band.integers(CHANNELS))
            channel_gain[bad] *= band.uniform(0.05, 0.4)
            channel_noise[bad] *= band.uniform(1.2, 3.0)
        body_strength = np.exp(0.18 * np.clip(body.normal(), -2.0, 2.0))
        return Person(
            seed=seed,
            hand=hand,
            circumference=float(np.clip(body.normal(168.0, 11.0), 140.0, 200.0)),
            flatness=float(body.uniform(1.2, 1.45)),
            fat=float(body.uniform(1.0, 3.5)),
            rotation=rotation + rotation_offset,
            muscle_angle=np.array([m.angle for m in MUSCLES]) + body.normal(0.0, 4.0, muscles),
            muscle_depth=np.array([m.depth for m in MUSCLES])
            * np.exp(body.normal(0.0, 0.12, muscles)),
            muscle_amplitude=np.array([m.amplitude for m in MUSCLES])
            * body_strength
            * np.exp(body.normal(0.0, 0.2, muscles)),
            velocity=float(np.clip(body.normal(4.0, 0.4), 3.0, 5.0)),
            tonic=np.exp(body.normal(np.log(0.012), 0.35, muscles)),
            strength=np.exp(habit.normal(0.0, 0.12) + habit.normal(0.0, 0.25, (gestures, muscles))),
            extra=_extra(habit),
            tempo=np.exp(habit.normal(0.0, 0.1) + habit.normal(0.0, 0.1, gestures)),
            offset=habit.normal(0.0, 0.006, gestures),
            softness=np.exp(habit.normal(0.0, 0.15, gestures)),
            variability=float(habit.uniform(0.1, 0.25)),
            effort=np.exp(day.normal(0.0, 0.12) + day.normal(0.0, 0.25, muscles)),
            wrist_gain=np.exp(habit.normal(0.0, 0.12, 2)),
            co_contraction=float(habit.uniform(0.02, 0.05)),
            lead=float(habit.uniform(0.05, 0.08)),
            channel_gain=channel_gain,
            channel_noise=channel_noise,
            looseness=np.exp(day.normal(0.0, 0.3) + day.normal(0.0, 0.5, CHANNELS)),
            hum=np.exp(band.normal(np.log(1.0), 0.6, CHANNELS)),
            mains=float(band.choice([50.0, 60.0])),
        )


def _extra(rng: np.random.Generator) -> NDArray[np.float64]:
    shape = (len(GESTURES), len(MUSCLES))
    level = rng.uniform(0.02, 0.08, shape)
    return np.where(rng.random(shape) < 0.08, level, 0.0)
