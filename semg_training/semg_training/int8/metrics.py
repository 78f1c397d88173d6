# SPDX-License-Identifier: Apache-2.0
"""What matters of a bundle's answers, in numbers that two bundles can be compared by."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from semg_decoders.decoding.ctc import greedy_text
from semg_decoders.evaluation.cler import pool_errors, score_gestures
from semg_decoders.evaluation.detection import detect
from semg_decoders.evaluation.events import TimedEvent
from semg_decoders.evaluation.text_error import pool_text_errors, score_text
from semg_decoders.evaluation.velocity import mean_velocity, score_velocity
from semg_decoders.inference.bundle import ModelBundle
from semg_training.int8.trial import Answer, Stretch

Metrics = dict[str, float]


@dataclass(frozen=True)
class Tolerance:
    """How much 8 bits may change.

    Attributes
    ----------
    metric : str
        Which number.
    absolute, relative : float
        Accepted change of it, and accepted share of its value in float32; the larger counts.
    """

    metric: str
    absolute: float = 0.0
    relative: float = 0.0

    def of(self, value: float) -> float:
        """Return the accepted change of a value."""
        return max(self.absolute, self.relative * abs(value))


TOLERANCES = {
    # CLER alone would not see that nothing is detected any more.
    "discrete_gestures": (
        Tolerance("CLER", absolute=0.005),
        Tolerance("misses/min", absolute=0.5, relative=0.05),
        Tolerance("false alarms/min", absolute=0.5, relative=0.05),
    ),
    "wrist": (Tolerance("error, deg/s", relative=0.01),),
    "handwriting": (Tolerance("text unlike float32's, %", absolute=1.0),),
}
"""By task."""


def harm(before: Metrics, after: Metrics, tolerances: Mapping[str, float]) -> float:
    """Return the largest change of a metric as a share of what is accepted.

    Infinite where a metric is NaN, as nothing can be told from it.

    Parameters
    ----------
    before, after : dict of str to float
        Metrics.
    tolerances : mapping of str to float
        Accepted change of each metric that counts.
    """
    shares = [
        _share(abs(after[name] - before[name]), accepted) for name, accepted in tolerances.items()
    ]
    return max(shares)


def _share(change: float, accepted: float) -> float:
    if math.isnan(change):
        return math.inf
    return change / accepted if accepted else (math.inf if change else 0.0)


def metrics(
    bundle: ModelBundle,
    stretches: Sequence[Stretch],
    answers: Sequence[Answer],
    float_answers: Sequence[Answer],
) -> Metrics:
    """Return the metrics of a bundle's task.

    Parameters
    ----------
    bundle : ModelBundle
        Whose answers they are.
    stretches : sequence of Stretch
        With truth.
    answers, float_answers : sequence of Answer
        Of this bundle, and of the one in float32, to each stretch.
    """
    return _METRICS[bundle.task](bundle, stretches, answers, float_answers)


def _gestures(
    bundle: ModelBundle,
    stretches: Sequence[Stretch],
    answers: Sequence[Answer],
    float_answers: Sequence[Answer],
) -> Metrics:
    rate, labels = bundle.input.sample_rate, bundle.output.labels
    scored = []
    for stretch, answer in zip(stretches, answers, strict=True):
        assert stretch.truth is not None
        detected = detect(answer.outputs, answer.samples / rate, labels)
        done = [TimedEvent(label.name, label.sample / rate) for label in stretch.truth.gestures]
        scored.append(score_gestures(detected, done, len(stretch.emg) / rate))
    errors = pool_errors(scored)
    return {
        "CLER": errors.cler,
        "misses/min": errors.misses_per_minute,
        "false alarms/min": errors.false_per_minute,
    }


def _wrist(
    bundle: ModelBundle,
    stretches: Sequence[Stretch],
    answers: Sequence[Answer],
    float_answers: Sequence[Answer],
) -> Metrics:
    rate = bundle.input.sample_rate
    scores = []
    for stretch, answer in zip(stretches, answers, strict=True):
        assert stretch.truth is not None
        true = mean_velocity(stretch.truth.wrist_angle, answer.samples, bundle.stride, rate)
        scores.append(score_velocity(answer.outputs[:, 0] * (rate / bundle.stride), true))
    return {
        "error, deg/s": float(np.mean([score.error for score in scores])),
        "correlation": float(np.mean([score.correlation for score in scores])),
    }


def _handwriting(
    bundle: ModelBundle,
    stretches: Sequence[Stretch],
    answers: Sequence[Answer],
    float_answers: Sequence[Answer],
) -> Metrics:
    characters = bundle.output.labels[:-1]
    texts, others = (
        [greedy_text(answer.outputs.argmax(axis=1).tolist(), characters) for answer in side]
        for side in (answers, float_answers)
    )
    errors = pool_text_errors(map(score_text, texts, others))
    return {"text unlike float32's, %": errors.cer if errors.characters else math.nan}


_METRICS: dict[str, Callable[..., Metrics]] = {
    "discrete_gestures": _gestures,
    "wrist": _wrist,
    "handwriting": _handwriting,
}
