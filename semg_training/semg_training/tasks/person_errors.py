# SPDX-License-Identifier: Apache-2.0
"""How wrong a network is about one person."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from torch import nn

from semg_decoders.evaluation.cler import GestureErrors, pool_errors, score_gestures
from semg_decoders.evaluation.detection import detect
from semg_decoders.evaluation.events import EventScore, TimedEvent, pool_scores, score_events
from semg_decoders.evaluation.text_error import pool_text_errors
from semg_decoders.signal.conditioning import SAMPLE_RATE
from semg_training.gesture_targets import frame_samples
from semg_training.handwriting_recordings import WrittenRecording
from semg_training.networks.gestures import GestureNetwork
from semg_training.networks.handwriting import HandwritingNetwork
from semg_training.recordings import EmgRecording, MpfRecording
from semg_training.tasks.gestures import gesture_probabilities
from semg_training.tasks.handwriting import prompt_errors
from semg_training.tasks.wrist import moving_recordings, velocity_scores

PersonErrors = dict[str, float]
"""By name; NaN where there was nothing to measure."""


def gesture_errors(network: nn.Module, recordings: Sequence[EmgRecording]) -> PersonErrors:
    """Return how wrong detected gestures are, by the published detection.

    Parameters
    ----------
    network : nn.Module
        Left in evaluation mode.
    recordings : sequence of EmgRecording
        Of one person; those without gestures only have false events.

    Returns
    -------
    dict of str to float
        ``cler``: class-balanced error over detected gestures. ``misses``: share of gestures that
        were not detected. ``one_minus_f1``: 1 less F1 over all recordings.
        ``false_per_minute``: in recordings without gestures.
    """
    assert isinstance(network, GestureNetwork)
    errors: list[GestureErrors] = []
    performing: list[EventScore] = []
    still: list[EventScore] = []
    for probability, recording in zip(
        gesture_probabilities(network, recordings), recordings, strict=True
    ):
        seconds = len(recording.emg) / SAMPLE_RATE
        times = frame_samples(len(recording.emg), network.settings.grid) / SAMPLE_RATE
        labels = recording.gestures.labels
        detected = detect(probability, times, labels)
        done = [TimedEvent(labels[g], s / SAMPLE_RATE) for g, s in recording.events]
        score = score_events(detected, done, seconds)
        (performing if done else still).append(score)
        if done:
            errors.append(score_gestures(detected, done, seconds))
    all_, counts = pool_errors(errors), pool_scores(performing).pooled
    gestures = sum(all_.labels.values())
    return {
        "cler": all_.cler if all_.error_by_gesture else math.nan,
        "misses": all_.misses / gestures if gestures else math.nan,
        "one_minus_f1": 1 - counts.f1,
        "false_per_minute": pool_scores(still).false_per_minute if still else math.nan,
    }


def wrist_errors(network: nn.Module, recordings: Sequence[MpfRecording]) -> PersonErrors:
    """Return how wrong decoded wrist velocity is; parameters as for `gesture_errors`.

    Returns
    -------
    dict of str to float
        ``deg_per_s``: mean absolute error. ``of_zero``: that error as a share of what always
        answering zero has. ``one_minus_correlation``.
    """
    scores = velocity_scores(network, moving_recordings(recordings))
    if not scores:
        return dict.fromkeys(("deg_per_s", "of_zero", "one_minus_correlation"), math.nan)
    frames = [score.frames for score in scores]
    error, speed, correlation = (
        float(np.average([getattr(score, name) for score in scores], weights=frames))
        for name in ("error", "mean_speed", "correlation")
    )
    return {
        "deg_per_s": error,
        "of_zero": error / speed if speed else math.nan,
        "one_minus_correlation": 1 - correlation,
    }


def handwriting_errors(
    network: HandwritingNetwork, recordings: Sequence[WrittenRecording]
) -> PersonErrors:
    """Return how wrong the text is that is read greedily; parameters as for `gesture_errors`.

    Returns
    -------
    dict of str to float
        ``cer``: character error rate of all prompts together, and its parts ``insertions``,
        ``deletions``, ``replacements``, all in %.
    """
    errors = pool_text_errors(prompt_errors(network, recordings))
    rates = (errors.cer, errors.ier, errors.der, errors.ser)
    names = ("cer", "insertions", "deletions", "replacements")
    return {
        name: rate if errors.characters else math.nan
        for name, rate in zip(names, rates, strict=True)
    }


PERSON_ERRORS: dict[str, Callable[[Any, Sequence[Any]], PersonErrors]] = {
    "gestures": gesture_errors,
    "wrist": wrist_errors,
    "handwriting": handwriting_errors,
}
"""By task; the first error of each is the one that networks are compared by."""
