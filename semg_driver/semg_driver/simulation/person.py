# SPDX-License-Identifier: Apache-2.0
"""A person who wears the band: what differs from one to the next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semg_driver.devices.device import Hand
from semg_driver.simulation.anatomy import MUSCLES
from semg_driver.simulation.draw import Draw
from semg_driver.simulation.gestures import GESTURES
from semg_driver.simulation.postures import POSTURES

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
    spread : float
        Factor by which the person is farther from the usual one than most.
    circumference : float
        Of the wrist, in mm.
    flatness : float
        Wrist width divided by thickness.
    fat : float
        Thickness of skin and fat over the muscles, in mm.
    rotation : float
        Of the band towards the thumb, in degrees.
    muscle_shift : ndarray, shape (muscles,)
        Degrees by which muscles lie elsewhere than usual.
    muscle_depth, muscle_amplitude : ndarray, shape (muscles,)
        Factors on how deep they lie and how large their action potentials are.
    end_plate : ndarray, shape (muscles,)
        mm by which their end plates are nearer to the hand than usual.
    velocity : float
        Mean conduction velocity of muscle fibres, in m/s.
    tonic : ndarray, shape (muscles,)
        Mean drive at rest.
    strength : ndarray, shape (gestures, muscles)
        Factor on each muscle's usual drive in each gesture.
    style : ndarray, shape (gestures,)
        Between the two usual ways of doing each gesture, 0 to 1.
    extra : ndarray, shape (gestures, muscles)
        Drive of muscles that this person uses besides the usual ones.
    posture_strength : ndarray, shape (postures, muscles)
        Factor on each muscle's usual drive in each posture.
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
    wrist_share : ndarray, shape (muscles,)
        Factor on each muscle's part in that.
    co_contraction : float
        Drive of all wrist muscles while the wrist moves.
    lead : float
        s by which muscle activity precedes wrist movement.
    channel_gain, channel_noise : ndarray, shape (16,)
        Factors on signal and on sensor noise from the electrodes' contact.
    looseness : ndarray, shape (16,)
        Factor on what jolts to the band do to a channel.
    losses : ndarray, shape (16,)
        Times per minute that an electrode loses its contact for a moment.
    stance_size : float
        Factor on how much the way the arm is held changes what the band sees.
    hum : ndarray, shape (16,)
        Amplitude of mains hum in µV.
    mains : float
        Mains frequency where the person lives, in Hz.
    """

    seed: int
    hand: Hand
    spread: float
    circumference: float
    flatness: float
    fat: float
    rotation: float
    muscle_shift: NDArray[np.float64]
    muscle_depth: NDArray[np.float64]
    muscle_amplitude: NDArray[np.float64]
    end_plate: NDArray[np.float64]
    velocity: float
    tonic: NDArray[np.float64]
    strength: NDArray[np.float64]
    style: NDArray[np.float64]
    extra: NDArray[np.float64]
    posture_strength: NDArray[np.float64]
    tempo: NDArray[np.float64]
    offset: NDArray[np.float64]
    softness: NDArray[np.float64]
    variability: float
    effort: NDArray[np.float64]
    wrist_gain: NDArray[np.float64]
    wrist_share: NDArray[np.float64]
    co_contraction: float
    lead: float
    channel_gain: NDArray[np.float64]
    channel_noise: NDArray[np.float64]
    looseness: NDArray[np.float64]
    losses: NDArray[np.float64]
    stance_size: float
    hum: NDArray[np.float64]
    mains: float

    @staticmethod
    def sample(
        seed: int,
        *,
        hand: Hand = Hand.RIGHT,
        rotation_sd: float = 12.0,
        rotation_limit: float = 30.0,
        rotation_offset: float = 0.0,
        spread: float = 1.0,
    ) -> Person:
        """Draw a person.

        Wrist circumferences spread as in anthropometric surveys (mean 168 mm, s.d. 11 mm),
        conduction velocity is 4.0 ± 0.4 m/s (Zwarts and Stegeman 2003, Muscle Nerve 28, 1), and
        muscle activity leads movement by 50 to 80 ms (electromechanical delay, Cavanagh and Komi
        1979). The other spreads are chosen so that people differ clearly while the muscles of a
        gesture stay the same.

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
        spread : float
            Factor on how far the person is from the usual one in anatomy, noise, timing and
            habits; the band's rotation excepted.
        """
        body, band, habit, day = (
            Draw(np.random.default_rng(s), spread)
            for s in np.random.SeedSequence([seed, 5]).spawn(4)
        )
        muscles, gestures = len(MUSCLES), len(GESTURES)
        turned = rotation_sd * float(band.rng.normal())
        tightness = band.normal(0.0, 1.0)
        channel_gain = np.exp(band.normal(0.0, 0.15, CHANNELS))
        channel_noise = np.exp(
            0.1 * max(-tightness, 0.0) + np.abs(band.normal(0.0, 0.06, CHANNELS))
        )
        losses = np.zeros(CHANNELS)
        if band.rng.random() < 0.08 * spread:
            bad = int(band.rng.integers(CHANNELS))
            channel_gain[bad] *= band.rng.uniform(0.05, 0.4)
            channel_noise[bad] *= band.rng.uniform(1.2, 3.0)
        if band.rng.random() < 0.15 * spread:
            losses[int(band.rng.integers(CHANNELS))] = np.exp(band.normal(0.0, 0.7))
        body_strength = np.exp(0.18 * np.clip(body.normal(), -2.0 * spread, 2.0 * spread))
        return Person(
            seed=seed,
            hand=hand,
            spread=spread,
            circumference=float(np.clip(body.normal(168.0, 11.0), 135.0, 205.0)),
            flatness=float(body.uniform(1.2, 1.45)),
            fat=float(body.uniform(1.0, 3.5)) * float(np.exp(-0.08 * tightness)),
            rotation=float(np.clip(turned, -rotation_limit, rotation_limit)) + rotation_offset,
            muscle_shift=body.normal(0.0, 4.5, muscles),
            muscle_depth=np.exp(body.normal(0.0, 0.12, muscles)),
            muscle_amplitude=body_strength * np.exp(body.normal(0.0, 0.22, muscles)),
            end_plate=body.normal(0.0, 3.0) + body.normal(0.0, 3.0, muscles),
            velocity=float(np.clip(body.normal(4.0, 0.4), 3.0, 5.0)),
            tonic=np.exp(body.normal(np.log(0.0105), 0.35, muscles)),
            strength=np.exp(habit.normal(0.0, 0.12) + habit.normal(0.0, 0.25, (gestures, muscles))),
            style=np.clip(habit.uniform(0.0, 1.0, gestures), -0.2, 1.2),
            extra=_extra(habit),
            posture_strength=np.exp(
                habit.normal(0.0, 0.15) + habit.normal(0.0, 0.3, (len(POSTURES), muscles))
            ),
            tempo=np.exp(habit.normal(0.0, 0.1) + habit.normal(0.0, 0.1, gestures)),
            offset=habit.normal(0.0, 0.006, gestures),
            softness=np.exp(habit.normal(0.0, 0.15, gestures)),
            variability=float(habit.uniform(0.1, 0.25)),
            effort=np.exp(day.normal(0.0, 0.12) + day.normal(0.0, 0.25, muscles)),
            wrist_gain=np.exp(habit.normal(0.0, 0.12, 2)),
            wrist_share=np.exp(habit.normal(0.0, 0.15, muscles)),
            co_contraction=float(habit.uniform(0.02, 0.05)),
            lead=float(habit.uniform(0.05, 0.08)),
            channel_gain=channel_gain,
            channel_noise=channel_noise,
            looseness=np.exp(-0.3 * tightness + day.normal(0.0, 0.5, CHANNELS)),
            losses=losses,
            stance_size=float(np.exp(day.normal(0.0, 0.3))),
            hum=np.exp(band.normal(np.log(1.0), 0.6, CHANNELS)),
            mains=float(band.rng.choice([50.0, 60.0])),
        )


def _extra(habit: Draw) -> NDArray[np.float64]:
    shape = (len(GESTURES), len(MUSCLES))
    level = habit.uniform(0.02, 0.08, shape)
    return np.where(habit.rng.random(shape) < 0.08 * habit.spread, level, 0.0)
