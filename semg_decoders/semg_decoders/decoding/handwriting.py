# SPDX-License-Identifier: Apache-2.0
"""From MPF frames to the probability of each written character."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semg_decoders.decoding.characters import BLANK
from semg_decoders.decoding.frame_steps import FrameStep, FrameSteps
from semg_decoders.inference.session import Model
from semg_decoders.inference.strict_mapping import BundleError


@dataclass(frozen=True)
class Emission:
    """What a handwriting model says at one moment.

    Attributes
    ----------
    sample : int
        Index of the last sample that it was made from.
    log_probabilities : array of float32, (classes,)
        Natural logarithms; the last class is CTC's blank.
    fresh : bool
        Whether a sample within the model's reach lies within 100 ms after a start or reset. What
        its attention may know of earlier ones is not counted.
    suspect : array of bool, (channels,)
        Channels that were suspect in the frames that came since the emission before.
    failed : bool
        The model's answer was not finite: its state was reset, and this is a certain blank. The
        next emission comes when the model's whole reach is filled again.
    """

    sample: int
    log_probabilities: NDArray[np.float32]
    fresh: bool
    suspect: NDArray[np.bool_]
    failed: bool


class HandwritingDecoder:
    """Runs a handwriting model over a stream of MPF frames.

    Frames that do not continue the ones before reset the state by themselves. The first emission
    comes when as many frames have come as the model reaches back.

    Parameters
    ----------
    model : Model
        Of task ``handwriting``.
    bandwidth : float
        Hz, upper edge of what the device can deliver. If the model adds a noise floor, bands
        that begin beyond it read as nothing but the floor.

    Raises
    ------
    BundleError
        If the model has another task, does not take MPF frames, or its outputs are not
        log-probabilities of single characters and, last, the blank.
    """

    def __init__(self, model: Model, bandwidth: float = math.inf) -> None:
        bundle = model.bundle
        if bundle.task != "handwriting" or bundle.mpf is None:
            raise BundleError(
                f"bundle '{bundle.name}': task {bundle.task} on {bundle.input.kind}, "
                f"but the handwriting decoder needs handwriting on mpf"
            )
        _check_labels(bundle.name, bundle.output.labels)
        if bundle.output.activation != "none":
            raise BundleError(
                f"bundle '{bundle.name}': output.activation: '{bundle.output.activation}', must be "
                f"'none': handwriting models answer with log-probabilities"
            )
        self.labels = bundle.output.labels
        self.channels = bundle.input.channels
        self.sample_rate = bundle.input.sample_rate
        self.stride = bundle.stride
        self._steps = FrameSteps(model, bandwidth)
        self._blank = np.where(np.array(self.labels) == BLANK, 0.0, -np.inf).astype(np.float32)

    def reset(self) -> None:
        """Forget the past: the next frame starts a new stream."""
        self._steps.reset()

    def push(
        self,
        log_matrices: NDArray[np.floating],
        last_sample: int,
        suspect: NDArray[np.bool_] | None = None,
    ) -> list[Emission]:
        """Decode the next frames.

        Parameters
        ----------
        log_matrices : array, (frames, bands, channels, channels)
            Consecutive MPF frames, without noise floor.
        last_sample : int
            Index of the last sample that the first of them was made from.
        suspect : array of bool, (channels,), optional
            Channels that are suspect in these frames.

        Returns
        -------
        list of Emission
        """
        steps = self._steps.push(log_matrices, last_sample, suspect)
        return [emission for step in steps for emission in self._emissions(step)]

    def _emissions(self, step: FrameStep) -> list[Emission]:
        return [
            Emission(
                sample,
                self._blank if step.failed else row,
                step.fresh,
                step.suspect,
                step.failed,
            )
            for sample, row in zip(step.samples, step.output, strict=True)
        ]


def _check_labels(name: str, labels: tuple[str, ...]) -> None:
    *characters, last = labels
    if last != BLANK:
        raise BundleError(f"bundle '{name}': output.labels: the last is '{last}', must be {BLANK}")
    for label in characters:
        if len(label) != 1 or not label.isprintable():
            raise BundleError(
                f"bundle '{name}': output.labels: {label!r}, must be one printable character"
            )
    if len(set(labels)) != len(labels):
        raise BundleError(f"bundle '{name}': output.labels: each must be there once only")
