# SPDX-License-Identifier: Apache-2.0
"""A simulated person's EMG and labels, ready to be written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain
from math import gcd

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from semg_bringup.simulated.labels import labels_of
from semg_bringup.simulated.plan import RINGS, Plan
from semg_decoders.signal.conditioning import SAMPLE_RATE, Conditioner
from semg_driver.devices.device import DeviceInfo, Hand, Source, Truth
from semg_driver.recordings.hdf5_attributes import USABLE_BANDWIDTH
from semg_driver.recordings.writer import Content
from semg_driver.simulation.person import CHANNELS, Person
from semg_driver.simulation.script import SCRIPTS
from semg_driver.simulation.version import SIMULATION_VERSION, simulation_hash
from semg_driver.simulation.wearer import Wearer

PIECE = 20_000
"""Samples that are made between two reports of progress."""
ANGLES = 2


def simulated_content(plan: Plan, progress: Callable[[int], None] = lambda made: None) -> Content:
    """Simulate a person, and give what belongs into the recording.

    EMG is conditioned as that of released recordings, unless the plan names a rate; channels stay
    in the order of the device. Of the two wrist angles of released recordings the simulation knows
    the first, flexion and extension; the second is zero throughout.

    Parameters
    ----------
    plan : Plan
        Who and what.
    progress : callable
        Called with the number of samples of each piece that is made.
    """
    person = Person.sample(
        plan.person, hand=plan.hand, rotation_offset=plan.rotation, spread=plan.spread
    )
    montage = RINGS[plan.ring]
    script = SCRIPTS[plan.script](plan.seed, person)
    wearer = Wearer(person, script, seed=plan.seed, montage=montage)
    conditioner = None if plan.rate else Conditioner(SAMPLE_RATE, montage.noise_sd, False, CHANNELS)
    emg = np.empty((plan.samples, CHANNELS), np.float32)
    truths = []
    for first in range(0, plan.samples, PIECE):
        piece, truth = wearer.generate(min(PIECE, plan.samples - first))
        emg[first : first + len(piece)] = (
            piece if conditioner is None else conditioner.push(piece, first).emg
        )
        truths.append(truth)
        progress(len(piece))
    truth = joined(truths)
    labels = labels_of(plan, truth)
    info = _info(plan)
    angles = _wrist_angles(truth.wrist_angle) if plan.task == "wrist" else None
    if info.sample_rate != SAMPLE_RATE:
        emg = _at_rate(emg, round(info.sample_rate))
        angles = None if angles is None else _between(angles, len(emg), info.sample_rate)
    return Content(
        emg,
        info,
        wrist_angles=angles,
        task=plan.released_task,
        prompts=labels.prompts,
        stages=labels.stages,
        origin=f"simulated person {plan.person}, script {plan.script} {plan.seed}, spread "
        f"{plan.spread:g}, simulation {SIMULATION_VERSION} ({simulation_hash()})",
    )


def joined(truths: Sequence[Truth]) -> Truth:
    """Put the truth of consecutive blocks together; at least one."""
    return Truth(
        np.concatenate([truth.wrist_angle for truth in truths]),
        np.concatenate([truth.wrist_velocity for truth in truths]),
        tuple(chain.from_iterable(truth.gestures for truth in truths)),
        tuple(chain.from_iterable(truth.postures for truth in truths)),
        tuple(chain.from_iterable(truth.characters for truth in truths)),
        tuple(chain.from_iterable(truth.prompts for truth in truths)),
    )


def _info(plan: Plan) -> DeviceInfo:
    left, montage = plan.hand is Hand.LEFT, RINGS[plan.ring]
    released = DeviceInfo(
        device="simulator",
        serial=f"person-{plan.person}",
        sample_rate=SAMPLE_RATE,
        bandwidth=montage.bandwidth[1],
        channels=CHANNELS,
        channel_labels=tuple(str(channel) for channel in range(CHANNELS)),
        ring_order=tuple((-c if left else c) % CHANNELS for c in range(CHANNELS)),
        hand=plan.hand,
        unit="noise_sd",
        noise_sd=1.0,
        full_scale=0.0,
        conditioned=True,
        source=Source.PLAYBACK,
    )
    if plan.rate is None:
        return released
    return replace(
        released,
        sample_rate=float(plan.rate),
        bandwidth=min(montage.bandwidth[1], USABLE_BANDWIDTH * plan.rate),
        unit="V",
        noise_sd=montage.noise_sd,
        full_scale=montage.full_scale,
        conditioned=False,
    )


def _wrist_angles(extension: NDArray[np.float32]) -> NDArray[np.float32]:
    angles = np.zeros((len(extension), ANGLES), np.float32)
    angles[:, 0] = extension
    return angles


def _at_rate(emg: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """Resample from 2 kHz with a linear-phase low-pass; row 0 stays at the same time."""
    whole = gcd(rate, round(SAMPLE_RATE))
    lower = resample_poly(emg, rate // whole, round(SAMPLE_RATE) // whole, axis=0)
    return np.asarray(lower, np.float32)


def _between(values: NDArray[np.float32], rows: int, rate: float) -> NDArray[np.float32]:
    """Take columns of 2 kHz at the rows of another rate."""
    times = np.arange(rows) * (SAMPLE_RATE / rate)
    columns = [np.interp(times, np.arange(len(values)), column) for column in values.T]
    return np.stack(columns, axis=1).astype(np.float32)
