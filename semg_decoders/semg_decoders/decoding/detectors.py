# SPDX-License-Identifier: Apache-2.0
"""Which rules turn a model's probabilities into events."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from semg_decoders.decoding.events import (
    EventDetector,
    EventSettings,
    GestureEvent,
    event_settings,
)
from semg_decoders.decoding.postures import PostureDetector
from semg_decoders.inference.bundle import ModelBundle


class Detector(Protocol):
    """What makes events of probabilities."""

    settings: EventSettings

    @property
    def held(self) -> tuple[str, ...]:
        """Gestures pressed and not yet released."""

    def reset(self) -> list[GestureEvent]:
        """Forget the past and release what is held."""

    def push(
        self, samples: NDArray[np.int64], probabilities: NDArray[np.floating]
    ) -> list[GestureEvent]:
        """Find the events in the next frames."""


def detector_for(bundle: ModelBundle, settings: EventSettings | None = None) -> Detector:
    """Return the detector for what a bundle's outputs mean.

    Parameters
    ----------
    bundle : ModelBundle
        Of task ``discrete_gestures``: pulses at events, or, where the outputs exclude each other
        (``softmax``), postures.
    settings : EventSettings, optional
        The rules; those that the bundle recommends when not given.

    Raises
    ------
    BundleError
        If a setting that the bundle recommends is unknown or out of range.
    """
    if settings is None:
        settings = event_settings(bundle.decoding, bundle.name)
    labels, rate = bundle.output.labels, bundle.input.sample_rate
    if bundle.output.exclusive:
        return PostureDetector(labels, bundle.output.neutral, rate, settings)
    return EventDetector(labels, rate, settings)
