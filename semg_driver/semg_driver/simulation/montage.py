# SPDX-License-Identifier: Apache-2.0
"""Rings of electrodes: where on the arm, how many pins to a channel, what their amplifiers do."""

from __future__ import annotations

from dataclasses import dataclass

from semg_driver.simulation.anatomy import Muscle, Place


@dataclass(frozen=True)
class Montage:
    """A ring of 16 channels around the arm.

    Attributes
    ----------
    at_wrist : bool
        Around the wrist, or a third of the way from the elbow.
    girth : float
        Circumference of the arm there, relative to the wrist's.
    tissue : float
        More skin and fat over the muscles than at the wrist, in mm.
    pins : tuple of float
        Of each channel, along the arm, in mm: a pair, or one against a far electrode.
    reference : float
        How much of what all channels have in common the far electrode sees as well, 0 to 1.
    crowd : float
        Factor on amplitudes, where more units of a muscle lie under the ring than at the wrist.
    end_plates : tuple of float
        Mean and s.d. of where motor end plates lie, in mm from the ring; the elbow is negative.
    noise_sd : float
        In V, of an amplifier with a good contact.
    full_scale : float
        Largest magnitude in V.
    codes : int
        Steps of the converter from zero to full scale.
    bandwidth : tuple of float
        In Hz.
    """

    at_wrist: bool
    girth: float
    tissue: float
    pins: tuple[float, ...]
    reference: float
    crowd: float
    end_plates: tuple[float, float]
    noise_sd: float
    full_scale: float
    codes: int
    bandwidth: tuple[float, float]

    def place(self, muscle: Muscle) -> Place | None:
        """Where a muscle lies under this ring."""
        return muscle.wrist if self.at_wrist else muscle.forearm


WRISTBAND = Montage(
    at_wrist=True,
    girth=1.0,
    tissue=0.0,
    pins=(-5.0, 5.0),
    reference=0.0,
    crowd=0.75,
    end_plates=(-24.0, 8.0),
    noise_sd=2.46e-6,
    full_scale=3.3e-3,
    codes=2047,
    bandwidth=(20.0, 850.0),
)
"""Pairs around the wrist (Kaifosh, Reardon et al. 2025): 12 bit over 6.6 mV, of which the lowest
code is not used. Most fibres end at their tendons within some cm of it."""

FOREARM_RING = Montage(
    at_wrist=False,
    girth=1.5,
    tissue=7.0,
    pins=(0.0,),
    reference=0.36,
    crowd=10.5,
    end_plates=(0.0, 15.0),
    noise_sd=3.0e-6,
    full_scale=50e-3,
    codes=32767,
    bandwidth=(5.0, 500.0),
)
"""Single electrodes around the forearm against a far one, as in the recordings of Moin et al.
(2021, Nat Electron 4, 54); what lies below the noise of their amplifiers is not resolved."""
